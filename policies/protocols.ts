/**
 * What each protocol is to the policy: one entry each. Every table by protocol is a `Record` or a mapped type over
 * `Protocol`, so that a protocol without an entry, or an entry without a part, does not compile.
 */
import { checkRules } from './acl/check-rules.ts';
import type { RoleUser } from './acl/check-text.ts';
import { compileClientId } from './acl/client-id.ts';
import { checkKafkaRules } from './acl/kafka-check.ts';
import { compileKafkaRules, type KafkaRule } from './acl/kafka-rules.ts';
import { compileRules, type Rule } from './acl/rules.ts';
import { templateVariables } from './acl/template.ts';
import type { Protocol } from './decision.ts';
import type { Problem } from './problem.ts';
import type { Mode, RoleSections } from './source.ts';
import type { Identified, KafkaAccess, MqttAccess, Policy } from './types.ts';

/** A rule of each protocol, compiled. */
export interface ProtocolRules {
  readonly mqtt: Rule;
  readonly kafka: KafkaRule;
}

/** What a client of each protocol may do. */
export interface ProtocolAccess {
  readonly mqtt: MqttAccess;
  readonly kafka: KafkaAccess;
}

/** Who asks, and where. */
export interface AccessClient {
  readonly client: Identified;
  /** Address of the client in any textual form; '' where it is not known. */
  readonly host: string;
  /** Of the listener. */
  readonly mode: Mode;
}

export interface ProtocolPolicy<P extends Protocol> {
  /** Its name as people write it. */
  readonly title: string;
  /** What is wrong with a role's section; paths begin with `path`. `users`: the identities that have the role. */
  check(section: RoleSections[P], path: string, users: readonly RoleUser[]): Problem[];
  /** The rules of a role's section that has passed `check`, in order. */
  compile(role: string, section: RoleSections[P]): readonly ProtocolRules[P][];
  /** Variables that a section is filled with, repeated as they occur. */
  variables(section: RoleSections[P]): readonly string[];
  access(policy: Policy, client: AccessClient): ProtocolAccess[P];
}

/** The entry of each protocol. */
export const PROTOCOLS: { readonly [P in Protocol]: ProtocolPolicy<P> } = {
  mqtt: {
    title: 'MQTT',
    check: checkRules,
    compile: (role, section) => compileRules(role, section, 0),
    variables: (section) => {
      const { template } = compileClientId('', section);
      return [
        ...compileRules('', section, 0).flatMap((rule) => rule.template.variables),
        ...(template === undefined ? [] : templateVariables(template)),
      ];
    },
    access: (policy, { client, mode }) => policy.mqtt(client, mode),
  },
  kafka: {
    title: 'Kafka',
    check: checkKafkaRules,
    compile: (role, section) => compileKafkaRules(role, section, 0),
    variables: (section) => compileKafkaRules('', section, 0).flatMap(({ template }) => templateVariables(template)),
    access: (policy, { client, host, mode }) => policy.kafka(client, host, mode),
  },
};

/** All protocols, in the order in which they are listed to people. */
export const PROTOCOL_NAMES = Object.keys(PROTOCOLS) as readonly Protocol[];

/** Is the text a protocol? */
export function isProtocol(text: unknown): text is Protocol {
  return typeof text === 'string' && Object.hasOwn(PROTOCOLS, text);
}

/** What a role states for a protocol. */
export function sectionOf<P extends Protocol>(role: Partial<RoleSections>, protocol: P): RoleSections[P] | undefined {
  return role[protocol];
}

/** What `make` makes of each section that a role has, in the order of `PROTOCOL_NAMES`. */
export function ofSections<T>(
  role: Partial<RoleSections>,
  make: <P extends Protocol>(protocol: P, section: RoleSections[P]) => readonly T[],
): T[] {
  const one = <P extends Protocol>(protocol: P): readonly T[] => {
    const section = sectionOf(role, protocol);
    return section === undefined ? [] : make(protocol, section);
  };
  return PROTOCOL_NAMES.flatMap(one);
}

/** The policy: from what the configuration states to something that decides. */
import { AccessCache, clientKey } from './acl/access-cache.ts';
import { KafkaRoles } from './acl/kafka-roles.ts';
import { type MqttOptions, MqttRoles } from './acl/mqtt-roles.ts';
import { checkPolicy } from './check-policy.ts';
import { type Identify, identitiesInSteps } from './identity/identity.ts';
import { LimitsByIdentity } from './limits/by-identity.ts';
import type { Problem } from './problem.ts';
import type { LimitsSource, Mode, PolicySource } from './source.ts';
import { finish, type Steps } from './steps.ts';
import type { CertificateFacts, Identified, KafkaAccess, MqttAccess, Policy, Unidentified } from './types.ts';

export { checkPolicy } from './check-policy.ts';
export type { Problem } from './problem.ts';

export interface PolicyOptions extends MqttOptions {
  /** Content hash of the source. */
  readonly version: string;
  /** Slots of each protocol's decision cache, 128 topic bytes each. Default 16,384. */
  readonly cacheSlots?: number;
  /** Names and filters with more levels are refused. Default 128. */
  readonly maxTopicLevels?: number;
}

/** The source does not make a policy. */
export class PolicyError extends Error {
  override name = 'PolicyError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/** Clients whose compiled access is kept when no session of theirs lives. */
const KEPT_ACCESSES = 1024;

/** @throws PolicyError with everything that is wrong */
export function compilePolicy(source: PolicySource, options: PolicyOptions): Policy {
  const problems = checkPolicy(source);
  if (problems.length > 0) throw new PolicyError(problems);
  return finish(policyInSteps(source, options));
}

/** The same in steps, of a source that has passed `checkPolicy`. */
export function* policyInSteps(source: PolicySource, options: PolicyOptions): Steps<Policy> {
  const identify = yield* identitiesInSteps(source.identities, (role) => Object.hasOwn(source.roles, role));
  const limits = yield* LimitsByIdentity.inSteps(source);
  const mqtt = yield* MqttRoles.inSteps(source.roles, options);
  const kafka = yield* KafkaRoles.inSteps(source.roles, { ...options, accesses: KEPT_ACCESSES });
  const identityNames = source.identities.map(({ name }) => name);
  return new CompiledPolicy(options.version, { identityNames, identify, limits, mqtt, kafka });
}

interface PolicyParts {
  readonly identityNames: readonly string[];
  readonly identify: Identify;
  readonly limits: LimitsByIdentity;
  readonly mqtt: MqttRoles;
  readonly kafka: KafkaRoles;
}

class CompiledPolicy implements Policy {
  readonly version: string;
  readonly identityNames: readonly string[];
  readonly #identify: Identify;
  readonly #limits: LimitsByIdentity;
  readonly #mqtt: MqttRoles;
  readonly #mqttAccesses = new AccessCache<MqttAccess>(KEPT_ACCESSES);
  readonly #kafka: KafkaRoles;

  constructor(version: string, { identityNames, identify, limits, mqtt, kafka }: PolicyParts) {
    this.version = version;
    this.identityNames = identityNames;
    this.#identify = identify;
    this.#limits = limits;
    this.#mqtt = mqtt;
    this.#kafka = kafka;
  }

  identify(store: string, facts: CertificateFacts, now?: number, more?: LimitsSource): Identified | Unidentified {
    const found = this.#identify(store, facts, now);
    if (!found.ok) return found;
    const { name, roles } = found.identity;
    const limits = this.#limits.of(name, more);
    return { ok: true, identity: name, principal: found.principal, roles, variables: found.variables, limits };
  }

  mqtt(client: Identified, mode: Mode = 'enforce'): MqttAccess {
    return this.#mqttAccesses.get(clientKey(client, mode), () => this.#mqtt.access(client, mode));
  }

  kafka(client: Identified, host: string, mode: Mode = 'enforce'): KafkaAccess {
    return this.#kafka.access(client, host, mode);
  }
}

/** The policy: from what the configuration states to something that decides. */
import { AccessCache, clientKey } from './acl/access-cache.ts';
import { KafkaRoles } from './acl/kafka-roles.ts';
import { type MqttOptions, MqttRoles } from './acl/mqtt-roles.ts';
import { checkPolicy } from './check-policy.ts';
import { compileIdentities, type Identify } from './identity/identity.ts';
import { LimitsByIdentity } from './limits/by-identity.ts';
import type { Problem } from './problem.ts';
import type { LimitsSource, PolicySource } from './source.ts';
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
  return new CompiledPolicy(source, options);
}

class CompiledPolicy implements Policy {
  readonly version: string;
  readonly identityNames: readonly string[];
  readonly #identify: Identify;
  readonly #limits: LimitsByIdentity;
  readonly #mqtt: MqttRoles;
  readonly #mqttAccesses = new AccessCache<MqttAccess>(KEPT_ACCESSES);
  readonly #kafka: KafkaRoles;

  constructor(source: PolicySource, options: PolicyOptions) {
    this.version = options.version;
    this.identityNames = source.identities.map((identity) => identity.name);
    this.#identify = compileIdentities(source.identities, (role) => Object.hasOwn(source.roles, role));
    this.#limits = new LimitsByIdentity(source);
    this.#mqtt = new MqttRoles(source.roles, options);
    this.#kafka = new KafkaRoles(source.roles, { ...options, accesses: KEPT_ACCESSES });
  }

  identify(store: string, facts: CertificateFacts, now?: number, more?: LimitsSource): Identified | Unidentified {
    const found = this.#identify(store, facts, now);
    if (!found.ok) return found;
    const { name, roles } = found.identity;
    const limits = this.#limits.of(name, more);
    return { ok: true, identity: name, principal: found.principal, roles, variables: found.variables, limits };
  }

  mqtt(who: Identified): MqttAccess {
    return this.#mqttAccesses.get(clientKey(who), () => this.#mqtt.access(who));
  }

  kafka(who: Identified, host: string): KafkaAccess {
    return this.#kafka.access(who, host);
  }
}

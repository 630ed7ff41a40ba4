import type { Context, VersionRange } from '../../../../adapters/kafka/handler.ts';
import { offeredVersions } from '../../../../adapters/kafka/offered-apis.ts';
import type { KafkaOptions } from '../../../../adapters/kafka/options.ts';
import type { Topology } from '../../../../adapters/kafka/topology.ts';
import { KafkaRoles } from '../../../../policies/acl/kafka-roles.ts';
import type { Decision } from '../../../../policies/decision.ts';
import type { KafkaRuleSource, Mode } from '../../../../policies/source.ts';
import type { KafkaAccess } from '../../../../policies/types.ts';

/** The rules of a client, and what the gate knows while it is served. */
export interface ClientSource {
  readonly allow?: readonly KafkaRuleSource[];
  readonly deny?: readonly KafkaRuleSource[];
  /** Of its role. */
  readonly mode?: Mode;
  /** Denies of another role, which is enforced. */
  readonly enforced?: readonly KafkaRuleSource[];
  readonly options?: Partial<KafkaOptions>;
  /** Topic ids by name. */
  readonly ids?: Readonly<Record<string, string>>;
  /** Ids that the cluster was asked for in vain. */
  readonly unknown?: readonly string[];
  /** The list of all topics, made at time 0; absent: none was made yet. */
  readonly topics?: readonly string[];
  /** Milliseconds. */
  readonly now?: number;
}

const OPTIONS: KafkaOptions = {
  maxFrameSize: 1 << 20,
  maxRequestSize: 1 << 20,
  maxInFlight: 8,
  memory: 1 << 24,
  maxThrottle: 1000,
  autoCreateTopics: false,
  hideApis: [],
};

/** What a handler sees of a client: real rules, and brokers 0 to 9 told as gate.example:9000 to 9009. */
export class ClientContext implements Context {
  readonly access: KafkaAccess;
  readonly options: KafkaOptions;
  readonly offered: ReadonlyMap<number, VersionRange>;
  readonly topology: Topology;
  readonly now: number;
  /** `operation resource code` of every refusal that was recorded. */
  readonly refusals: string[] = [];
  /** `operation resource` of what was let through in shadow. */
  readonly shadows: string[] = [];

  constructor({ options, ids = {}, unknown = [], topics, now = 0, ...rules }: ClientSource) {
    this.access = accessOf(rules);
    this.options = { ...OPTIONS, ...options };
    this.offered = offeredVersions(this.options);
    const names = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
    this.topology = {
      nameOf: (id) => names.get(id),
      isUnknown: (id) => unknown.includes(id),
      topics: topics === undefined ? null : { names: [...topics].sort(), time: 0 },
    };
    this.now = now;
  }

  advertised(node: number): { readonly host: string; readonly port: number } | undefined {
    return node >= 0 && node <= 9 ? { host: 'gate.example', port: 9000 + node } : undefined;
  }

  deny({ action, resource }: Decision, code: number): void {
    this.refusals.push(`${action} ${resource} ${code}`);
  }

  denyInShadow({ action, resource }: Decision): void {
    this.shadows.push(`${action} ${resource}`);
  }
}

function accessOf({
  allow = [],
  deny = [],
  mode = 'enforce',
  enforced = [],
}: Pick<ClientSource, 'allow' | 'deny' | 'mode' | 'enforced'>): KafkaAccess {
  const roles = KafkaRoles.of(
    { client: { mode, kafka: { allow, deny } }, other: { kafka: { deny: enforced } } },
    { cacheSlots: 64, accesses: 1 },
  );
  const who = {
    ok: true,
    identity: 'clients',
    principal: 'c1',
    roles: ['client', 'other'],
    variables: {},
    limits: {},
  } as const;
  return roles.access(who, '127.0.0.1');
}

/** May do everything. */
export const EVERYTHING: readonly KafkaRuleSource[] = [
  { topic: '*', operations: ['all'] },
  { group: '*', operations: ['all'] },
  { transactionalId: '*', operations: ['all'] },
  { cluster: true, operations: ['all'] },
];

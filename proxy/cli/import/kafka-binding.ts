import { checkKafkaRules } from '../../../policies/acl/kafka-check.ts';
import type { KafkaResourceType, KafkaRuleOperation } from '../../../policies/acl/kafka-operations.ts';
import { isKafkaOperation, KAFKA_CLUSTER, SUPPORTED_OPERATIONS } from '../../../policies/acl/kafka-operations.ts';
import type { KafkaRuleSource } from '../../../policies/source.ts';
import { kafkaHosts } from './kafka-hosts.ts';

/** One access control entry on one resource pattern, in Kafka's terms. */
export interface Binding {
  /** `TOPIC` */
  readonly type: string;
  readonly name: string;
  /** `LITERAL`, `PREFIXED` */
  readonly pattern: string;
  /** `User:alice` */
  readonly principal: string;
  readonly host: string;
  /** `DESCRIBE_CONFIGS` */
  readonly operation: string;
  /** `ALLOW`, `DENY` */
  readonly permission: string;
}

/** A rule, and why it is narrower than the binding; or why there is none. */
export interface Carried {
  readonly rule?: KafkaRuleSource | undefined;
  readonly reason?: string;
}

const TYPES: Readonly<Record<string, KafkaResourceType>> = {
  TOPIC: 'topic',
  GROUP: 'group',
  TRANSACTIONAL_ID: 'transactionalId',
  CLUSTER: 'cluster',
};

/** The rule that allows or denies what the binding does; where that cannot be said, one that allows less or denies more. */
export function ruleOf(binding: Binding): Carried {
  const type = TYPES[binding.type];
  if (type === undefined) return leave(`there are no rules for ${binding.type}: its APIs are refused`);
  const operation = operationOf(binding.operation);
  if (operation === undefined) return leave(`the operation ${binding.operation} is unknown`);
  if (operation !== 'all' && !SUPPORTED_OPERATIONS[type].includes(operation)) {
    return leave(`Kafka never checks ${binding.operation} on ${binding.type}`);
  }
  const deny = binding.permission === 'DENY';
  const hosts = kafkaHosts(binding.host, deny);
  if ('none' in hosts) return leave(hosts.none);
  const resource = type === 'cluster' ? clusterOf(binding) : resourceOf(type, binding, deny);
  if (resource.rule === undefined) return { reason: resource.reason ?? '' };
  const rule = { ...resource.rule, operations: [operation], ...hosts.rule };
  const [problem] = checkKafkaRules({ allow: [rule] }, '', []);
  if (problem !== undefined) return leave(problem.message);
  const reasons = [resource.reason, hosts.reason].filter((reason) => reason !== undefined);
  return reasons.length === 0 ? { rule } : { rule, reason: reasons.join('; ') };
}

type Resource = Omit<KafkaRuleSource, 'operations' | 'hosts'>;
type CarriedResource = { readonly rule?: Resource | undefined; readonly reason?: string };

function clusterOf({ name, pattern }: Binding): CarriedResource {
  const matches = pattern === 'PREFIXED' ? KAFKA_CLUSTER.startsWith(name) : name === KAFKA_CLUSTER || name === '*';
  return matches ? { rule: { cluster: true } } : leave(`no cluster has the name ${name}`);
}

function resourceOf(type: Exclude<KafkaResourceType, 'cluster'>, binding: Binding, deny: boolean): CarriedResource {
  const { name, pattern } = binding;
  const prefix = pattern === 'PREFIXED';
  if (!prefix && pattern !== 'LITERAL') return leave(`the pattern type ${pattern} is unknown`);
  if (!prefix && name === '*') return { rule: { [type]: '*' } };
  const problem = nameProblem(name, prefix);
  if (problem === undefined) return { rule: prefix ? { [type]: name, prefix } : { [type]: name } };
  if (type === 'topic') return leave('no topic can have this name');
  if (!deny) return leave(problem);
  // Up to what cannot be said, or with the asterisk: more names than the deny is about, never fewer.
  const begin = name.split(/[{}\p{Cc}]/u, 1)[0] ?? '';
  const every = begin === '' || begin === '*';
  return {
    rule: every ? { [type]: '*' } : { [type]: begin, prefix: true },
    reason: `narrower: denies ${every ? 'every name' : `every name that begins with ${begin}`}, because ${problem}`,
  };
}

function nameProblem(name: string, prefix: boolean): string | undefined {
  if (/[{}]/.test(name)) return 'a brace in a name stands for a variable here';
  if (/\p{Cc}/u.test(name)) return 'a name cannot contain a control character here';
  if (name === '*') return 'an asterisk cannot be a prefix here';
  if (name.endsWith('*') && !prefix) return 'a name that ends in an asterisk would look like a pattern here';
  return undefined;
}

/** `DESCRIBE_CONFIGS` -> `describeConfigs` */
function operationOf(text: string): KafkaRuleOperation | undefined {
  const name = text.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return name === 'all' || isKafkaOperation(name) ? name : undefined;
}

export function leave(reason: string): { readonly rule?: undefined; readonly reason: string } {
  return { reason: `left out: ${reason}` };
}

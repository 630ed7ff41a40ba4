/** The kinds of MQTT requests that rules tell apart, and the rules that decide each. */
import { ANY_SIZE, type BoundRule, type Rule, type RuleSet } from '../../acl/rules.ts';
import type { MqttCase } from '../lint/mqtt-cases.ts';
import type { RuleLists } from './regions.ts';

/** MQTT requests of one action and quality of service that are decided alike. */
export interface MqttRequests extends MqttCase {
  /** Payloads of so many bytes, both ends included; without an end: any more. Absent: of every size. */
  readonly sizes?: { readonly from: number; readonly to?: number };
}

const QOS = [0, 1, 2] as const;

/** Between two sizes that rules name, every payload is decided alike. */
export function requestsOf(rules: readonly Rule[]): MqttRequests[] {
  const limits = rules.flatMap(({ effect, size }) => (effect === 'allow' ? size : []));
  const ends = [...new Set([...limits, ANY_SIZE])].sort((a, b) => a - b);
  const ranges = ends.map((end, i) => {
    const from = i === 0 ? 0 : (ends[i - 1] as number) + 1;
    return end === ANY_SIZE ? { from } : { from, to: end };
  });
  const messages = (['publish', 'will'] as const).flatMap((action) =>
    QOS.flatMap((qos) => [false, true].map((retain) => ({ action, qos, retain }))),
  );
  return [
    ...messages.flatMap((one) => ranges.map((sizes) => ({ ...one, sizes }))),
    ...QOS.map((qos) => ({ action: 'subscribe', qos, retain: false }) as const),
    { action: 'receive', qos: 0, retain: false },
  ];
}

/** The rules that are about the requests. */
export function listsFor(set: RuleSet, { action, qos, retain, sizes }: MqttRequests): RuleLists<BoundRule> {
  const { allow, deny } = set[action];
  if (action === 'receive') return { allow, deny };
  const asked = ({ rule }: BoundRule) => (rule.qosMask & (1 << qos)) !== 0;
  if (action === 'subscribe') return { allow: allow.filter(asked), deny: deny.filter(asked) };
  const granted = ({ rule }: BoundRule) => rule.size >= (sizes?.to ?? ANY_SIZE);
  return {
    allow: allow.filter((one) => asked(one) && granted(one) && !(retain && one.rule.retain === false)),
    deny: deny.filter((one) => asked(one) && (one.rule.retain ?? retain) === retain),
  };
}

/** The same requests with ranges of sizes that follow on each other as one; `cases` come in order of size. */
export function joinSizes(cases: readonly MqttRequests[]): MqttRequests[] {
  const joined: MqttRequests[] = [];
  for (const one of cases) {
    const last = joined.at(-1);
    const follows =
      last?.action === one.action &&
      last.qos === one.qos &&
      last.retain === one.retain &&
      last.sizes?.to !== undefined &&
      last.sizes.to + 1 === one.sizes?.from;
    if (last === undefined || !follows) joined.push(one);
    else joined[joined.length - 1] = { ...one, sizes: { ...one.sizes, from: last.sizes?.from ?? 0 } };
  }
  return joined.map(({ sizes, ...rest }) =>
    sizes === undefined || (sizes.from === 0 && sizes.to === undefined) ? rest : { ...rest, sizes },
  );
}

/** Everything in a policy that is valid and yet hardly what was meant. */
import { parseHostRange } from '../../acl/kafka-host.ts';
import { RoleBook } from './clients.ts';
import type { Finding, LintSource } from './finding.ts';
import { lintIdentities } from './identities.ts';
import { lintKafkaRules } from './kafka-rules.ts';
import { lintLimits } from './limits.ts';
import { lintLookAlikes } from './look-alikes.ts';
import { lintMqttRules } from './mqtt-rules.ts';
import { lintSharedPrincipals } from './shared-principals.ts';
import { lintUsage } from './usage.ts';

/**
 * Only what is certain is told: rules are compared as sets of topics and names, for every client
 * that has them. Where it depends on the values of variables, nothing is said.
 *
 * The policy has passed `checkPolicy`.
 */
export function lintPolicy(source: LintSource): Finding[] {
  const { policy, listeners, maxConnections } = source;
  const book = new RoleBook(policy);
  const levels = listeners.flatMap(({ maxTopicLevels }) => maxTopicLevels ?? []);
  const maxLevels = levels.length === 0 ? undefined : Math.max(...levels);
  const admitted = admittedToKafka(listeners);
  const roles = Object.entries(policy.roles).flatMap(([name, { limits }]) => [
    ...lintMqttRules(name, book, maxLevels),
    ...lintKafkaRules(name, book, admitted),
    ...(limits === undefined ? [] : lintLimits(name, limits, policy, book, maxConnections)),
  ]);
  return [
    ...lintUsage(source),
    ...lintIdentities(source),
    ...lintSharedPrincipals(source),
    ...roles,
    ...lintLookAlikes(policy),
  ];
}

/** From where clients of some Kafka listener may come; undefined: from anywhere. */
function admittedToKafka(listeners: LintSource['listeners']) {
  const kafka = listeners.filter(({ protocol }) => protocol === 'kafka');
  if (kafka.length === 0 || kafka.some(({ admits }) => admits.length === 0)) return undefined;
  return kafka.flatMap(({ admits }) => admits.map(parseHostRange));
}

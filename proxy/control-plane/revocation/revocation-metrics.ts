import type { MetricSample } from '../telemetry/metrics.ts';
import type { ListFacts } from './crl-store.ts';

/** What is counted of revocation. */
export interface RevocationCounts {
  /** Of `headgate deny`. */
  readonly entries: number;
  /** In force. */
  readonly lists: readonly ListFacts[];
  /** Lists that are not used. */
  readonly refused: readonly string[];
  /** Distribution points that lists are fetched from, by store. */
  readonly places: readonly (readonly [store: string, count: number])[];
  /** How often there was no room for one more, by store. */
  readonly noRoom: ReadonlyMap<string, number>;
}

export function revocationMetrics({ entries, lists, refused, places, noRoom }: RevocationCounts): MetricSample[] {
  const byStore = Map.groupBy(lists, ({ store }) => store);
  return [
    { name: 'headgate_deny_entries', labels: {}, value: entries },
    { name: 'headgate_crl_refused', labels: {}, value: refused.length },
    ...places.map(([store, value]) => ({
      name: 'headgate_crl_distribution_points' as const,
      labels: { store },
      value,
    })),
    ...[...noRoom].map(([store, value]) => ({
      name: 'headgate_crl_distribution_points_refused_total' as const,
      labels: { store },
      value,
    })),
    ...[...byStore].flatMap(([store, own]) => [
      {
        name: 'headgate_crl_entries' as const,
        labels: { store },
        value: own.reduce((n, one) => n + one.entries, 0),
      },
      {
        name: 'headgate_crl_fresh_until_timestamp_seconds' as const,
        labels: { store },
        value: Math.min(...own.map(({ freshUntil }) => freshUntil)) / 1000,
      },
    ]),
  ];
}

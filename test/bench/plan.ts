/** Sizes of a run, and what it is measured against. */

export interface Plan {
  readonly quick: boolean;
  readonly repetitions: number;
  /** CPU-seconds that a proxy is to work in one measured window. */
  readonly window: number;
  /** The generator encrypts a record in some 4 us before each window: so many at most. */
  readonly maxRecords: number;
  readonly handshakes: number;
  readonly trips: number;
  readonly idleRepetitions: number;
  /** For which slow requests are watched. */
  readonly slowSeconds: number;
  /** Certificates that are denied one after the other, and that are listed, of 25 in all. */
  readonly drill: { readonly denials: number; readonly lists: number };
}

export const FULL: Plan = {
  quick: false,
  repetitions: 5,
  window: 1,
  maxRecords: 600_000,
  handshakes: 1500,
  trips: 5000,
  idleRepetitions: 3,
  slowSeconds: 10,
  drill: { denials: 20, lists: 4 },
};

export const QUICK: Plan = {
  quick: true,
  repetitions: 3,
  window: 0.3,
  maxRecords: 120_000,
  handshakes: 200,
  trips: 1500,
  idleRepetitions: 1,
  slowSeconds: 3,
  drill: { denials: 10, lists: 1 },
};

/** One promise on one figure of headgate. */
export interface Target {
  /** Name of the case. */
  readonly case: string;
  readonly figure: string;
  /** The system it is held against; absent: the figure itself. */
  readonly against?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export const TARGETS: readonly Target[] = [
  { case: 'publish-1k-x16', figure: 'rate', against: 'haproxy', atLeast: 1.1 },
  { case: 'publish-1k-x16', figure: 'rate', against: 'nginx', atLeast: 1.05 },
  { case: 'publish-1k-x1', figure: 'rate', against: 'haproxy', atLeast: 2.5 },
  { case: 'publish-1k-x1', figure: 'rate', against: 'nginx', atLeast: 0.9 },
  { case: 'publish-128-x1', figure: 'rate', against: 'haproxy', atLeast: 3 },
  { case: 'publish-128-x1', figure: 'rate', against: 'nginx', atLeast: 0.5 },
  { case: 'delivery-1k', figure: 'rate', against: 'haproxy', atLeast: 0.8 },
  // At most 10 % slower than the session that looks at nothing.
  { case: 'publish-1k-x16', figure: 'rate', against: 'headgate-raw', atLeast: 0.9 },
  { case: 'publish-1k-x1', figure: 'rate', against: 'headgate-raw', atLeast: 0.9 },
  { case: 'idle-1000', figure: 'memory', atMost: 80 },
  { case: 'idle-5000', figure: 'memory', atMost: 80 },
  { case: 'kafka-produce-1k', figure: 'rate', against: 'haproxy', atLeast: 2.5 },
  { case: 'kafka-produce-1k', figure: 'rate', against: 'nginx', atLeast: 0.9 },
  { case: 'kafka-produce-16k', figure: 'rate', against: 'haproxy', atLeast: 1.1 },
  { case: 'kafka-produce-16k', figure: 'rate', against: 'nginx', atLeast: 1.05 },
  { case: 'kafka-produce-256k', figure: 'rate', against: 'haproxy', atLeast: 1.1 },
  { case: 'kafka-produce-256k', figure: 'rate', against: 'nginx', atLeast: 1.05 },
  { case: 'kafka-produce-1m', figure: 'rate', against: 'haproxy', atLeast: 1.05 },
  { case: 'kafka-produce-1m', figure: 'rate', against: 'nginx', atLeast: 1 },
  { case: 'kafka-produce-1k', figure: 'rate', against: 'headgate-raw', atLeast: 0.9 },
  { case: 'kafka-produce-16k', figure: 'rate', against: 'headgate-raw', atLeast: 0.95 },
  { case: 'kafka-produce-256k', figure: 'rate', against: 'headgate-raw', atLeast: 0.95 },
  { case: 'kafka-produce-1m', figure: 'rate', against: 'headgate-raw', atLeast: 0.95 },
  { case: 'kafka-fetch-1k', figure: 'rate', against: 'haproxy', atLeast: 0.8 },
  { case: 'kafka-fetch-16k', figure: 'rate', against: 'haproxy', atLeast: 0.8 },
  { case: 'kafka-fetch-256k', figure: 'rate', against: 'haproxy', atLeast: 0.8 },
  { case: 'kafka-fetch-1m', figure: 'rate', against: 'haproxy', atLeast: 0.8 },
  { case: 'handshakes', figure: 'rate', against: 'nginx', atLeast: 1.05 },
  { case: 'revocation-drill', figure: 'denyP99', atMost: 100 },
  // A second beside the poll interval.
  { case: 'revocation-drill', figure: 'list', atMost: 1000 + 100 },
  { case: 'revocation-drill', figure: 'ratio', atMost: 2 },
  { case: 'revocation-large-list', figure: 'during', atMost: 10 },
  { case: 'rejudge-drill', figure: 'cutP99', atMost: 500 },
  { case: 'rejudge-drill', figure: 'enforcedP99', atMost: 500 },
  { case: 'large-reload', figure: 'enforced', atMost: 2000 },
  { case: 'large-reload', figure: 'during', atMost: 50 },
  // 100 requests of 1 MiB: a tenth of what they say they will be.
  { case: 'kafka-slow-frames', figure: 'memory', atMost: 10 },
];

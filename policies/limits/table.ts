/**
 * The table of limits: each is described here once. The configuration schema and its documentation, the types of limits as
 * written and as they hold, checks, policy tests, lint, diff, explain, the causes of rejections and the cells of the shared
 * table follow from it. Beside its row a limit needs only the place where a protocol counts it
 * (adapters/mqtt/limits.ts, adapters/kafka/limits.ts) and, if it is a rate of traffic, its bucket
 * (proxy/shared/tables/limit-handle.ts: the compiler asks for it). test/policies/limits/table.test.ts has a row for each row.
 */
import type { Protocol } from '../protocol.ts';

/** What a client over a limit meets, the mildest first. */
export const ON_EXCEED = ['throttle', 'reject', 'disconnect'] as const;
/** What a client over a limit meets. */
export type OnExceed = (typeof ON_EXCEED)[number];

/** The requests of `headgate explain`: to connect (handshake and first packet), MQTT's packets, any Kafka request, a Produce. */
export type LimitedAction = 'connect' | 'publish' | 'subscribe' | 'receive' | 'kafka' | 'produce';

interface CommonDescriptor {
  /** Documentation, in Markdown. */
  readonly text: string;
  /** Protocols that count it. */
  readonly protocols: readonly Protocol[];
  /** Which requests draw from it. */
  readonly drawnBy: readonly LimitedAction[];
  /** Set: it cannot be shared by a group, because it counts for this. */
  readonly countsFor?: 'a principal' | 'one connection';
  /** Cause of the rejections that it gives, and what that means; absent: what exceeds it is another fault. */
  readonly cause?: readonly [`limit-${string}`, meaning: string];
}

/** A rate of what goes through a session. */
export interface TrafficDescriptor extends CommonDescriptor {
  readonly kind: 'traffic';
  /** Of what: events are written `50/s`, bytes `64KiB/s`. */
  readonly unit: 'events' | 'bytes';
  /** How large its bucket is: what flows in during `burst`, or the number that the rate is written with. */
  readonly bucket: 'burst' | 'count';
  /** It may be averaged as Kafka averages quotas (KIP-13; see kafka-quota.ts). */
  readonly quota: boolean;
  /** Why it cannot be refused; absent: it can. */
  readonly unrefusable?: string;
  /** Most tokens (events or bytes) on lease for one worker: so many that a fast client does not come back to the shared cell with every message. */
  readonly maxLease: number;
  readonly cause: readonly [`limit-${string}`, meaning: string];
}

/** A rate of connections, before there is a session: never leased, never waited for. */
export interface AdmissionDescriptor extends CommonDescriptor {
  readonly kind: 'admission';
  readonly unit: 'events';
}

/** A number that does not flow back with time. */
export interface CountDescriptor extends CommonDescriptor {
  readonly kind: 'count';
  readonly unit: 'number' | 'bytes';
  /** Smallest and largest that may be configured, in the unit. */
  readonly min: number;
  readonly max: number;
}

export type LimitDescriptor = TrafficDescriptor | AdmissionDescriptor | CountDescriptor;

const BOTH: readonly Protocol[] = ['mqtt', 'kafka'];
const MQTT: readonly Protocol[] = ['mqtt'];
const MIB = 1024 * 1024;

/** The limits, by the key of the configuration. */
export const LIMIT_TABLE = {
  publish: {
    kind: 'traffic',
    unit: 'events',
    text: 'Messages that the client publishes; Kafka: records.',
    protocols: BOTH,
    drawnBy: ['publish', 'produce'],
    bucket: 'burst',
    quota: false,
    maxLease: 4096,
    cause: ['limit-publish', 'more messages per second than the limit allows'],
  },
  bytes: {
    kind: 'traffic',
    unit: 'bytes',
    text: 'Bytes that the client sends; Kafka: of all its requests.',
    protocols: BOTH,
    drawnBy: ['connect', 'publish', 'subscribe', 'kafka'],
    bucket: 'burst',
    quota: true,
    maxLease: MIB,
    cause: ['limit-bytes', 'more bytes per second than the limit allows'],
  },
  bytesOut: {
    kind: 'traffic',
    unit: 'bytes',
    text: 'Bytes that the broker sends to the client: deliveries, responses. Over it MQTT’s broker is not read until the time is made up for; Kafka’s responses carry `throttle_time_ms`. A `reject` of the block means `throttle` here.',
    protocols: BOTH,
    drawnBy: ['receive', 'kafka'],
    bucket: 'burst',
    quota: true,
    unrefusable: 'what comes from the broker cannot be refused',
    maxLease: MIB,
    cause: ['limit-bytes-out', 'more bytes per second to the client than the limit allows'],
  },
  requests: {
    kind: 'traffic',
    unit: 'events',
    text: 'MQTT: requests that carry no message (SUBSCRIBE, UNSUBSCRIBE, PINGREQ). Kafka: requests of every API.',
    protocols: BOTH,
    drawnBy: ['subscribe', 'kafka'],
    bucket: 'burst',
    quota: true,
    maxLease: 1024,
    cause: ['limit-requests', 'more requests per second than the limit allows'],
  },
  topics: {
    kind: 'traffic',
    unit: 'events',
    text: 'MQTT: topics that the client begins to publish to. Per time: `20/min` are twenty topics at once or one by one, each of which counts again after a minute. With several workers each counts for itself.',
    protocols: MQTT,
    drawnBy: ['publish'],
    countsFor: 'a principal',
    bucket: 'count',
    quota: false,
    maxLease: 1,
    cause: ['limit-topics', 'more new topics of the client per time than the limit allows'],
  },
  handshakes: {
    kind: 'admission',
    unit: 'events',
    text: 'TLS handshakes. Per time: `6/min` lets six reconnects come at once.',
    protocols: BOTH,
    drawnBy: ['connect'],
    cause: ['limit-handshakes', 'more handshakes per minute than the limit allows'],
  },
  connections: {
    kind: 'count',
    unit: 'number',
    min: 1,
    max: 1_000_000,
    text: 'Connections at once.',
    protocols: BOTH,
    drawnBy: ['connect'],
    cause: ['limit-connections', 'more connections at once than the limit allows'],
  },
  subscriptions: {
    kind: 'count',
    unit: 'number',
    min: 1,
    max: 65_536,
    text: 'MQTT: subscriptions of one connection, at most `mqtt.maxSubscriptions`; those that the broker kept of an earlier connection are not counted.',
    protocols: MQTT,
    drawnBy: ['subscribe'],
    countsFor: 'one connection',
    cause: ['limit-subscriptions', 'more subscriptions of one connection than the limit allows'],
  },
  inFlight: {
    kind: 'count',
    unit: 'number',
    min: 1,
    max: 65_535,
    text: 'Of one connection, as of its beginning. MQTT: messages of QoS 1 and 2 that the client may have in flight, at most `mqtt.receiveMaximum`; clients of 3.1.1 are not read while they have more. Kafka: requests that wait for a response, at most `kafka.maxInFlight`.',
    protocols: BOTH,
    drawnBy: ['publish', 'kafka'],
    countsFor: 'one connection',
  },
  packetSize: {
    kind: 'count',
    unit: 'bytes',
    min: 256,
    max: 1024 * MIB,
    text: 'Of one connection, as of its beginning: largest packet of MQTT in both directions, at most `mqtt.maxPacketSize`, or request of Kafka. A larger one meets what the listener’s own limit gives.',
    protocols: BOTH,
    drawnBy: ['connect', 'publish', 'subscribe', 'receive', 'kafka'],
    countsFor: 'one connection',
  },
} as const satisfies Readonly<Record<string, LimitDescriptor>>;

/** Key of a limit in the configuration. */
export type LimitKey = keyof typeof LIMIT_TABLE;

type KeysOf<D> = { [K in LimitKey]: (typeof LIMIT_TABLE)[K] extends D ? K : never }[LimitKey];

/** Rates of what goes through a session: each may say itself what a client over it meets. */
export type TrafficKey = KeysOf<{ readonly kind: 'traffic' }>;
/** Rates of connections. */
export type AdmissionKey = KeysOf<{ readonly kind: 'admission' }>;
/** All rates. */
export type RateKey = KeysOf<{ readonly kind: 'traffic' | 'admission' }>;
/** Numbers that do not flow back with time. */
export type CountKey = KeysOf<{ readonly kind: 'count' }>;
/** Rates that may be quotas of Kafka. */
export type QuotaKey = KeysOf<{ readonly quota: true }>;
/** What counts for one connection or one worker, and so cannot be shared. */
export type UnsharedKey = KeysOf<{ readonly countsFor: string }>;
/** Causes of the rejections that limits give. */
export type LimitCause = { [K in LimitKey]: CauseOf<(typeof LIMIT_TABLE)[K]> }[LimitKey];
type CauseOf<D> = D extends { readonly cause: readonly [infer C, string] } ? C : never;

/** Of one limit, as far as every kind has it. */
export function descriptorOf(key: LimitKey): LimitDescriptor {
  return LIMIT_TABLE[key];
}

/** Cause of what is refused over a traffic limit. */
export function limitCause(key: TrafficKey): LimitCause {
  return LIMIT_TABLE[key].cause[0];
}

/** The causes with their meanings, as policies/causes.ts lists them. */
export const LIMIT_CAUSES = Object.fromEntries(
  Object.keys(LIMIT_TABLE).flatMap((key) => {
    const { cause } = descriptorOf(key as LimitKey);
    return cause === undefined ? [] : [cause];
  }),
) as Readonly<Record<LimitCause, string>>;

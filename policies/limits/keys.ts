/** The limits by kind, so that all who write, compare or show them go by the same lists. */

/** Rates whose bucket is measured by `burst`. */
export const BURSTING = ['publish', 'bytes', 'bytesOut', 'requests'] as const;

/** Rates of what goes through a session: each says itself what a client over it meets. */
export const TRAFFIC = [...BURSTING, 'topics'] as const;
export type TrafficKey = (typeof TRAFFIC)[number];

/** Rates that may be quotas of Kafka. */
export const QUOTAS: readonly RateKey[] = ['bytes', 'bytesOut', 'requests'];

export const RATES = [...TRAFFIC, 'handshakes'] as const;
export type RateKey = (typeof RATES)[number];

/** Numbers that do not flow back with time; `packetSize` is in bytes. */
export const COUNTS = ['connections', 'subscriptions', 'inFlight', 'packetSize'] as const;

export const LIMITS = [...RATES, ...COUNTS] as const;
export type LimitKey = (typeof LIMITS)[number];

/** What a client over a limit meets, the mildest first. */
export const ON_EXCEED = ['throttle', 'reject', 'disconnect'] as const;
export type OnExceed = (typeof ON_EXCEED)[number];

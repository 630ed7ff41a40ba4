import type { EffectiveLimits } from '../../policies/types.ts';

/** What a listener's configuration says about MQTT. */
export interface MqttLimits {
  /** Largest packet of either side in bytes, header included. */
  readonly maxPacketSize: number;
  /** Largest CONNECT in bytes. */
  readonly maxConnectSize: number;
  /** Seconds; a keep-alive of 0 or more than this is replaced by this. */
  readonly maxKeepAlive: number;
  readonly maxFiltersPerSubscribe: number;
  /** Active and requested subscriptions of one connection. */
  readonly maxSubscriptions: number;
  readonly maxTopicLevels: number;
  /** Advertised and enforced Receive Maximum; also the bound of every table of packet ids. */
  readonly receiveMaximum: number;
  /** Topic aliases offered to MQTT 5 clients; 0 = none. */
  readonly topicAliasMaximum: number;
  /** Seconds; larger Session Expiry Intervals are clamped. */
  readonly maxSessionExpiry: number;
  readonly maxUserProperties: number;
  /** Accept non-minimal remaining lengths from 3.1.1 clients; they are forwarded in canonical form. */
  readonly tolerateLongLengths: boolean;
}

export interface MqttOptions extends MqttLimits {
  /** Milliseconds. */
  readonly timeouts: {
    /** From the creation of the session to a complete CONNECT. */
    readonly connect: number;
    /** From the first byte of a packet to its last. */
    readonly packet: number;
    /** From the CONNECT that was sent to the broker to its CONNACK. */
    readonly upstream: number;
  };
}

/** The options for a client with `limits`: of each the stricter one. */
export function withLimits(options: MqttOptions, limits: EffectiveLimits): MqttOptions {
  const { inFlight = Number.POSITIVE_INFINITY, packetSize = Number.POSITIVE_INFINITY } = limits;
  return {
    ...options,
    maxPacketSize: Math.min(options.maxPacketSize, packetSize),
    maxConnectSize: Math.min(options.maxConnectSize, packetSize),
    receiveMaximum: Math.min(options.receiveMaximum, inFlight),
  };
}

/** The user name and password that the broker gets in place of the client's. */
export interface MqttBackend {
  readonly username?: string;
  readonly password?: string;
  /** Forward the client's own user name and password. */
  readonly passthrough: boolean;
}

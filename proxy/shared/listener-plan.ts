/** What a data plane is told of a listener: the settings, and the bytes of its certificates and keys. */
import type { Advertise } from '../../adapters/kafka/advertise.ts';
import type { KafkaOptions } from '../../adapters/kafka/options.ts';
import type { MqttLimits } from '../../adapters/mqtt/options.ts';
import type { Protocol } from '../../policies/decision.ts';
import type { LimitsSource, Mode } from '../../policies/source.ts';
import type { EkuRule } from '../../policies/x509/chain/options.ts';
import type { PostQuantumMode } from './tls/profile-options.ts';
import type { TlsProfileName } from './tls/profiles.ts';

/** A host, by name or address without brackets, and a TCP port. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Whether a client must show a certificate, may, or is not asked for one. */
export type ClientAuth = 'required' | 'optional' | 'none';

/** Who is admitted to the TLS handshake of a listener, and how many at once. */
export interface AdmissionConfig {
  /** New connections per second from one address (IPv4 /32, IPv6 /64). */
  readonly perAddress: { readonly perSecond: number; readonly burst: number };
  /** CIDRs free of the per-address bucket (NATs, load balancers). */
  readonly exempt: readonly string[];
  /** CIDRs that may connect at all; empty: any. */
  readonly allow: readonly string[];
  /** Handshakes under way at once in the process. */
  readonly handshakes: number;
  /** Accepted connections that wait for a handshake slot. */
  readonly queue: number;
  /** Connections before the end of their handshake, in the process and from one address (IPv4 /32, IPv6 /64). */
  readonly halfOpen: number;
  readonly halfOpenPerAddress: number;
}

/** Milliseconds. */
export interface TimeoutsConfig {
  /** From accept (or PROXY header) to the end of the TLS handshake. */
  readonly handshake: number;
  /** From the handshake to a complete first packet or request. */
  readonly connect: number;
  /** From the first byte of a packet or request to its last. */
  readonly packet: number;
  /** MQTT: for CONNACK after the upstream connection is there. Kafka: for learning where the broker of a connection is. */
  readonly upstream: number;
}

/** A certificate with its intermediates, and its key: PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
  readonly passphrase?: string;
}

/** Bytes, not paths: what was hashed is what is used. */
export interface TlsMaterial extends KeyPair {
  readonly profile: TlsProfileName;
  readonly pq: PostQuantumMode;
  /** For the server names in them; all other clients are shown the one above. */
  readonly certificates: readonly KeyPair[];
  /** Where the control plane gets OCSP responses to staple: `aia` or a URL; absent: none is stapled. */
  readonly stapling?: string;
  readonly clientAuth: ClientAuth;
  readonly eku: EkuRule;
  /** Milliseconds by which a clock may be off. */
  readonly clockSkew: number;
  /** PEM certificates of all trust stores of the listener: their names are told to clients. */
  readonly ca: readonly string[];
}

/** The upstream of one listener with its material loaded. */
export interface UpstreamTarget {
  readonly addresses: readonly HostPort[];
  readonly connectTimeout: number;
  /** IP address to connect from; absent: the system chooses. */
  readonly localAddress?: string;
  readonly tls?: {
    readonly ca: string;
    readonly pins: readonly string[];
    readonly certificate?: string;
    readonly key?: string;
    readonly passphrase?: string;
    readonly serverName?: string;
  };
}

/** Where a cluster is and how it is reached. */
export interface KafkaUpstream extends Omit<UpstreamTarget, 'addresses'> {
  /** Tried in order, then the brokers that were learned. */
  readonly bootstrap: readonly HostPort[];
  /** Milliseconds after which the brokers are asked for again. */
  readonly metadataInterval: number;
}

/** Everything a data plane needs to know of a listener, with the bytes of its material. */
export type ListenerPlan = ListenerPlans[Protocol];

/** The plan of a listener, by its protocol. */
export interface ListenerPlans {
  readonly mqtt: MqttListenerPlan;
  readonly kafka: KafkaListenerPlan;
}

/** An MQTT listener and its broker. */
export interface MqttListenerPlan extends CommonListenerPlan {
  readonly protocol: 'mqtt';
  readonly upstream: UpstreamTarget & {
    readonly username?: string;
    readonly password?: string;
    readonly passthrough: boolean;
  };
  readonly mqtt: MqttLimits;
}

/** A Kafka listener: its cluster, and the addresses that clients are given for its brokers. */
export interface KafkaListenerPlan extends CommonListenerPlan {
  readonly protocol: 'kafka';
  readonly upstream: KafkaUpstream;
  readonly advertise: Advertise;
  readonly kafka: KafkaOptions;
}

/** What listeners of all protocols have. */
export interface CommonListenerPlan {
  readonly name: string;
  readonly mode: Mode;
  readonly proxyProtocol: readonly string[];
  readonly tls: TlsMaterial;
  /** By name of the trust store. */
  readonly stores: Readonly<Record<string, StorePlan>>;
  readonly admission: AdmissionConfig;
  readonly timeouts: TimeoutsConfig;
  readonly limits?: LimitsSource;
}

/** What a trust store asks of the chains that end in it, beside their being valid. */
export interface ChainTerms {
  /** Which of the certificates of the store may end a chain. */
  readonly anchors: 'roots' | 'any';
  /** SHA-256 of SubjectPublicKeyInfo in lower-case hex, one of which every chain must hold; empty: any. */
  readonly pins: readonly string[];
}

/** How the revocation of the certificates of a chain is checked. */
export interface RevocationTerms {
  readonly mode: 'require' | 'prefer' | 'off';
  /** Hosts of distribution points that lists are fetched from; absent: certificates name none that count. */
  readonly crlHosts?: readonly string[];
  /** `aia` or a URL. */
  readonly ocsp?: string;
  readonly ocspHosts: readonly string[];
  /** Milliseconds. */
  readonly maxStaleness: number;
  readonly onStale: 'deny' | 'allow';
}

/** A trust store with the bytes of its certificates. */
export interface StorePlan extends ChainTerms {
  /** PEM. */
  readonly certificates: string;
  readonly revocation: RevocationTerms;
}

/**
 * What the gate uses to protect connections: listeners, trust stores and upstreams with their
 * certificates and TLS parameters (PCI DSS 4.0.1, 4.2.1.1 and 12.3.3). Plain JSON; never a key.
 */
import type { Protocol } from '../../../policies/decision.ts';
import type { ClientAuth, RevocationTerms, StorePlan } from '../../shared/listener-plan.ts';
import type { PostQuantumMode } from '../../shared/tls/profile-options.ts';
import type { TlsProfileName } from '../../shared/tls/profiles.ts';
import type { ReadEndpoint } from './endpoint.ts';

/** Response of `GET /api/endpoints`. */
export interface Inventory {
  /** When it was taken: RFC 3339, UTC. Days left count from here. */
  readonly time: string;
  /** Content hash of the generation in force; empty before the first. */
  readonly hash: string;
  readonly listeners: readonly ListenerEntry[];
  /** Those that a listener uses, each once. */
  readonly stores: readonly StoreEntry[];
  readonly upstreams: readonly UpstreamEntry[];
}

/** A listener of the generation in force. */
export interface ListenerEntry {
  readonly name: string;
  readonly protocol: Protocol;
  /** `address:port` as bound. */
  readonly addresses: readonly string[];
  /** Kafka with a port for each broker: `address:first-last` as bound. */
  readonly brokerAddresses: readonly string[];
  /** Kafka: the addresses of the brokers that clients are sent. */
  readonly advertised?: string;
  readonly clientAuth: ClientAuth;
  /** What client certificates must say of their purpose. */
  readonly eku: string;
  /** Milliseconds by which clocks may differ. */
  readonly clockSkew: number;
  /** Names of the trust stores whose clients may connect. */
  readonly stores: readonly string[];
  readonly profile: ProfileEntry;
  /** Server certificates; the first serves all names that no other one has. */
  readonly certificates: readonly ChainEntry[];
  /** OCSP answers that are shown with them; absent: none are asked for. */
  readonly staples?: readonly StapleEntry[];
}

/** The OCSP response that is stapled to a server certificate. */
export interface StapleEntry extends Pick<CertificateEntry, 'subject' | 'serial' | 'sha256'> {
  /** URLs. */
  readonly responders: readonly string[];
  /** `good`: an answer is shown; `revoked`: none is, for the responder says so; `none`: there is none that holds. */
  readonly state: 'good' | 'revoked' | 'none';
  /** RFC 3339, UTC. */
  readonly freshUntil?: string;
  /** Why nobody can be asked. */
  readonly problem?: string;
}

/** TLS parameters in force, each list in order of preference, by OpenSSL's names. */
export interface ProfileEntry {
  readonly name: TlsProfileName;
  /** What becomes of clients without a post-quantum key agreement; `require` narrows versions and groups. */
  readonly pq: PostQuantumMode;
  /** `TLSv1.2` */
  readonly minVersion: string;
  readonly maxVersion: string;
  readonly ciphers: readonly string[];
  readonly groups: readonly string[];
  readonly signatures: readonly string[];
}

/** A trust store. */
export interface StoreEntry extends Pick<StorePlan, 'anchors' | 'pins'> {
  readonly name: string;
  /** Names of the listeners that use it. */
  readonly listeners: readonly string[];
  readonly certificates: readonly CertificateEntry[];
  readonly revocation: RevocationEntry;
}

/** How a trust store checks revocation. */
export interface RevocationEntry extends Pick<RevocationTerms, 'mode' | 'ocsp' | 'maxStaleness' | 'onStale'> {
  /**
   * Of the lists. `stale`: one has expired; `none`: there is no list. Absent where `mode` is off, and where
   * nothing but OCSP is asked, whose answers belong to single certificates.
   */
  readonly state?: 'fresh' | 'stale' | 'none';
  readonly lists: readonly ListEntry[];
}

/** A revocation list (CRL) in force. */
export interface ListEntry {
  /** File or URL. */
  readonly name: string;
  readonly issuer: string;
  /** CRLNumber, decimal; empty: it has none. */
  readonly number: string;
  /** Certificates that it revokes. */
  readonly entries: number;
  /** RFC 3339, UTC. */
  readonly thisUpdate: string;
  /** With the staleness that is allowed. */
  readonly freshUntil: string;
  readonly fresh: boolean;
}

/** The brokers behind a listener. */
export interface UpstreamEntry {
  readonly listener: string;
  /** `host:port` as configured. */
  readonly addresses: readonly string[];
  /** Absent: in plain text. */
  readonly tls?: {
    /** Name that the broker's certificate must have; absent: the host of the address. */
    readonly serverName?: string;
    /** SHA-256 of SubjectPublicKeyInfo, lower-case hex; empty: any. */
    readonly pins: readonly string[];
    readonly ca: readonly CertificateEntry[];
    /** What the gate shows to the broker. */
    readonly certificate?: ChainEntry;
  };
}

/** The certificate of a key and what its file holds besides. */
export interface ChainEntry {
  readonly leaf: CertificateEntry;
  readonly intermediates: readonly CertificateEntry[];
}

/** A certificate. */
export interface CertificateEntry {
  /** RFC 4514. */
  readonly subject: string;
  readonly issuer: string;
  /** Upper-case hex. */
  readonly serial: string;
  /** Of the DER, lower-case hex. */
  readonly sha256: string;
  /** Of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  /** With its kind: `dns:localhost`, `ip:127.0.0.1`, `uri:…`, `email:…`. */
  readonly names: readonly string[];
  readonly key: KeyEntry;
  /** OpenSSL's name or the OID. */
  readonly signatureAlgorithm: string;
  /** RFC 3339, UTC; empty: what is written there is no time. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** Whole days; negative: expired; null: not known. */
  readonly daysLeft: number | null;
  /** What the strict reader refuses about it; then names are those that Node reads, without a kind. */
  readonly problem?: string;
}

/** A public key; `curve` or `bits` where they apply. */
export interface KeyEntry {
  /** As node:crypto names it: `rsa`, `ec`, `ed25519`, `ml-dsa-65`. */
  readonly type: string;
  readonly curve?: string;
  readonly bits?: number;
}

/** What protects connections now. */
export const INVENTORY: ReadEndpoint<Inventory> = {
  method: 'GET',
  path: '/api/endpoints',
  query: [],
  lists: ['listeners', 'stores', 'upstreams'],
};

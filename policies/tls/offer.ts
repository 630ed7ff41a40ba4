import type { ClientHelloFacts } from './client-hello.ts';
import { ja4 } from './ja4.ts';
import { groupName, isGrease, versionName } from './names.ts';

/** What a client offered in its ClientHello, in words for people, in the client's order and without GREASE. */
export interface TlsOffer {
  /** Fingerprint of the client's TLS library and its settings. */
  readonly ja4: string;
  /** `TLS 1.3`; the one version of the hello where the client has no list. */
  readonly versions: readonly string[];
  /** `X25519MLKEM768`, `P-256`. */
  readonly groups: readonly string[];
  /** Groups for which the client sent a share. */
  readonly keyShares: readonly string[];
  /** Protocol names as sent, one character per byte: not escaped. */
  readonly alpn: readonly string[];
}

/** Entries of each list that are told; a record must not grow with what a client makes up. */
export const MAX_LISTED = 16;

/** What a ClientHello offers, in names that operators know; bounded. */
export function tlsOffer(hello: ClientHelloFacts): TlsOffer {
  const { versions, legacyVersion, groups, keyShares, alpn } = hello;
  return {
    ja4: ja4(hello),
    versions: limited(versions.length === 0 ? [legacyVersion] : versions, versionName),
    groups: limited(groups, groupName),
    keyShares: limited(keyShares, groupName),
    alpn: alpn.slice(0, MAX_LISTED),
  };
}

function limited(values: readonly number[], name: (value: number) => string): string[] {
  return values
    .filter((value) => !isGrease(value))
    .slice(0, MAX_LISTED)
    .map(name);
}

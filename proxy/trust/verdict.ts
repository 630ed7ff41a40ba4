import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Cause } from '../../policies/causes.ts';
import { Refused } from '../refused.ts';

/** A trust store as the verdict needs it. */
export interface TrustStore {
  readonly name: string;
  /** SHA-256 of its CA certificates, as node:crypto prints them. */
  readonly anchors: ReadonlySet<string>;
}

export interface Verdict {
  readonly store: string;
  /** SHA-256 of the CA certificate in which the chain ends. */
  readonly anchor: string;
  readonly leaf: X509Certificate;
}

/** A refused chain; the leaf is kept so that the operator sees which certificate it was. */
export class ChainRefused extends Refused {
  readonly leaf: X509Certificate | undefined;

  constructor(why: Cause, reason: string, leaf: X509Certificate | undefined) {
    super(why, reason, 'handshake');
    this.leaf = leaf;
  }
}

/** Longer chains are not walked. */
const MAX_CHAIN = 10;

const CAUSE_BY_ERROR: Readonly<Record<string, Cause>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-ca',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-ca',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown-ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-ca',
  CERT_UNTRUSTED: 'unknown-ca',
  CERT_SIGNATURE_FAILURE: 'bad-signature',
  INVALID_PURPOSE: 'wrong-eku',
};

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads a CA file. Throws when it holds no certificate or one that cannot be read. */
export function trustStore(name: string, pem: string): TrustStore {
  const certificates = (pem.match(PEM) ?? []).map((text) => new X509Certificate(text));
  if (certificates.length === 0) throw new Error(`trust store ${name} holds no certificate`);
  return { name, anchors: new Set(certificates.map((certificate) => certificate.fingerprint256)) };
}

/**
 * Judges the chain of a finished handshake: Node's own verification, and the one trust store in
 * which the chain ends. Throws ChainRefused. The interface is what a validator of our own fills.
 */
export function judge(socket: TLSSocket, stores: readonly TrustStore[]): Verdict {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) throw new ChainRefused('no-certificate', 'the client sent no certificate', undefined);
  if (!socket.authorized) {
    const code = String(socket.authorizationError ?? 'unknown');
    const why = CAUSE_BY_ERROR[code] ?? 'chain-rejected';
    throw new ChainRefused(why, `the certificate chain was refused: ${code}`, leaf);
  }
  const chain: X509Certificate[] = [];
  for (let next: X509Certificate | undefined = leaf; next !== undefined && chain.length < MAX_CHAIN; ) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  const anchor = chain.at(-1) as X509Certificate;
  const accepting = stores.filter((store) => store.anchors.has(anchor.fingerprint256));
  if (accepting.length > 1) {
    const names = accepting.map((store) => store.name).join(', ');
    throw new ChainRefused('ambiguous-trust', `the chain ends in more than one trust store: ${names}`, leaf);
  }
  const store = accepting[0];
  if (store === undefined)
    throw new ChainRefused('unknown-ca', 'the chain ends in no trust store of this listener', leaf);
  return { store: store.name, anchor: anchor.fingerprint256, leaf };
}

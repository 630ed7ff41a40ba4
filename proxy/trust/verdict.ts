import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Cause } from '../../policies/causes.ts';
import { ANONYMOUS } from '../../policies/identity/anonymous.ts';
import type { ClientAuth } from '../config/model.ts';
import { Refused } from '../refused.ts';

/** A trust store as the verdict needs it. */
export interface TrustStore {
  readonly name: string;
  /** SHA-256 of its CA certificates, as node:crypto prints them. */
  readonly anchors: ReadonlySet<string>;
  readonly certificates: readonly X509Certificate[];
}

export interface Verdict {
  readonly store: string;
  /** SHA-256 of the CA certificate in which the chain ends. */
  readonly anchor: string;
  /** null: the client showed no certificate, and need not; `store` is ANONYMOUS. */
  readonly leaf: X509Certificate | null;
}

const NOBODY: Verdict = { store: ANONYMOUS, anchor: '', leaf: null };

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
  return { name, anchors: new Set(certificates.map(({ fingerprint256 }) => fingerprint256)), certificates };
}

/**
 * Judges the chain of a finished handshake: Node's own verification, and the one trust store in
 * which the chain ends. Throws ChainRefused. The interface is what a validator of our own fills.
 */
export function judge(socket: TLSSocket, stores: readonly TrustStore[], clientAuth: ClientAuth): Verdict {
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined && clientAuth !== 'required') return NOBODY;
  if (leaf === undefined) throw new ChainRefused('no-certificate', 'the client sent no certificate', undefined);
  if (!socket.authorized) {
    const code = String(socket.authorizationError ?? 'unknown');
    const why = CAUSE_BY_ERROR[code] ?? 'chain-rejected';
    throw new ChainRefused(why, `the certificate chain was refused: ${code}`, leaf);
  }
  const ends = anchorsOf(lastSent(leaf), stores);
  const names = new Set(ends.map(({ store }) => store));
  if (names.size > 1) {
    const words = `the chain ends in more than one trust store: ${[...names].join(', ')}`;
    throw new ChainRefused('ambiguous-trust', words, leaf);
  }
  const [end] = ends;
  if (end === undefined) {
    throw new ChainRefused('unknown-ca', 'the chain ends in no trust store of this listener', leaf);
  }
  return { ...end, leaf };
}

/** The last certificate of the chain that the client sent; most send their own and intermediates, not the CA. */
function lastSent(leaf: X509Certificate): X509Certificate {
  let last = leaf;
  for (let i = 0; i < MAX_CHAIN && last.issuerCertificate !== undefined; i++) last = last.issuerCertificate;
  return last;
}

/** Where a verified chain ends: in a CA that was sent with it, or in the one that issued its last certificate. */
function anchorsOf(last: X509Certificate, stores: readonly TrustStore[]): { store: string; anchor: string }[] {
  const found: { store: string; anchor: string; certificate: X509Certificate }[] = [];
  for (const { name, anchors, certificates } of stores) {
    if (anchors.has(last.fingerprint256)) return endsIn(last, stores);
    for (const certificate of certificates) {
      if (last.issuer !== certificate.subject || !last.checkIssued(certificate)) continue;
      found.push({ store: name, anchor: certificate.fingerprint256, certificate });
    }
  }
  // One candidate is the one that OpenSSL verified with; among several of one name the signature tells.
  const proven = found.length > 1 ? found.filter(({ certificate }) => last.verify(certificate.publicKey)) : found;
  return proven.map(({ store, anchor }) => ({ store, anchor }));
}

function endsIn(anchor: X509Certificate, stores: readonly TrustStore[]): { store: string; anchor: string }[] {
  const { fingerprint256 } = anchor;
  return stores
    .filter(({ anchors }) => anchors.has(fingerprint256))
    .map(({ name }) => ({ store: name, anchor: fingerprint256 }));
}

import { isIP } from 'node:net';
import { checkServerIdentity, type TLSSocket } from 'node:tls';
import { type Anchors, buildAnchors } from '../../../policies/x509/chain/anchors.ts';
import { DEFAULT_KEY_RULES } from '../../../policies/x509/chain/key-rules.ts';
import { DEFAULT_CHAIN_LIMITS, DEFAULT_SKEW_SUSPICION } from '../../../policies/x509/chain/options.ts';
import { SignatureCache } from '../../../policies/x509/chain/signature-cache.ts';
import { validateChain } from '../../../policies/x509/chain/validate.ts';
import { certificatesOf } from '../../shared/trust/pem.ts';
import { presentedChain } from '../tls/presented-chain.ts';

/** What a broker must show. */
export interface BrokerTrust {
  /** PEM; every certificate in it ends a chain. */
  readonly ca: string;
  /** SHA-256 of public keys, one of which the chain must hold; empty: any. */
  readonly pins: readonly string[];
}

const STORE = 'ca';
const signatures = new SignatureCache(256);
/** Read once for all connections of a generation. */
const anchorsOf = new WeakMap<BrokerTrust, Anchors>();

/**
 * Why the broker at the other end of a finished handshake is not the one that is meant, in words; undefined: it is. The
 * chain is validated as those of clients are, for server authentication; a certificate that states no purpose will do,
 * as authorities of brokers often leave it out.
 * @param host the name or address that the certificate must be for (RFC 9525)
 * @param now milliseconds since the epoch
 */
export function brokerFault(socket: TLSSocket, host: string, trust: BrokerTrust, now: number): string | undefined {
  const [leaf, ...others] = presentedChain(socket);
  if (leaf === undefined) return 'the broker showed no certificate';
  let anchors = anchorsOf.get(trust);
  if (anchors === undefined) {
    anchors = buildAnchors([{ name: STORE, certificates: certificatesOf(trust.ca), partial: true }]);
    anchorsOf.set(trust, anchors);
  }
  const result = validateChain(leaf, others, anchors, {
    now,
    skew: 0,
    purpose: 'serverAuth',
    eku: 'lenient',
    keys: DEFAULT_KEY_RULES,
    issuance: false,
    limits: DEFAULT_CHAIN_LIMITS,
    suspicion: DEFAULT_SKEW_SUSPICION,
    verdicts: signatures,
  });
  if (!result.ok) return `its certificate is refused: ${result.cause}: ${result.reason} (${result.rule})`;
  const { pins } = trust;
  if (pins.length > 0 && !result.path.some(({ keySha256 }) => pins.includes(keySha256))) {
    return 'its certificate is refused: pin-mismatch: no certificate of the chain has a key that is pinned';
  }
  const wrong = checkServerIdentity(host, socket.getPeerCertificate());
  if (wrong === undefined) return undefined;
  return `its certificate is not for ${isIP(host) === 0 ? `the host ${host}` : `the address ${host}`}`;
}

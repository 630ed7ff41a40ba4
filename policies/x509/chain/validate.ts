import { createHash } from 'node:crypto';
import { X509Error } from '../der.ts';
import type { Anchors } from './anchors.ts';
import { TooCostly } from './budget.ts';
import { ChainCertificate } from './chain-certificate.ts';
import type { ValidationOptions } from './options.ts';
import { PathSearch } from './path-search.ts';
import { type ChainRefused, type ChainResult, refused } from './result.ts';

/**
 * Builds and validates the path of a certificate to a trust anchor (RFC 5280 section 6, RFC 4158).
 * Among several paths any that is valid will do; valid paths to two stores are refused, because
 * then it is unclear who the client is. Where none is valid, the path that got furthest is told.
 *
 * @param leaf DER. Anything may stand in it: the result is a refusal, never an exception.
 * @param presented DER of what came with the leaf, in any order; what no path needs is ignored.
 */
export function validateChain(
  leaf: Uint8Array,
  presented: readonly Uint8Array[],
  anchors: Anchors,
  options: ValidationOptions,
): ChainResult {
  const { limits } = options;
  const first = read(leaf, 0);
  if (!(first instanceof ChainCertificate)) return first;
  if (presented.length > limits.presented) {
    const reason = `${presented.length} certificates came with the leaf, more than ${limits.presented}`;
    return refused({ cause: 'chain-too-long', rule: 'RFC 8446 4.4.2', reason }, first);
  }
  const pool = new Map<string, ChainCertificate>();
  let unreadable: ChainRefused | undefined;
  for (const der of presented) {
    const sha256 = sha256Hex(der);
    const certificate = options.verdicts?.intermediate(sha256) ?? read(der, -1);
    if (certificate instanceof ChainCertificate) pool.set(sha256, certificate);
    else unreadable ??= certificate;
  }
  try {
    const result = new PathSearch([...pool.values()], anchors, options).run(first);
    // The missing issuer may well be the one that cannot be read.
    return !result.ok && result.cause === 'unknown-ca' && unreadable !== undefined ? unreadable : result;
  } catch (error) {
    if (!(error instanceof TooCostly)) throw error;
    return refused({ cause: 'chain-too-costly', rule: 'RFC 4158 8', reason: error.message }, first);
  }
}

function read(der: Uint8Array, index: number): ChainCertificate | ChainRefused {
  try {
    return new ChainCertificate(der);
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    const certificate = { index, subject: '', serial: '', sha256: sha256Hex(der) };
    const finding = { cause: 'certificate-unreadable', rule: 'RFC 5280 4.1', reason: error.message } as const;
    return { ok: false, ...finding, certificate };
  }
}

function sha256Hex(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}

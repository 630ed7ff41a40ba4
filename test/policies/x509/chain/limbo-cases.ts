import { Buffer } from 'node:buffer';
import { readVectors, withoutVectors } from '../../../support/vectors.ts';

const FILE = 'x509-limbo-mtls.json.gz';

export const withoutLimbo = withoutVectors(FILE);

/** A case of C2SP x509-limbo, with the fields that matter here. Certificates and CRLs are PEM. */
export interface LimboCase {
  readonly id: string;
  /** Cases that want the opposite. */
  readonly conflicts_with: readonly string[];
  readonly importance: 'undetermined' | 'low' | 'medium' | 'high' | 'critical';
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  /** ISO 8601; null: any time at which the certificates are meant to be valid. */
  readonly validation_time: string | null;
  readonly extended_key_usage: readonly string[];
  /** Most intermediates. */
  readonly max_chain_depth: number | null;
  readonly crls: readonly string[];
  readonly expected_result: 'SUCCESS' | 'FAILURE';
}

export function limboCases(): readonly LimboCase[] {
  return readVectors<{ readonly testcases: readonly LimboCase[] }>(FILE).flatMap(({ testcases }) => testcases);
}

export function pemToDer(pem: string): Uint8Array {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

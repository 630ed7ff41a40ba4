/** The certificates of a client as files hold them. */
import { resolve } from 'node:path';
import type { CertificateFacts } from '../../../policies/types.ts';
import { readCertificate } from '../../../policies/x509/certificate.ts';
import { X509Error } from '../../../policies/x509/der.ts';
import { MAX_MATERIAL, readRegular } from '../../control-plane/config/files.ts';
import { certificatesOf } from '../../shared/trust/pem.ts';

export interface ClientCertificate {
  /** DER, the client's own first. */
  readonly presented: readonly Buffer[];
  /** Undefined: the strict reader refuses it, and so does the gate. */
  readonly facts: CertificateFacts | undefined;
  /** Why it is refused. */
  readonly problem?: string;
}

/** A PEM file with what a client would send, or one DER certificate. A text says why it cannot be used. */
export function readClientCertificate(name: string): ClientCertificate | string {
  const read = readRegular(resolve(name), MAX_MATERIAL);
  if (!read.ok) return `${name} ${read.message}`;
  const blocks = certificatesOf(read.bytes.toString('latin1'));
  const presented = blocks.length === 0 && read.bytes[0] === 0x30 ? [read.bytes] : blocks;
  const [leaf] = presented;
  if (leaf === undefined) return `${name} contains no certificate`;
  try {
    return { presented, facts: readCertificate(leaf) };
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    return { presented, facts: undefined, problem: error.message };
  }
}

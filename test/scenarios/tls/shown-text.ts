/** What a shown chain looks like in texts. No parser: some of the certificates are none. */
import { createHash } from 'node:crypto';
import type { ShownChain } from './shown-chain.ts';

export const certificatesIn = (pem: string): string[] =>
  pem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n/g) ?? [];

/** SHA-256 of each certificate, the client's own first. */
export const digests = (chain: ShownChain | undefined): string[] =>
  certificatesIn(chain?.cert ?? '').map((pem) => createHash('sha256').update(derOf(pem)).digest('hex'));

/** Pieces of a key as they would stand in a text: lines of its PEM, and its DER in hexadecimal. */
export function writtenKey({ key }: ShownChain): string[] {
  const hex = derOf(key).toString('hex');
  return [...(key.match(/^[^-\n]{32,}$/gm) ?? []), ...(hex.match(/.{64}/g) ?? [])];
}

const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');

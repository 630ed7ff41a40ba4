/**
 * `index.json` of an authority's directory: what was issued, what is revoked, the CRL number.
 * A file is written beside its place and then renamed into it, so that a process that polls it
 * never reads half of it.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REASONS, type ReasonName } from './crl.ts';

/** An expected failure; the message is for the user. */
export class PkiError extends Error {
  override readonly name = 'PkiError';
}

/** Which of a directory's authorities; `intermediate` is there only after `init --intermediate`. */
export type AuthorityName = 'ca' | 'intermediate';

/** One issued certificate. What may be absent was not kept by older versions. */
export interface Entry {
  readonly name: string;
  /** Upper-case hexadecimal. */
  readonly serial: string;
  /** Who signed it; absent: `ca`. */
  readonly issuer?: AuthorityName;
  readonly subject?: string;
  /** Its extended key usage, or `ca`. */
  readonly type?: string;
  /** RFC 3339. */
  readonly notAfter?: string;
  /** RFC 3339; absent while the certificate is good. */
  readonly revoked?: string;
  /** Absent: keyCompromise. */
  readonly reason?: ReasonName;
  /** Number of the first CRL that lists it. */
  readonly crl?: number;
}

/** Contents of index.json. */
export interface Index {
  /** Number of the last CRL. */
  readonly crlNumber: number;
  /** Who issues; absent: `ca`. */
  readonly issuer?: AuthorityName;
  readonly certificates: readonly Entry[];
}

/** @throws PkiError when there is none, or when it is not one. */
export async function readIndex(dir: string): Promise<Index> {
  const file = join(dir, 'index.json');
  if (!existsSync(file)) throw new PkiError(`${dir} holds no authority; make one with: headgate pki init ${dir}`);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new PkiError(`${file} is not JSON`);
    throw error;
  }
  if (!isIndex(value)) throw new PkiError(`${file} is not the index of an authority`);
  return value;
}

export async function writeIndex(dir: string, index: Index): Promise<void> {
  await replaceFile(join(dir, 'index.json'), `${JSON.stringify(index, null, 2)}\n`, 0o644);
}

/** Writes a whole file into its place at once. */
export async function replaceFile(file: string, text: string, mode: number): Promise<void> {
  const beside = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, text, { mode, flag: 'wx' });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

function isIndex(value: unknown): value is Index {
  const { crlNumber, issuer, certificates } = (value ?? {}) as Partial<Index>;
  return (
    Number.isSafeInteger(crlNumber) && isIssuer(issuer) && Array.isArray(certificates) && certificates.every(isEntry)
  );
}

function isEntry(value: unknown): value is Entry {
  const { name, serial, issuer, subject, type, notAfter, revoked, reason, crl } = (value ?? {}) as Partial<Entry>;
  return (
    typeof name === 'string' &&
    typeof serial === 'string' &&
    /^[0-9A-F]+$/i.test(serial) &&
    isIssuer(issuer) &&
    [subject, type].every((text) => ['string', 'undefined'].includes(typeof text)) &&
    [notAfter, revoked].every((text) => text === undefined || !Number.isNaN(Date.parse(text))) &&
    (reason === undefined || Object.hasOwn(REASONS, reason)) &&
    (crl === undefined || Number.isSafeInteger(crl))
  );
}

function isIssuer(value: unknown): boolean {
  return value === undefined || value === 'ca' || value === 'intermediate';
}

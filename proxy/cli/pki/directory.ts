/**
 * The files of a development authority:
 *
 *     ca.pem ca.key          the authority
 *     NAME.pem NAME.key      what it issued
 *     crl.pem                the certificate revocation list in force
 *     index.json             serial numbers by name, the CRL number, what is revoked
 *
 * Keys have mode 0600. A file is written beside its place and then renamed into it, so that a
 * process that polls it never reads half of it.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Authority, createAuthority, type IssueRequest, openAuthority } from './authority.ts';

/** An expected failure, in words for the one at the terminal. */
export class PkiError extends Error {
  override readonly name = 'PkiError';
}

interface Entry {
  readonly name: string;
  readonly serial: string;
  /** RFC 3339; absent while the certificate is good. */
  readonly revoked?: string;
}

interface Index {
  readonly crlNumber: number;
  readonly certificates: readonly Entry[];
}

const RESERVED = new Set(['ca', 'crl', 'index']);

/** Makes an authority with an empty CRL in `dir`, which is created. Refuses where one is already. */
export async function initDirectory(dir: string, commonName: string, days?: number): Promise<Authority> {
  for (const file of ['ca.pem', 'ca.key', 'index.json']) {
    if (existsSync(join(dir, file))) throw new PkiError(`${join(dir, file)} exists; an authority is never overwritten`);
  }
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const authority = await createAuthority({ commonName, ...(days === undefined ? {} : { days }) });
  await replace(join(dir, 'ca.key'), authority.key, 0o600);
  await replace(join(dir, 'ca.pem'), authority.cert, 0o644);
  await writeIndex(dir, authority, { crlNumber: 0, certificates: [] });
  return authority;
}

/** Issues a certificate as `NAME.pem` and `NAME.key`; with `force` in place of those that are there. Returns its serial number. */
export async function issueInto(dir: string, name: string, request: IssueRequest, force: boolean): Promise<string> {
  checkName(name);
  const [certFile, keyFile] = [join(dir, `${name}.pem`), join(dir, `${name}.key`)];
  for (const file of [certFile, keyFile]) {
    if (!force && existsSync(file)) throw new PkiError(`${file} exists; --force replaces it`);
  }
  const { authority, index } = await open(dir);
  const { cert, key, serial } = await authority.issue(request);
  const certificates = [...index.certificates, { name, serial }];
  // The index first: a certificate that exists can then always be revoked.
  await replace(join(dir, 'index.json'), json({ ...index, certificates }), 0o644);
  await replace(keyFile, key, 0o600);
  await replace(certFile, cert, 0o644);
  return serial;
}

/** Revokes every certificate that was issued under `name` and signs a new CRL. Returns the serial numbers. */
export async function revokeIn(dir: string, name: string): Promise<readonly string[]> {
  checkName(name);
  const { authority, index } = await open(dir);
  const due = index.certificates.filter((entry) => entry.name === name && entry.revoked === undefined);
  if (due.length === 0) {
    const known = index.certificates.some((entry) => entry.name === name);
    throw new PkiError(known ? `"${name}" is revoked already` : `no certificate was issued under the name "${name}"`);
  }
  const revoked = new Date().toISOString();
  const certificates = index.certificates.map((entry) => (due.includes(entry) ? { ...entry, revoked } : entry));
  await writeIndex(dir, authority, { ...index, certificates });
  return due.map(({ serial }) => serial);
}

/** Writes the index under the next CRL number, and its CRL. */
async function writeIndex(dir: string, authority: Authority, index: Index): Promise<void> {
  const number = index.crlNumber + 1;
  const revoked = index.certificates.flatMap(({ serial, revoked: at }) =>
    at === undefined ? [] : [{ serial, date: new Date(at) }],
  );
  const crl = await authority.crl({ revoked, number });
  await replace(join(dir, 'index.json'), json({ ...index, crlNumber: number }), 0o644);
  await replace(join(dir, 'crl.pem'), crl, 0o644);
}

async function open(dir: string): Promise<{ authority: Authority; index: Index }> {
  const file = join(dir, 'index.json');
  if (!existsSync(file)) throw new PkiError(`${dir} holds no authority; make one with: headgate pki init ${dir}`);
  const index = readIndex(file, await readFile(file, 'utf8'));
  return { authority: await openAuthority(dir), index };
}

function readIndex(file: string, text: string): Index {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new PkiError(`${file} is not JSON`);
  }
  const { crlNumber, certificates } = (value ?? {}) as Partial<Index>;
  if (!Number.isSafeInteger(crlNumber) || !Array.isArray(certificates) || !certificates.every(isEntry)) {
    throw new PkiError(`${file} is not the index of an authority`);
  }
  return { crlNumber: crlNumber as number, certificates };
}

function isEntry(value: unknown): value is Entry {
  const { name, serial, revoked } = (value ?? {}) as Partial<Entry>;
  return typeof name === 'string' && typeof serial === 'string' && ['string', 'undefined'].includes(typeof revoked);
}

function checkName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw new PkiError(
      `"${name}" is no name for files: up to 64 letters, digits, ".", "_" and "-", a letter or digit first`,
    );
  }
  if (RESERVED.has(name.toLowerCase())) throw new PkiError(`"${name}" is a file of the authority itself`);
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  const beside = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, text, { mode, flag: 'wx' });
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

function json(index: Index): string {
  return `${JSON.stringify(index, null, 2)}\n`;
}

/**
 * The files of a development authority:
 *
 *     ca.pem ca.key                        the authority
 *     intermediate.pem intermediate.key    the one under it that issues, after `init --intermediate`
 *     NAME.pem NAME.key                    what was issued; NAME.pem ends with the intermediate
 *     crl.pem                              the certificate revocation list of the one that issues
 *     ca-crl.pem                           that of the authority, beside an intermediate
 *     crl-delta.pem                        after `crl --delta`
 *     index.json                           serial numbers by name, the CRL number, what is revoked
 *
 * Keys have mode 0600.
 */
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, type IssueRequest, openAuthority } from './authority.ts';
import { REASONS, type ReasonName } from './crl.ts';
import {
  type AuthorityName,
  type Entry,
  type Index,
  PkiError,
  readIndex,
  replaceFile,
  writeIndex,
} from './index-file.ts';
import type { KeyKind } from './keys.ts';

export interface InitRequest {
  readonly commonName: string;
  /** Of the authority; an intermediate lasts 1825 days or as long as it. */
  readonly days?: number;
  /** Of the authority and the intermediate. */
  readonly keyKind?: KeyKind;
  readonly intermediate?: boolean;
}

export interface CrlOptions {
  /** Until nextUpdate; default 365. */
  readonly days?: number;
  /** Also write `crl-delta.pem`: what was revoked after the complete CRL of this number. */
  readonly deltaTo?: number;
}

const RESERVED = new Set(['ca', 'ca-crl', 'crl', 'crl-delta', 'index', 'intermediate']);
const INTERMEDIATE_DAYS = 1825;

/** Makes an authority with an empty CRL in `dir`, which is created. Refuses where one is already. */
export async function initDirectory(dir: string, request: InitRequest): Promise<void> {
  for (const file of ['ca.pem', 'ca.key', 'intermediate.pem', 'intermediate.key', 'index.json']) {
    if (existsSync(join(dir, file))) throw new PkiError(`${join(dir, file)} exists; an authority is never overwritten`);
  }
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { commonName, days, keyKind = 'P-256', intermediate = false } = request;
  const root = await createAuthority({ commonName, keyKind, ...(days === undefined ? {} : { days }) });
  await writePair(dir, 'ca', root.cert, root.key);
  let index: Index = { crlNumber: 0, certificates: [] };
  if (intermediate) {
    const issuing = await root.intermediate({
      commonName: `${commonName} intermediate`,
      keyKind,
      pathLength: 0,
      days: Math.min(days ?? INTERMEDIATE_DAYS, INTERMEDIATE_DAYS),
    });
    await writePair(dir, 'intermediate', issuing.cert, issuing.key);
    const entry = { name: 'intermediate', issuer: 'ca' as const, ...facts(issuing.cert), type: 'ca' };
    index = { crlNumber: 0, issuer: 'intermediate', certificates: [entry] };
  }
  await writeCrls(dir, index, {});
}

/** Issues a certificate as `NAME.pem` and `NAME.key`; with `force` in place of those that are there. Returns its serial number. */
export async function issueInto(dir: string, name: string, request: IssueRequest, force: boolean): Promise<string> {
  checkName(name);
  if (RESERVED.has(name.toLowerCase())) throw new PkiError(`"${name}" is a file of the authority itself`);
  for (const file of [join(dir, `${name}.pem`), join(dir, `${name}.key`)]) {
    if (!force && existsSync(file)) throw new PkiError(`${file} exists; --force replaces it`);
  }
  const index = await readIndex(dir);
  const issuer = index.issuer ?? 'ca';
  const authority = await openAuthority(dir, issuer);
  const { cert, key, serial } = await authority.issue(request);
  const entry: Entry = { name, issuer, ...facts(cert), type: request.eku ?? 'client' };
  // The index first: a certificate that exists can then always be revoked.
  await writeIndex(dir, { ...index, certificates: [...index.certificates, entry] });
  await writePair(dir, name, issuer === 'ca' ? cert : cert + authority.cert, key);
  return serial;
}

/** Revokes every certificate that was issued under `name` and signs a new CRL. Returns the serial numbers. */
export async function revokeIn(dir: string, name: string, reason: ReasonName): Promise<readonly string[]> {
  checkName(name);
  const index = await readIndex(dir);
  const due = index.certificates.filter((entry) => entry.name === name && entry.revoked === undefined);
  if (due.length === 0) {
    const known = index.certificates.some((entry) => entry.name === name);
    throw new PkiError(known ? `"${name}" is revoked already` : `no certificate was issued under the name "${name}"`);
  }
  const change = { revoked: new Date().toISOString(), reason, crl: index.crlNumber + 1 };
  const certificates = index.certificates.map((entry) => (due.includes(entry) ? { ...entry, ...change } : entry));
  await writeCrls(dir, { ...index, certificates }, {});
  return due.map(({ serial }) => serial);
}

/** Signs fresh CRLs under the next number, which is returned. */
export async function renewCrls(dir: string, options: CrlOptions): Promise<number> {
  const index = await readIndex(dir);
  const { deltaTo } = options;
  if (deltaTo !== undefined && deltaTo > index.crlNumber) {
    throw new PkiError(`there is no CRL number ${deltaTo} yet; the last one is ${index.crlNumber}`);
  }
  return writeCrls(dir, index, options);
}

/** Writes the index under the next CRL number, and its CRLs. A delta has the number of the complete one beside it (RFC 5280 5.2.3). */
async function writeCrls(dir: string, index: Index, { days, deltaTo }: CrlOptions): Promise<number> {
  const number = index.crlNumber + 1;
  const issuing = index.issuer ?? 'ca';
  const sign = async (file: string, issuer: AuthorityName, base?: number): Promise<void> => {
    const listed = revokedBy(index, issuer).filter(({ crl }) => base === undefined || crl === undefined || crl > base);
    const revoked = listed.map(({ serial, revoked: at, reason }) => ({
      serial,
      date: new Date(at),
      reason: REASONS[reason ?? 'keyCompromise'],
    }));
    const request = {
      revoked,
      number,
      ...(days === undefined ? {} : { days }),
      ...(base === undefined ? {} : { base }),
    };
    await replaceFile(join(dir, file), await (await openAuthority(dir, issuer)).crl(request), 0o644);
  };
  await writeIndex(dir, { ...index, crlNumber: number });
  await sign('crl.pem', issuing);
  if (issuing !== 'ca') await sign('ca-crl.pem', 'ca');
  if (deltaTo !== undefined) await sign('crl-delta.pem', issuing, deltaTo);
  return number;
}

function revokedBy(index: Index, issuer: AuthorityName): readonly (Entry & { readonly revoked: string })[] {
  return index.certificates.flatMap((entry) =>
    entry.revoked === undefined || (entry.issuer ?? 'ca') !== issuer ? [] : [{ ...entry, revoked: entry.revoked }],
  );
}

/** What the index keeps of a certificate. The subject has one attribute after the other, escaped as OpenSSL does. */
function facts(cert: string): { readonly serial: string; readonly subject: string; readonly notAfter: string } {
  const { serialNumber, subject, validToDate } = new X509Certificate(cert);
  return { serial: serialNumber, subject: (subject ?? '').replaceAll('\n', ', '), notAfter: validToDate.toISOString() };
}

function checkName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw new PkiError(
      `"${name}" is no name for files: up to 64 letters, digits, ".", "_" and "-", a letter or digit first`,
    );
  }
}

/** The key first: a certificate whose key is missing helps nobody. */
async function writePair(dir: string, name: string, cert: string, key: string): Promise<void> {
  await replaceFile(join(dir, `${name}.key`), key, 0o600);
  await replaceFile(join(dir, `${name}.pem`), cert, 0o644);
}

/** Certificates, keys and CA files: read once, parsed, and held against each other. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { certificateBlocks } from '../../shared/trust/pem.ts';
import { listProblem } from '../revocation/crl-store.ts';
import { DenyFileError, readDenyFile } from '../revocation/deny-file.ts';
import { brokenLink } from './chain-order.ts';
import { CRL_ENDINGS, crlEntryKind } from './crl-entry.ts';
import type { Draft } from './draft.ts';
import type { FileReader } from './files.ts';
import { type Path, quote, type Report } from './problem.ts';
import { checkStapling } from './stapling.ts';

export interface MaterialContext {
  readonly files: FileReader;
  readonly report: Report;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

interface Pair {
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  readonly passphrase?: string | undefined;
}

/** More certificates than any chain or root program has. */
const MAX_CERTIFICATES = 1000;

export function checkMaterial(draft: Draft, context: MaterialContext): void {
  const anchors = new Map<string, ReadonlySet<string>>();
  const authorities: X509Certificate[] = [];
  for (const [name, store] of draft.trust) {
    if (store === undefined) continue;
    const certificates = oneByOne(store.ca, ['trust', name, 'ca']).flatMap(([written, path]) =>
      readStore(written, path, context),
    );
    authorities.push(...certificates);
    anchors.set(name, new Set(certificates.map(({ fingerprint256 }) => fingerprint256)));
    const lists = oneByOne(store.revocation?.crl ?? [], ['trust', name, 'revocation', 'crl']);
    for (const [written, path] of lists) readLists(written, path, context);
  }
  if (draft.deny !== undefined) checkDenyFile(draft.deny.file, context);
  draft.listeners.forEach((listener, i) => {
    if (listener === undefined) return;
    const path: Path = ['listeners', i];
    const { stapling, certificates } = listener.tls;
    const pairs: readonly (readonly [Pair, Path])[] = [
      [listener.tls, [...path, 'tls']],
      ...certificates.map((pair, j): [Pair, Path] => [pair, [...path, 'tls', 'certificates', j]]),
    ];
    for (const [pair, at] of pairs) {
      const chain = checkPair(pair, at, context);
      if (stapling === undefined) continue;
      checkStapling(stapling, pair.certificate ?? '', chain, authorities, [...path, 'tls', 'stapling'], context.report);
    }
    checkDistinct(listener.tls.clients ?? [], anchors, [...path, 'tls', 'clients'], context.report);
    const { tls } = listener.upstream;
    if (tls === undefined) return;
    readAuthorities(tls.ca, [...path, 'upstream', 'tls', 'ca'], context);
    checkPair(tls, [...path, 'upstream', 'tls'], context);
  });
  const tls = draft.admin?.tls;
  if (tls === undefined) return;
  checkPair(tls, ['admin', 'tls'], context);
  readAuthorities(tls.clientCa, ['admin', 'tls', 'clientCa'], context);
}

/** Endings of files that are taken from a directory of CA certificates. */
export const CA_ENDINGS: readonly string[] = ['.pem', '.crt', '.cer'];

/** With the path of each; one alone may have been written without a list. */
function oneByOne(names: readonly string[], path: Path): (readonly [string, Path])[] {
  return names.map((name, i) => [name, names.length === 1 ? path : [...path, i]]);
}

/** The certificates of a trust store: of a file, or of the files in a directory. */
function readStore(written: string, path: Path, context: MaterialContext): X509Certificate[] {
  const names = context.files.expand(written, CA_ENDINGS);
  if (names.length === 0) {
    context.report.error(
      path,
      `${quote(written)} holds no file with a certificate`,
      `it may end in ${CA_ENDINGS.join(', ')}`,
    );
  }
  return names.flatMap((name) => readAuthorities(name, path, context));
}

/** Lists that can be read now; a directory may still be empty, what a URL holds is fetched later. */
function readLists(written: string, path: Path, { files, report }: MaterialContext): void {
  const kind = crlEntryKind(written);
  if (kind === 'url' && URL.parse(written) === null) report.error(path, `${quote(written)} is not a URL`);
  if (kind !== 'file') return;
  for (const name of files.expand(written, CRL_ENDINGS)) {
    const bytes = files.bytes(name, path, report);
    const problem = bytes === undefined ? undefined : listProblem({ name, bytes });
    if (problem !== undefined) report.error(path, `${quote(name)} ${problem}`);
  }
}

function checkDenyFile(name: string, { files, report }: MaterialContext): void {
  const path: Path = ['deny', 'file'];
  const text = files.text(name, path, report);
  if (text === undefined) return;
  try {
    readDenyFile(text, 'deny');
  } catch (error) {
    if (!(error instanceof DenyFileError)) throw error;
    report.error(path, `${quote(name)}: ${error.message}`);
  }
}

/** A certificate and the key that must be its own. Gives the certificates of the file; none where the two do not fit. */
function checkPair(
  { certificate, key, passphrase }: Pair,
  path: Path,
  context: MaterialContext,
): readonly X509Certificate[] {
  if (certificate === undefined || key === undefined) return [];
  const chain = readCertificates(certificate, [...path, 'certificate'], context);
  const privateKey = readKey(key, passphrase, path, context);
  const [leaf] = chain;
  if (leaf === undefined) return [];
  checkValidity(leaf, 'the certificate', [...path, 'certificate'], context);
  chain.slice(1).forEach((intermediate, i) => {
    checkValidity(intermediate, `certificate ${i + 2} of the file`, [...path, 'certificate'], context);
  });
  if (privateKey !== undefined && !leaf.checkPrivateKey(privateKey)) {
    const own = chain.findIndex((one) => one.checkPrivateKey(privateKey));
    const fix =
      own > 0
        ? 'the certificate of the key must come first in its file'
        : 'the two files belong to different certificates';
    context.report.transientError(
      [...path, 'key'],
      `the key is not that of the first certificate in ${quote(certificate)}`,
      fix,
    );
    return [];
  }
  const broken = brokenLink(chain);
  if (broken !== -1) {
    context.report.error(
      [...path, 'certificate'],
      `certificate ${broken + 1} in ${quote(certificate)} is not issued by certificate ${broken + 2}`,
      'each certificate must be followed by the one that issued it',
    );
  }
  return chain;
}

function readKey(
  name: string,
  passphrase: string | undefined,
  path: Path,
  { files, report }: MaterialContext,
): KeyObject | undefined {
  const at = [...path, 'key'];
  const pem = files.bytes(name, at, report, { secret: true });
  if (pem === undefined) return undefined;
  if (!pem.includes('PRIVATE KEY-----')) {
    report.transientError(
      at,
      `${quote(name)} holds no private key in PEM form`,
      'a file that begins with -----BEGIN PRIVATE KEY----- is needed',
    );
    return undefined;
  }
  if (report.isWrong([...path, 'passphrase'])) return undefined;
  const encrypted = pem.includes('BEGIN ENCRYPTED PRIVATE KEY') || pem.includes('Proc-Type: 4,ENCRYPTED');
  if (encrypted && passphrase === undefined) {
    report.error(at, `${quote(name)} is encrypted`, `add passphrase: "\${env:NAME}" or "\${file:PATH}"`);
    return undefined;
  }
  if (!encrypted && passphrase !== undefined) {
    report.warning([...path, 'passphrase'], 'the key is not encrypted: the passphrase is not used', 'remove it');
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase });
  } catch {
    // The library's own words could hold parts of the key.
    if (encrypted) report.error([...path, 'passphrase'], `the passphrase does not open ${quote(name)}`);
    else report.transientError(at, `the private key in ${quote(name)} cannot be read`);
    return undefined;
  }
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < 2048) {
    report.error(at, `an RSA key of ${bits} bits is too weak`, 'use P-256, or RSA with at least 2048 bits');
  }
  return key;
}

function readAuthorities(name: string, path: Path, context: MaterialContext): X509Certificate[] {
  const certificates = readCertificates(name, path, context);
  for (const [i, certificate] of certificates.entries()) {
    const what = certificates.length === 1 ? 'the certificate' : `certificate ${i + 1} of the file`;
    if (!certificate.ca) context.report.warning(path, `${what} is not one of a CA: no chain can end in it`);
    checkValidity(certificate, what, path, context);
  }
  return certificates;
}

function readCertificates(name: string, path: Path, { files, report }: MaterialContext): X509Certificate[] {
  const pem = files.text(name, path, report);
  if (pem === undefined) return [];
  const blocks = certificateBlocks(pem);
  if (blocks.length === 0) {
    report.transientError(
      path,
      `${quote(name)} holds no certificate in PEM form`,
      'a file with -----BEGIN CERTIFICATE----- is needed',
    );
  }
  if (blocks.length > MAX_CERTIFICATES) {
    report.error(path, `${quote(name)} holds more than ${MAX_CERTIFICATES} certificates`);
    return [];
  }
  const certificates: X509Certificate[] = [];
  for (const [i, block] of blocks.entries()) {
    try {
      certificates.push(new X509Certificate(block));
    } catch {
      report.transientError(path, `certificate ${i + 1} in ${quote(name)} cannot be read`);
      return [];
    }
  }
  return certificates;
}

function checkValidity(certificate: X509Certificate, what: string, path: Path, { report, now }: MaterialContext): void {
  if (now > certificate.validToDate.getTime()) {
    report.warning(path, `${what} expired on ${certificate.validToDate.toISOString()}`, 'renew it');
  } else if (now < certificate.validFromDate.getTime()) {
    report.warning(
      path,
      `${what} is not valid before ${certificate.validFromDate.toISOString()}`,
      'check the clock, or wait',
    );
  }
}

/** A chain that ends in two stores is refused: an anchor that two of them share would refuse all its clients. */
function checkDistinct(
  stores: readonly string[],
  anchors: ReadonlyMap<string, ReadonlySet<string>>,
  path: Path,
  report: Report,
): void {
  const owner = new Map<string, string>();
  for (const [i, store] of stores.entries()) {
    for (const fingerprint of anchors.get(store) ?? []) {
      const other = owner.get(fingerprint);
      if (other !== undefined && other !== store) {
        report.error(
          [...path, i],
          `the trust stores ${quote(other)} and ${quote(store)} share a certificate: which one accepts a client would be ambiguous`,
          'remove it from one of them',
        );
        break;
      }
      owner.set(fingerprint, store);
    }
  }
}

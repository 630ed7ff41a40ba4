/** A client's certificate as a test describes it, in the form that the policy takes. */
import { X509Certificate } from 'node:crypto';
import { ANONYMOUS, NO_CERTIFICATE } from '../../../policies/identity/anonymous.ts';
import type { CertificateFacts, Name } from '../../../policies/types.ts';
import { attributeName, attributeOid } from '../../../policies/x509/attribute-types.ts';
import { readCertificate } from '../../../policies/x509/certificate.ts';
import { X509Error } from '../../../policies/x509/der.ts';
import { ipText, parseIp } from '../../../policies/x509/ip.ts';
import type { FileReader } from '../../control-plane/config/files.ts';
import { type Path, quote, type Report } from '../../control-plane/config/problem.ts';
import type { ClientSource } from './schema.ts';

/** A client of a policy test. */
export interface TestClient {
  /** Trust store that accepted the chain, or ANONYMOUS. */
  readonly store: string;
  readonly facts: CertificateFacts;
}

const DOTTED_OID = /^[0-2](\.\d+)+$/;

/** Undefined after problems were reported. */
export function clientFacts(
  source: ClientSource,
  path: Path,
  files: FileReader,
  report: Report,
): TestClient | undefined {
  const facts =
    source.certificate === undefined
      ? writtenFacts(source, path, report)
      : fileFacts(source.certificate, [...path, 'certificate'], files, report);
  return facts === undefined ? undefined : { store: source.trust ?? ANONYMOUS, facts };
}

function writtenFacts(
  { subject = {}, san = {} }: ClientSource,
  path: Path,
  report: Report,
): CertificateFacts | undefined {
  const names = Object.entries(subject).map(([name, values]): Name | undefined => {
    const oid = attributeOid(name) ?? (DOTTED_OID.test(name) ? name : undefined);
    if (oid !== undefined) return values.map((value) => [{ oid, type: attributeName(oid), value }]);
    const upper = name.toUpperCase();
    const fix = attributeOid(upper) === undefined ? undefined : `write ${upper}`;
    report.error([...path, 'subject', name], 'unknown subject attribute', fix, 'key');
    return undefined;
  });
  const addresses = (san.ip ?? []).map((written, i) => {
    const bytes = parseIp(written);
    if (bytes === undefined) report.error([...path, 'san', 'ip', i], `${quote(written)} is not an IP address`);
    return bytes && ipText(bytes);
  });
  const sound = names.filter((name) => name !== undefined);
  const ip = addresses.filter((address) => address !== undefined);
  if (sound.length < names.length || ip.length < addresses.length) return undefined;
  const { uri = [], dns = [], email = [] } = san;
  return { ...NO_CERTIFICATE, subject: sound.flat(), san: { uri, dns, email, ip } };
}

/** The first certificate of a PEM file. */
function fileFacts(file: string, path: Path, files: FileReader, report: Report): CertificateFacts | undefined {
  const bytes = files.bytes(file, path, report);
  if (bytes === undefined) return undefined;
  try {
    return readCertificate(new X509Certificate(bytes).raw);
  } catch (error) {
    const reason = error instanceof X509Error ? `: ${error.message}` : '';
    report.error(path, `the file contains no readable certificate${reason}`);
    return undefined;
  }
}

import { comparableSerial } from '../revocation/deny-entry.ts';
import type { IdentitySource } from '../source.ts';
import type { CertificateFacts } from '../types.ts';
import type { ReportAt } from './checked-pattern.ts';

/** What an identity asks of a certificate beside its names. */
export interface CertificateTerms {
  /** Dotted OIDs that must all be among its purposes. */
  readonly eku: readonly string[];
  /** Comparable forms, one of which its serial number must be; undefined: any. */
  readonly serials: readonly string[] | undefined;
  /** Milliseconds since notBefore, both inclusive. */
  readonly age: { readonly min: number; readonly max: number } | undefined;
}

/** Names of purposes (RFC 5280 4.2.1.12). */
const PURPOSES: ReadonlyMap<string, string> = new Map([
  ['serverAuth', '1.3.6.1.5.5.7.3.1'],
  ['clientAuth', '1.3.6.1.5.5.7.3.2'],
  ['anyExtendedKeyUsage', '2.5.29.37.0'],
]);

/** As `DerReader.oid` prints them: no leading zeros. */
const DOTTED_OID = /^[0-2](\.(0|[1-9]\d*))+$/;
const HEX = /^[0-9A-Fa-f]{1,40}$/;

/** Compiles `eku`, `serial` and `age`; what is wrong is reported, and the result then does not count. */
export function compileTerms({ eku, serial, age }: IdentitySource['when'], report: ReportAt): CertificateTerms {
  const each = (
    written: string | readonly string[] | undefined,
    at: string,
    read: (one: string, at: string) => string,
  ) => (typeof written === 'string' ? [read(written, at)] : written?.map((one, i) => read(one, `${at}[${i}]`)));
  const purposes = each(eku, 'when.eku', (name, at) => {
    const oid = PURPOSES.get(name) ?? name;
    if (!DOTTED_OID.test(oid)) report(at, `is neither one of ${[...PURPOSES.keys()].join(', ')} nor a dotted OID`);
    return oid;
  });
  if (purposes?.length === 0) report('when.eku', 'the list of purposes is empty');
  const serials = each(serial, 'when.serial', (written, at) => {
    const digits = written.replace(/(?<=[0-9A-Fa-f]{2}):(?=[0-9A-Fa-f]{2})/g, '');
    if (!HEX.test(digits)) report(at, 'is not a serial number of 1 to 40 hexadecimal digits');
    return comparableSerial(digits);
  });
  if (serials?.length === 0) report('when.serial', 'the list of serial numbers is empty');
  return { eku: purposes ?? [], serials, age: age === undefined ? undefined : compileAge(age, report) };
}

/**
 * Why a certificate does not meet the terms at `now`, in milliseconds since the epoch; undefined: it does.
 * While `now` is not known, no certificate has an age.
 */
export function termsProblem(
  { eku, serials, age }: CertificateTerms,
  facts: CertificateFacts,
  now: number | undefined,
): string | undefined {
  const missing = eku.find((oid) => !facts.eku.includes(oid));
  if (missing !== undefined) return `the extended key usage does not name ${purposeName(missing)}`;
  if (serials !== undefined && !serials.includes(comparableSerial(facts.serial))) {
    return `the serial number is ${facts.serial === '' ? 'not known' : `${facts.serial}, which is not asked for`}`;
  }
  if (age === undefined) return undefined;
  if (now === undefined) return 'the age of the certificate is not known: no time to judge it at was given';
  const since = now - facts.notBefore;
  if (since < age.min) return `the certificate is younger than ${age.min / 1000} s`;
  return since <= age.max ? undefined : `the certificate is older than ${age.max / 1000} s`;
}

function compileAge({ min, max }: { readonly min?: number; readonly max?: number }, report: ReportAt) {
  if (min === undefined && max === undefined) report('when.age', 'has neither "min" nor "max"');
  if (min !== undefined && max !== undefined && min > max) report('when.age', '"min" is more than "max"');
  return { min: min ?? Number.NEGATIVE_INFINITY, max: max ?? Number.POSITIVE_INFINITY };
}

function purposeName(oid: string): string {
  return [...PURPOSES].find(([, known]) => known === oid)?.[0] ?? oid;
}

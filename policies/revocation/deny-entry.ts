import { type Pattern, subjectPattern } from '../identity/pattern.ts';
import { TemplateError } from '../identity/template.ts';
import type { Problem } from '../problem.ts';
import { attributeName, attributeOid } from '../x509/attribute-types.ts';
import { instantOf, plainText, sha256Text } from './deny-text.ts';
import { comparableText, DistinguishedNameError } from './distinguished-name.ts';

/** An attribute of the subject, all of whose patterns some value must match. */
export interface SubjectRule {
  readonly type: string;
  readonly patterns: readonly Pattern[];
}

/** What an entry denies. Hashes in lower-case hexadecimal. */
export type DenyTarget =
  | {
      readonly kind: 'serial';
      readonly serial: string;
      readonly issuer: { readonly name: string } | { readonly hash: string };
    }
  | { readonly kind: 'sha256'; readonly hash: string }
  | { readonly kind: 'spki'; readonly hash: string }
  | { readonly kind: 'subject'; readonly attributes: readonly SubjectRule[] }
  | { readonly kind: 'principal'; readonly principal: string };

/** One entry of a deny list. */
export interface DenyEntry {
  /** Position in the list, from 0. */
  readonly index: number;
  readonly target: DenyTarget;
  readonly id: string | undefined;
  readonly reason: string | undefined;
  /** Milliseconds since the epoch, from which on it no longer holds; undefined: for good. */
  readonly until: number | undefined;
}

type Report = (at: string, message: string) => void;
type Fields = Readonly<Record<string, unknown>>;

const KINDS = ['serial', 'sha256', 'spki', 'subject', 'principal'] as const;
const KNOWN: ReadonlySet<string> = new Set([...KINDS, 'issuer', 'reason', 'until', 'id']);
const OID = /^[0-2](\.\d+)+$/;
const MAX_PATTERNS = 16;

/** Reads one entry, plain data of a file, and adds what is wrong with it to `problems`; undefined when something is. */
export function readDenyEntry(
  written: unknown,
  index: number,
  path: string,
  problems: Problem[],
): DenyEntry | undefined {
  const before = problems.length;
  const report: Report = (at, message) => problems.push({ path: at === '' ? path : `${path}.${at}`, message });
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    report('', 'must be an entry such as { serial: "4A01", issuer: "CN=Plant CA,O=Acme" }');
    return undefined;
  }
  const fields = written as Fields;
  for (const key of Object.keys(fields)) {
    if (!KNOWN.has(key)) report(key.slice(0, 64), `is not known; known are ${[...KNOWN].join(', ')}`);
  }
  const target = readTarget(fields, report);
  const id = optional(fields, 'id', report, plainText);
  const reason = optional(fields, 'reason', report, plainText);
  const until = optional(fields, 'until', report, instantOf);
  return target === undefined || problems.length > before ? undefined : { index, target, id, reason, until };
}

function readTarget(fields: Fields, report: Report): DenyTarget | undefined {
  const [kind, other] = KINDS.filter((key) => fields[key] !== undefined);
  if (kind === undefined) {
    report('', `names nothing to deny; it needs one of ${KINDS.join(', ')}`);
    return undefined;
  }
  if (other !== undefined) {
    report('', `has both ${kind} and ${other}; make it two entries`);
    return undefined;
  }
  if (kind !== 'serial' && fields['issuer'] !== undefined) report('issuer', `stands only beside serial, not ${kind}`);
  switch (kind) {
    case 'serial':
      return readSerial(fields, report);
    case 'subject':
      return readSubject(fields['subject'], report);
    case 'principal': {
      const principal = optional(fields, kind, report, plainText);
      return principal === undefined ? undefined : { kind, principal };
    }
    default: {
      const hash = optional(fields, kind, report, sha256Text);
      return hash === undefined ? undefined : { kind, hash };
    }
  }
}

function readSerial(fields: Fields, report: Report): DenyTarget | undefined {
  const serial = optional(fields, 'serial', report, serialText);
  if (fields['issuer'] === undefined) {
    report('', 'has a serial number without its issuer, which alone makes it unique');
    return undefined;
  }
  const issuer = optional(fields, 'issuer', report, issuerOf);
  return serial === undefined || issuer === undefined ? undefined : { kind: 'serial', serial, issuer };
}

/** Comparable form of a serial number: upper-case hexadecimal without leading zeros. */
export function comparableSerial(hex: string): string {
  return hex.toUpperCase().replace(/^0+(?=.)/, '');
}

function serialText(written: unknown): string {
  if (typeof written === 'number') throw new RangeError('must be hexadecimal digits in quotation marks');
  const digits = typeof written === 'string' ? written.replace(/(?<=[0-9A-Fa-f]{2}):(?=[0-9A-Fa-f]{2})/g, '') : '';
  if (!/^[0-9A-Fa-f]{1,40}$/.test(digits)) throw new RangeError('must be 1 to 40 hexadecimal digits');
  return comparableSerial(digits);
}

/** SHA-256 of the issuer's certificate or key, or its name. */
function issuerOf(written: unknown): { name: string } | { hash: string } {
  if (typeof written !== 'string')
    throw new RangeError('must be text: a name such as CN=Plant CA,O=Acme, or a SHA-256');
  return written.includes('=') ? { name: comparableText(written) } : { hash: sha256Text(written) };
}

function readSubject(written: unknown, report: Report): DenyTarget | undefined {
  if (typeof written !== 'object' || written === null || Array.isArray(written) || Object.keys(written).length === 0) {
    report('subject', 'must be attributes and patterns such as { CN: "pump-*" }');
    return undefined;
  }
  const attributes = Object.entries(written).map(([key, value]: [string, unknown]) => {
    const at = `subject.${key.slice(0, 64)}`;
    const type = attributeOid(key) !== undefined ? key : OID.test(key) ? attributeName(key) : undefined;
    if (type === undefined) report(at, 'is neither a known attribute of a subject (CN, O, OU, …) nor an OID');
    const sources: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (sources.length === 0 || sources.length > MAX_PATTERNS) report(at, `must be 1 to ${MAX_PATTERNS} patterns`);
    return {
      type: type ?? '',
      patterns: sources.slice(0, MAX_PATTERNS).flatMap((source) => patternOf(source, at, report)),
    };
  });
  if (attributes.every(({ patterns }) => patterns.every(({ source }) => /^\*+$/.test(source)))) {
    report('subject', 'would deny every certificate');
  }
  return { kind: 'subject', attributes };
}

function patternOf(source: unknown, at: string, report: Report): readonly Pattern[] {
  const pattern = attempt(
    () => {
      if (typeof source !== 'string') throw new RangeError('must be text such as "pump-*"');
      return subjectPattern(source);
    },
    at,
    report,
  );
  if (pattern === undefined) return [];
  if (pattern.variables.length > 0)
    report(at, `has the variable {${pattern.variables[0]}}, which means nothing here; write *`);
  return [pattern];
}

function optional<T>(fields: Fields, key: string, report: Report, read: (written: unknown) => T): T | undefined {
  const written = fields[key];
  return written === undefined ? undefined : attempt(() => read(written), key, report);
}

function attempt<T>(read: () => T, at: string, report: Report): T | undefined {
  try {
    return read();
  } catch (error) {
    const isExpected =
      error instanceof RangeError || error instanceof TemplateError || error instanceof DistinguishedNameError;
    if (!isExpected) throw error;
    report(at, error.message);
    return undefined;
  }
}

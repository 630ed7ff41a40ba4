import type { IdentitySource } from '../source.ts';
import { ipText, parseIp } from '../x509/ip.ts';
import { checkedPatterns, type ReportAt } from './checked-pattern.ts';
import { dnsPattern, emailPattern, type Pattern, uriPattern } from './pattern.ts';
import { TemplateError } from './template.ts';

/** The kinds of subjectAltName that identities can match (RFC 5280, 4.2.1.6). */
export type SanKind = 'uri' | 'dns' | 'email' | 'ip';

/** A pattern that one of the subject alternative names of its kind must match. */
export interface AltNamePattern {
  readonly kind: SanKind;
  readonly pattern: Pattern;
}

const SAN_PATTERNS: Readonly<Record<SanKind, (source: string) => Pattern>> = {
  uri: uriPattern,
  dns: dnsPattern,
  email: emailPattern,
  ip: ipPattern,
};

export function compileAltNames(source: IdentitySource['when']['san'], report: ReportAt): readonly AltNamePattern[] {
  if (source === undefined) return [];
  const entries = Object.entries(source).filter(([, patterns]) => patterns !== undefined);
  if (entries.length === 0) report('when.san', 'is empty; leave it out to match any certificate');
  return entries.flatMap(([kind, written]) => {
    const at = `when.san.${kind}`;
    if (!isSanKind(kind)) {
      report(at, 'unknown kind of subject alternative name; known are uri, dns, email and ip');
      return [];
    }
    return checkedPatterns(written, SAN_PATTERNS[kind], at, report).map((pattern) => ({ kind, pattern }));
  });
}

function isSanKind(kind: string): kind is SanKind {
  return Object.hasOwn(SAN_PATTERNS, kind);
}

/** One address, in any of its textual forms. */
function ipPattern(source: string): Pattern {
  const bytes = parseIp(source);
  if (bytes === undefined) throw new TemplateError('is not an IP address (no placeholders, no prefix length)');
  const exact = ipText(bytes) as string;
  const match = (text: string) => (text === exact ? {} : undefined);
  return { source, shape: source, variables: [], exact, normal: (text) => text, match };
}

/**
 * JA4, the fingerprint of a TLS client by what it offers and not by the order, which browsers
 * shuffle. Source: FoxIO, JA4 technical details (the method is BSD-licensed).
 *
 *   t13d1516h2_8daaf6152771_e5627efa2ab1
 *   | | || | |  |            SHA-256 of extensions (sorted, without SNI and ALPN) and signature algorithms, 12 digits
 *   | | || | |  SHA-256 of cipher suites (sorted), 12 digits
 *   | | || | first and last character of the first protocol name
 *   | | || number of extensions
 *   | | |number of cipher suites
 *   | | d: server name sent, i: none
 *   | version
 *   t: TLS over TCP
 */
import { hash } from 'node:crypto';
import type { ClientHelloFacts } from './client-hello.ts';
import { isGrease } from './names.ts';

const VERSIONS: Readonly<Record<number, string>> = {
  2: 's2',
  768: 's3',
  769: '10',
  770: '11',
  771: '12',
  772: '13',
  65279: 'd1',
  65277: 'd2',
  65276: 'd3',
};

const SERVER_NAME = 0;
const ALPN = 16;
/** What stands for a list that is empty. */
const NOTHING = '000000000000';

export function ja4(hello: ClientHelloFacts): string {
  const ciphers = withoutGrease(hello.cipherSuites);
  const extensions = withoutGrease(hello.extensions);
  const name = extensions.includes(SERVER_NAME) ? 'd' : 'i';
  const start = `t${version(hello)}${name}${count(ciphers)}${count(extensions)}${protocol(hello.alpn[0])}`;
  const kept = extensions.filter((type) => type !== SERVER_NAME && type !== ALPN);
  const signatures = withoutGrease(hello.signatureAlgorithms);
  const end = signatures.length === 0 ? sorted(kept) : `${sorted(kept)}_${joined(signatures)}`;
  return `${start}_${digest(ciphers.length, sorted(ciphers))}_${digest(kept.length, end)}`;
}

function version({ versions, legacyVersion }: ClientHelloFacts): string {
  const highest = versions.length === 0 ? legacyVersion : Math.max(...withoutGrease(versions));
  return VERSIONS[highest] ?? '00';
}

/** Two characters of a protocol name; two digits of its hex form when an end of it is neither letter nor digit. */
function protocol(name: string | undefined): string {
  if (name === undefined) return '00';
  const ends = `${name.at(0)}${name.at(-1)}`;
  if (/^[0-9A-Za-z]{2}$/.test(ends)) return ends;
  const hex = (at: number) => name.charCodeAt(at).toString(16).padStart(2, '0');
  return `${hex(0)[0]}${hex(name.length - 1)[1]}`;
}

function withoutGrease(values: readonly number[]): number[] {
  return values.filter((value) => !isGrease(value));
}

function count(values: readonly number[]): string {
  return String(Math.min(values.length, 99)).padStart(2, '0');
}

function sorted(values: readonly number[]): string {
  return joined(values.toSorted((a, b) => a - b));
}

function joined(values: readonly number[]): string {
  return values.map((value) => value.toString(16).padStart(4, '0')).join(',');
}

function digest(items: number, text: string): string {
  return items === 0 ? NOTHING : hash('sha256', text).slice(0, 12);
}

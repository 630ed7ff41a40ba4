import { isIPv4, isIPv6 } from 'node:net';
import { ipText, parseIp } from '../../../policies/x509/ip.ts';
import { Refused } from '../connection/refused.ts';
import type { Step } from './gather.ts';

/**
 * PROXY protocol, version 1 (text) and 2 (binary), as a load balancer in front of us sends it.
 * v1: `PROXY TCP4|TCP6 SRC DST SPORT DPORT CRLF` or `PROXY UNKNOWN … CRLF`, at most 107 bytes.
 * v2: 12 signature bytes, version|command, family|transport, length (2), addresses, TLVs.
 * Source: haproxy proxy-protocol.txt, sections 2.1 and 2.2.
 */
export interface ProxySource {
  /** Null: the header names no client (UNKNOWN, LOCAL); the peer of the socket is meant. */
  readonly client: { readonly address: string; readonly port: number } | null;
}

const SIGNATURE = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const V1_MAX = 107;
/** Addresses and TLVs; more than any balancer sends. */
const V2_MAX = 2048;

function malformed(reason: string): Refused {
  return new Refused('proxy-header', `PROXY header: ${reason}`, 'accept');
}

/** Step for `gather`. Throws Refused (proxy-header) on anything that is not exactly a header. */
export function proxyHeaderStep(bytes: Buffer): Step<ProxySource> {
  if (bytes[0] === SIGNATURE[0]) return version2(bytes);
  if (bytes[0] === 0x50) return version1(bytes);
  throw malformed('expected from this address, but the connection begins with something else');
}

function version1(bytes: Buffer): Step<ProxySource> {
  const end = bytes.indexOf('\r\n');
  if (end < 0 || end > V1_MAX - 2) {
    if (bytes.length >= V1_MAX || end >= 0) throw malformed('version 1 line is longer than 107 bytes');
    return { need: bytes.length + 1 };
  }
  const parts = bytes.toString('latin1', 0, end).split(' ');
  if (parts[0] !== 'PROXY') throw malformed('version 1 line does not begin with PROXY');
  const used = end + 2;
  if (parts[1] === 'UNKNOWN') return { value: { client: null }, used };
  const isAddress = parts[1] === 'TCP4' ? isIPv4 : parts[1] === 'TCP6' ? isIPv6 : null;
  if (isAddress === null || parts.length !== 6) throw malformed('version 1 line has a wrong form');
  const [, , source = '', destination = '', sourcePort = '', destinationPort = ''] = parts;
  if (!isAddress(source) || !isAddress(destination)) throw malformed('version 1 line holds no valid addresses');
  const port = portOf(sourcePort);
  portOf(destinationPort);
  return { value: { client: { address: canonical(parseIp(source)), port } }, used };
}

/** One address has one spelling in records, whichever version named it (RFC 5952). */
function canonical(bytes: Uint8Array | undefined): string {
  const text = bytes === undefined ? undefined : ipText(bytes);
  if (text === undefined) throw malformed('it holds no valid address');
  return text;
}

function portOf(text: string): number {
  if (!/^(0|[1-9][0-9]{0,4})$/.test(text) || Number(text) > 65535)
    throw malformed('version 1 line holds no valid port');
  return Number(text);
}

function version2(bytes: Buffer): Step<ProxySource> {
  const seen = Math.min(bytes.length, SIGNATURE.length);
  if (bytes.compare(SIGNATURE, 0, seen, 0, seen) !== 0) throw malformed('version 2 signature is wrong');
  if (bytes.length < 16) return { need: 16 };
  const command = bytes[12] as number;
  if (command !== 0x20 && command !== 0x21) throw malformed('version 2 command is neither LOCAL nor PROXY');
  const length = bytes.readUInt16BE(14);
  if (length > V2_MAX) throw malformed(`version 2 header of ${length} bytes is too long`);
  const used = 16 + length;
  if (bytes.length < used) return { need: used };
  if (command === 0x20) return { value: { client: null }, used };
  if (bytes[13] === 0x11) {
    if (length < 12) throw malformed('version 2 header is too short for IPv4');
    const address = canonical(bytes.subarray(16, 20));
    return { value: { client: { address, port: bytes.readUInt16BE(24) } }, used };
  }
  if (bytes[13] === 0x21) {
    if (length < 36) throw malformed('version 2 header is too short for IPv6');
    return { value: { client: { address: canonical(bytes.subarray(16, 32)), port: bytes.readUInt16BE(48) } }, used };
  }
  throw malformed('version 2 header is not for TCP over IPv4 or IPv6');
}

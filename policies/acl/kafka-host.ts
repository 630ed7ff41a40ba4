/**
 * The hosts of Kafka rules: addresses and CIDR ranges (KIP-1276), compared as bytes.
 *
 * Kafka compares texts as Java prints them; here every spelling of an address is the same
 * address. An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) is the IPv4 address, as it is in Java;
 * otherwise a range of one family holds no address of the other.
 */
import { parseIp } from '../x509/ip.ts';

/** An address range of a rule's `hosts`: an address, or a CIDR prefix. */
export interface HostRange {
  /** 4 or 16. */
  readonly bytes: Uint8Array;
  /** How many leading bits count. */
  readonly bits: number;
}

/** Bits in front of the IPv4 address in an IPv4-mapped one. */
const MAPPED_BITS = 96;

const NO_RANGE = 'must be an address or a range such as 192.0.2.7, 10.0.0.0/8 or fd00::/8';
const ANY_HOST = 'an asterisk is no address; leave hosts out to mean every address';

/** The text is neither an address nor a range; the message says what to write. */
export class HostRangeError extends Error {
  override name = 'HostRangeError';
}

/**
 * `10.0.0.0/8`, `2001:db8::/32`, `192.0.2.7`. Bits after the prefix may be set.
 * @throws HostRangeError
 */
export function parseHostRange(text: string): HostRange {
  const match = /^([^/%]*)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text);
  const bytes = parseIp(match?.[1] ?? '');
  if (bytes === undefined) throw new HostRangeError(text === '*' ? ANY_HOST : NO_RANGE);
  const size = bytes.length * 8;
  const bits = match?.[2] === undefined ? size : Number(match[2]);
  if (bits > size) throw new HostRangeError(`a prefix of this family has at most ${size} bits`);
  return isMapped(bytes) && bits >= MAPPED_BITS
    ? { bytes: bytes.subarray(12), bits: bits - MAPPED_BITS }
    : { bytes, bits };
}

/** The address of a client; a zone (`%eth0`) is not looked at. Undefined when the text is no address. */
export function parseHost(text: string): Uint8Array | undefined {
  const bytes = parseIp(text.split('%', 1)[0] ?? '');
  return bytes !== undefined && isMapped(bytes) ? bytes.subarray(12) : bytes;
}

/** Is the address (4 or 16 bytes) in the range? Never across address families. */
export function holdsHost(range: HostRange, host: Uint8Array): boolean {
  if (host.length !== range.bytes.length) return false;
  const whole = range.bits >> 3;
  for (let i = 0; i < whole; i++) if (host[i] !== range.bytes[i]) return false;
  // Without a rest nothing of the next byte counts: the shift by eight leaves 0.
  const rest = range.bits & 7;
  return ((host[whole] ?? 0) ^ (range.bytes[whole] ?? 0)) >> (8 - rest) === 0;
}

function isMapped(bytes: Uint8Array): boolean {
  return (
    bytes.length === 16 && bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  );
}

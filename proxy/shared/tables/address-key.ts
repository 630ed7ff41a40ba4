import { isIPv4, isIPv6 } from 'node:net';

/** A text that is no IP address. */
export class AddressError extends Error {
  override name = 'AddressError';
}

/**
 * What admission counts by: an IPv4 address itself, the /64 of an IPv6 address (one subscriber
 * usually has all of it, RFC 6177). IPv4-mapped addresses (RFC 4291, 2.5.5.2) are IPv4; a zone is ignored.
 * @throws {AddressError}
 */
export function addressKey(ip: string): string {
  if (isIPv4(ip)) return ip;
  const bare = ip.split('%', 1)[0] ?? '';
  if (!isIPv6(bare)) throw new AddressError('not an IP address');
  const groups = groupsOf(bare);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return octets(groups[6] ?? 0, groups[7] ?? 0);
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight groups of a valid IPv6 text. */
function groupsOf(ip: string): number[] {
  const [head = '', tail] = ip.split('::');
  const before = numbers(head);
  if (tail === undefined) return before;
  const after = numbers(tail);
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function numbers(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

function octets(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

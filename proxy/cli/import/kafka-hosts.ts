import { parseHostRange } from '../../../policies/acl/kafka-host.ts';
import { parseIp } from '../../../policies/x509/ip.ts';

/** The `hosts` of a rule, or why there is no rule: the host matches no client in Kafka. */
export type Hosts =
  | { readonly rule: { readonly hosts?: readonly string[] }; readonly reason?: string }
  | { readonly none: string };

/**
 * The host of a binding. Kafka compares it with the text of the client's address, so that a name or an
 * address in another spelling than Java's matches nobody; ranges came with Kafka 4.4 (KIP-1276).
 */
export function kafkaHosts(host: string, deny: boolean): Hosts {
  if (host === '*') return { rule: {} };
  if (!isRange(host)) return { none: `the host ${host} is no address, and Kafka compares addresses` };
  const rule = { hosts: [host] };
  if (host.includes('/')) {
    return deny ? { rule } : { rule, reason: 'wider before Kafka 4.4, where a range of hosts matches no client' };
  }
  if (deny || host === javaText(parseIp(host) ?? new Uint8Array())) return { rule };
  return { none: `Kafka writes the address ${host} differently, so it matches no client` };
}

function isRange(host: string): boolean {
  try {
    parseHostRange(host);
    return true;
  } catch {
    return false;
  }
}

/** InetAddress.getHostAddress() */
function javaText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups: string[] = [];
  for (let i = 0; i < bytes.length; i += 2) {
    groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16));
  }
  return groups.join(':');
}

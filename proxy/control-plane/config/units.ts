/**
 * The small texts of the configuration: durations, sizes, addresses, address ranges.
 *
 *     duration = 1*DIGIT ( "ms" / "s" / "min" / "h" / "d" )     10s, 500ms, 5min
 *     size     = 1*DIGIT ( "B" / "KiB" / "MiB" / "GiB" )        256KiB
 *     address  = host ":" port                                  mosquitto:1883, [::]:8883
 *     range    = ip [ "/" prefix ]                              10.0.0.0/8, fd00::/8, 192.0.2.7
 *     ports    = port "-" port                                  9094-9193
 */
import { isIP, isIPv6 } from 'node:net';
import type { PortRange } from '../../../adapters/kafka/advertise.ts';
import type { HostPort } from '../../shared/listener-plan.ts';

const MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** Milliseconds; undefined when the text is no duration. `0s` is one. */
export function readDuration(text: string): number | undefined {
  return quantity(text, MS);
}

/** Bytes; undefined when the text is no size. */
export function readSize(text: string): number | undefined {
  return quantity(text, BYTES);
}

/** Milliseconds as a configuration writes them. */
export function durationText(ms: number): string {
  return quantityText(ms, MS, 's');
}

/** Bytes as a configuration writes them. */
export function sizeText(bytes: number): string {
  return quantityText(bytes, BYTES, 'B');
}

/** Host and port; undefined when the text is neither `name:port`, `ipv4:port` nor `[ipv6]:port`. IPv6 comes out canonical (RFC 5952). */
export function readHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([A-Za-z0-9._-]{1,253})):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  if (port > 65_535) return undefined;
  if (match[1] !== undefined) {
    const ip = readIp(match[1]);
    return ip !== undefined && isIPv6(ip) ? { host: ip, port } : undefined;
  }
  const host = match[2] ?? '';
  return isHost(host) ? { host, port } : undefined;
}

/** `host:port` as people write it, IPv6 in brackets. */
export function hostPortText(address: HostPort): string {
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/** The range in the form `ip/prefix`; undefined when the text is none. */
export function readRange(text: string): string | undefined {
  const match = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text);
  const ip = readIp(match?.[1] ?? '');
  if (match === null || ip === undefined) return undefined;
  const bits = isIPv6(ip) ? 128 : 32;
  const prefix = match[2] === undefined ? bits : Number(match[2]);
  return prefix <= bits ? `${ip}/${prefix}` : undefined;
}

/** Ports from 1, ascending; undefined when the text is no such range. */
export function readPortRange(text: string): PortRange | undefined {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2]);
  return first >= 1 && first <= last && last <= 65_535 ? { first, last } : undefined;
}

/** One text for each IP address (RFC 5952); undefined when the text is none. Zones (`%eth0`) are none. */
export function readIp(text: string): string | undefined {
  if (isIP(text) === 0 || !/^[0-9a-fA-F:.]+$/.test(text)) return undefined;
  return isIPv6(text) ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
}

/** A host name or an IPv4 address. */
export function isHost(host: string): boolean {
  if (host.length > 253) return false;
  // All digits and dots is an address or a mistake: `10.0.0.300` must not go to a name server.
  if (/^[0-9.]+$/.test(host)) return isIP(host) === 4;
  return host.split('.').every((label) => /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label));
}

function quantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d{1,15})([A-Za-z]{1,3})$/.exec(text);
  const unit = match?.[2] ?? '';
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (match === null || factor === undefined) return undefined;
  const value = Number(match[1]) * factor;
  return Number.isSafeInteger(value) ? value : undefined;
}

function quantityText(value: number, units: Readonly<Record<string, number>>, ofNothing: string): string {
  let best = `0${ofNothing}`;
  if (value === 0) return best;
  for (const [unit, factor] of Object.entries(units)) if (value % factor === 0) best = `${value / factor}${unit}`;
  return best;
}

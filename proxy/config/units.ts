/**
 * The small texts of the configuration: durations, sizes, addresses, address ranges.
 *
 *     duration = 1*DIGIT ( "ms" / "s" / "min" / "h" / "d" )     10s, 500ms, 5min
 *     size     = 1*DIGIT ( "B" / "KiB" / "MiB" / "GiB" )        256KiB
 *     address  = host ":" port                                  mosquitto:1883, [::]:8883
 *     range    = ip [ "/" prefix ]                              10.0.0.0/8, fd00::/8, 192.0.2.7
 */
import { isIP, isIPv6 } from 'node:net';
import type { HostPort } from './model.ts';

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

export function durationText(ms: number): string {
  return quantityText(ms, MS, 's');
}

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
    return isIPv6(match[1]) ? { host: canonicalIp(match[1]), port } : undefined;
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
  const match = /^([0-9a-fA-F:.]{2,45})(?:\/(\d{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const ip = match[1] ?? '';
  const family = isIP(ip);
  if (family === 0) return undefined;
  const bits = family === 4 ? 32 : 128;
  const prefix = match[2] === undefined ? bits : Number(match[2]);
  return prefix <= bits ? `${canonicalIp(ip)}/${prefix}` : undefined;
}

/** One text for each IP address. */
function canonicalIp(ip: string): string {
  return isIPv6(ip) ? new URL(`http://[${ip}]`).hostname.slice(1, -1) : ip;
}

function isHost(host: string): boolean {
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

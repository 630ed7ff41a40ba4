/** Which requests the admin server accepts at all; checked before the endpoint is looked up. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { HttpError } from './http.ts';

const ALWAYS_ALLOWED = ['localhost', '127.0.0.1', '[::1]'];

/** Accepted Host headers, and the hash of the bearer token (none on the Unix socket). */
export interface Guard {
  readonly hosts: ReadonlySet<string>;
  readonly tokenHash?: Buffer;
}

export function makeGuard(hosts: readonly string[], token?: string): Guard {
  const names = new Set([...ALWAYS_ALLOWED, ...hosts.map((host) => host.toLowerCase())]);
  return token === undefined ? { hosts: names } : { hosts: names, tokenHash: sha256(token) };
}

/**
 * Throws unless the request names an allowed host (a page that rebinds DNS cannot), comes from no
 * foreign page, and brings the token.
 */
export function checkRequest(guard: Guard, headers: IncomingHttpHeaders): void {
  const { host, origin, authorization } = headers;
  if (host === undefined || !guard.hosts.has(hostName(host))) {
    throw new HttpError(403, 'foreign-host', 'the Host header names no host of this server (see admin.hosts)');
  }
  const site = headers['sec-fetch-site'];
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (foreignSite || (origin !== undefined && URL.parse(origin)?.host !== host.toLowerCase())) {
    throw new HttpError(403, 'foreign-origin', 'requests of other origins are refused');
  }
  if (guard.tokenHash === undefined) return;
  const given = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? '')?.[1] ?? '';
  // Hashes have one length, so the comparison reveals nothing about the length of the token.
  if (!timingSafeEqual(sha256(given), guard.tokenHash)) {
    throw new HttpError(401, 'unauthorized', 'a bearer token is required', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
}

/** `Host` without its port, lower case. */
function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

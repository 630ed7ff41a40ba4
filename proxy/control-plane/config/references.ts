/** What ties the parts together: names that must exist or be unique, addresses that must not collide. */

import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname } from 'node:path';
import { checkAddresses } from './addresses.ts';
import { crlEntryKind } from './crl-entry.ts';
import type { Draft } from './draft.ts';
import type { FileReader } from './files.ts';
import { type Path, quote, type Report } from './problem.ts';
import { configProtocolOf } from './protocols/table.ts';
import type { Listener } from './schema/listeners.ts';
import type { TrustStore } from './schema/policy.ts';
import { nearest } from './suggest.ts';

/** Bytes of a Unix socket's path that every platform takes (sun_path less its NUL; macOS has the least). */
const MAX_SOCKET_PATH = 103;

/** Reports what the parts of a configuration say against each other. */
export function checkReferences(draft: Draft, files: FileReader, report: Report): void {
  unique(draft.listeners, 'listeners', 'listener', report);
  unique(draft.identities, 'identities', 'identity', report);
  checkNames(draft, report);
  checkAddresses(draft, report);
  draft.listeners.forEach((listener, i) => {
    if (listener !== undefined) checkListener(listener, ['listeners', i], report);
  });
  for (const [name, store] of draft.trust) checkListHosts(store?.revocation, ['trust', name, 'revocation'], report);
  checkAdmin(draft, files, report);
  if (draft.audit !== undefined) checkDirectory(draft.audit.file, ['audit', 'file'], files, report);
  if (draft.state !== undefined) checkDirectory(draft.state.dir, ['state', 'dir'], files, report);
}

function unique(
  entries: readonly ({ readonly name: string } | undefined)[],
  key: string,
  what: string,
  report: Report,
): void {
  const first = new Map<string, number>();
  entries.forEach((entry, i) => {
    if (entry === undefined) return;
    const other = first.get(entry.name);
    if (other === undefined) first.set(entry.name, i);
    else
      report.error(
        [key, i, 'name'],
        `another ${what} is called ${quote(entry.name)}: ${key}[${other}]`,
        'give each its own name',
      );
  });
}

function checkNames(draft: Draft, report: Report): void {
  draft.listeners.forEach((listener, i) => {
    listener?.tls.clients?.forEach((store, j) => {
      exists(store, draft.trust, ['listeners', i, 'tls', 'clients', j], 'trust store', 'trust', report);
    });
  });
  draft.identities.forEach((identity, i) => {
    if (identity === undefined) return;
    const { trust } = identity.when;
    if (trust !== undefined)
      exists(trust, draft.trust, ['identities', i, 'when', 'trust'], 'trust store', 'trust', report);
    identity.roles.forEach((role, j) => {
      exists(role, draft.roles, ['identities', i, 'roles', j], 'role', 'roles', report);
    });
  });
}

function exists(
  name: string,
  table: ReadonlyMap<string, unknown>,
  path: Path,
  what: string,
  key: string,
  report: Report,
): void {
  if (table.has(name)) return;
  const near = nearest(name, table.keys());
  report.error(
    path,
    `no ${what} is called ${quote(name)}`,
    near === undefined ? `add it under "${key}"` : `did you mean ${quote(near)}?`,
  );
}

function checkListener(listener: Listener, path: Path, report: Report): void {
  const { clients = [] } = listener.tls;
  const repeated = clients.findIndex((store, i) => clients.indexOf(store) !== i);
  if (repeated !== -1)
    report.error([...path, 'tls', 'clients', repeated], 'this trust store is there twice', 'remove one');
  const asked = listener.tls.clientAuth !== 'none';
  if (asked && clients.length === 0) {
    report.error([...path, 'tls'], `"clients" is needed with clientAuth: ${listener.tls.clientAuth}`, undefined, 'key');
  }
  if (!asked && clients.length > 0) {
    report.error(
      [...path, 'tls', 'clients'],
      'with clientAuth: none no certificate is asked for',
      'remove one of the two',
      'key',
    );
  }
  configProtocolOf(listener).check(listener, path, report);
}

function checkListHosts(revocation: TrustStore['revocation'], path: Path, report: Report): void {
  if (revocation === undefined) return;
  const { crl = [], crlHosts } = revocation;
  const named = crl.some((one) => crlEntryKind(one) === 'cdp');
  if (named && crlHosts === undefined) {
    report.error([...path, 'crl'], '"crlHosts" is needed with crl: cdp', 'list the hosts that may be asked', 'key');
  }
  if (!named && crlHosts !== undefined) {
    report.error([...path, 'crlHosts'], 'only the lists of crl: cdp are held against it', 'add cdp to "crl"', 'key');
  }
  for (const [i, host] of (crlHosts ?? []).entries()) {
    if (URL.parse(`http://${host}/`)?.hostname === host) continue;
    report.error(
      [...path, 'crlHosts', i],
      `${quote(host)} is never the host of a URL`,
      'a name in lower case or an address, without port',
    );
  }
}

function checkAdmin({ admin }: Draft, files: FileReader, report: Report): void {
  if (admin === undefined) return;
  if (admin.listen === undefined) {
    const socket = files.absolute(admin.socket ?? DEFAULT_ADMIN_SOCKET);
    if (Buffer.byteLength(socket) > MAX_SOCKET_PATH) {
      report.error(
        ['admin', 'socket'],
        `the path of a Unix socket has at most ${MAX_SOCKET_PATH} bytes`,
        'use a shorter, absolute one',
      );
    } else checkDirectory(socket, ['admin', 'socket'], files, report);
    for (const key of ['token', 'tls'] as const) {
      if (admin[key] !== undefined)
        report.error(['admin', key], `"${key}" is for "listen"; the socket is guarded by its mode`, 'remove it', 'key');
    }
    return;
  }
  if (admin.token === undefined)
    report.error(['admin', 'listen'], 'over TCP a token is needed', `add token: "\${file:admin.token}"`);
  if (admin.tls === undefined && !isLoopback(admin.listen.host)) {
    report.error(['admin', 'listen'], 'beyond loopback mutual TLS is needed', 'add "tls", or listen on 127.0.0.1');
  }
}

export const DEFAULT_ADMIN_SOCKET = 'headgate.sock';

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function checkDirectory(name: string, path: Path, files: FileReader, report: Report): void {
  const directory = dirname(files.absolute(name));
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    report.error(path, `the directory ${quote(directory)} does not exist`, 'make it, or name another one');
  }
}

/** Two sockets cannot be bound to one address: whatever listens is held against everything else that does. */
import { isIP } from 'node:net';
import type { PortRange } from '../../../adapters/kafka/advertise.ts';
import type { HostPort } from '../../shared/listener-plan.ts';
import type { Draft } from './draft.ts';
import { type Path, pathText, type Report } from './problem.ts';
import { configProtocolOf } from './protocols/table.ts';
import type { Listener } from './schema/listeners.ts';
import { hostPortText } from './units.ts';

interface Claim {
  readonly host: string;
  readonly ports: PortRange;
  readonly path: Path;
}

export function checkAddresses(draft: Draft, report: Report): void {
  const taken: Claim[] = [];
  for (const claim of claims(draft)) {
    // Port 0 is a different one each time.
    if (claim.ports.first === 0 || report.isWrong(claim.path)) continue;
    const other = taken.find((one) => collide(one, claim));
    if (other === undefined) taken.push(claim);
    else report.error(claim.path, `${text(claim)} is taken by ${pathText(other.path)} (${text(other)})`, fix(claim));
  }
}

function* claims(draft: Draft): Generator<Claim> {
  for (const [i, listener] of draft.listeners.entries()) {
    for (const [j, address] of (listener?.listen ?? []).entries()) yield single(address, ['listeners', i, 'listen', j]);
  }
  for (const [i, listener] of draft.listeners.entries()) {
    if (listener !== undefined) yield* further(listener, ['listeners', i]);
  }
  if (draft.probe !== undefined) yield single(draft.probe.listen, ['probe', 'listen']);
  if (draft.admin?.listen !== undefined) yield single(draft.admin.listen, ['admin', 'listen']);
}

function* further(listener: Listener, path: Path): Generator<Claim> {
  const found = configProtocolOf(listener).furtherPorts(listener);
  if (found === undefined) return;
  for (const host of new Set(listener.listen.map((address) => address.host))) {
    yield { host, ports: found.ports, path: [...path, ...found.path] };
  }
}

function single({ host, port }: HostPort, path: Path): Claim {
  return { host, ports: { first: port, last: port }, path };
}

/** A wildcard takes every address of its family. */
function collide(a: Claim, b: Claim): boolean {
  if (a.ports.last < b.ports.first || b.ports.last < a.ports.first) return false;
  if (a.host === b.host) return true;
  return (
    families(a.host).some((family) => families(b.host).includes(family)) && (isWildcard(a.host) || isWildcard(b.host))
  );
}

function families(host: string): number[] {
  const family = isIP(host);
  return family === 0 ? [4, 6] : [family];
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function text({ host, ports: { first, last } }: Claim): string {
  return first === last ? hostPortText({ host, port: first }) : `${hostPortText({ host, port: first })}-${last}`;
}

function fix({ ports, path }: Claim): string {
  if (ports.first === ports.last) return 'use another port';
  return path.at(-1) === 'ports' ? 'use other ports, or listen on others with "bindPorts"' : 'use other ports';
}

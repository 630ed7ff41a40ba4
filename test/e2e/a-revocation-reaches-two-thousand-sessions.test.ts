/**
 * Two thousand sessions on two workers: an operator denies one certificate, or a new revocation list names it, and
 * every session of it is cut in time; all others go on and still carry messages.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { Helper } from '../bench/control.ts';
import type { GeneratorApi } from '../bench/load/generator-api.ts';
import { monotonicMs } from '../bench/load/monotonic.ts';
import type { SinkApi } from '../bench/load/sink-api.ts';
import { spread } from '../bench/stats.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { type Credentials, testPki } from '../support/pki.ts';
import { DEADLINE, waitFor } from '../support/wait.ts';

const SESSIONS = 2000;
const CLIENTS = 50;
/** Descriptors that are not sessions. */
const OTHER_FILES = 500;
/** Milliseconds between looks at files. */
const POLL = 100;
/** Milliseconds: what is promised of an idle machine, and five times that for one that is shared. */
const DENIED_WITHIN = 5 * 100;
const LISTED_WITHIN = 5 * (1000 + POLL);
/** A machine may stand still for once: of several rounds the middle one counts. */
const ROUNDS = 5;

const pki = await testPki();
const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => pki.device(`pump-${i}`)));
const serialOf = ({ cert }: Credentials) => new X509Certificate(cert).serialNumber;
const listOf = (number: number, revoked: readonly Credentials[]) =>
  pki.authority.crl({ number, revoked: revoked.map((one) => ({ serial: serialOf(one) })) });

/** Sessions for each client: the gate needs two descriptors for a session. */
function sessionsEach(): number {
  const files = Number(execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }));
  const room = Number.isNaN(files) ? SESSIONS : Math.floor((files - OTHER_FILES) / 2);
  return Math.max(1, Math.floor(Math.min(SESSIONS, room) / CLIENTS));
}

async function startGate(broker: number): Promise<ObservedGate> {
  const more = { workers: 2, reloadInterval: `${POLL}ms` };
  const gate = await startObservedGate({ broker, more });
  gate.dir.write('list.crl', await listOf(1, []));
  const trust = { devices: { ca: 'ca.pem', revocation: { crl: 'list.crl' } } };
  const device = { mqtt: { clientId: 'any', allow: [{ publish: 'plant/#' }] }, limits: { connections: SESSIONS } };
  const listener = { admission: { exempt: ['127.0.0.0/8'] } };
  gate.configure({ broker, device, listener, more: { ...more, trust } });
  const { errors } = await gate.gate.reload();
  assert.deepEqual(errors, []);
  return gate;
}

test('one certificate of fifty is denied, then one is on a new list: its sessions end in time, no other does', async (t) => {
  const each = sessionsEach();
  if (each * CLIENTS < SESSIONS)
    t.diagnostic(`with ${each * CLIENTS} sessions: ulimit -n leaves no room for ${SESSIONS}`);
  await using sink = new Helper<SinkApi>(new URL('../bench/load/sink.ts', import.meta.url));
  await using fleet = new Helper<GeneratorApi>(new URL('../bench/load/generator.ts', import.meta.url));
  await using gate = await startGate((await sink.call('listen', null)).mqtt);
  await fleet.call('openFleet', { port: gate.port(), ca: pki.ca, clients, each });
  let open = CLIENTS * each;
  assert.deepEqual([gate.total('sessions'), await fleet.call('fleetAnswers', null)], [open, open]);
  for (const worker of [0, 1]) assert.ok(gate.gauge(worker, 'sessions') >= open / 4, `worker ${worker} has its share`);

  /** Milliseconds from `act` until the last session of the client is cut; no other may be. */
  const cut = async (client: number, act: () => Promise<unknown>): Promise<number> => {
    const start = monotonicMs();
    const [last] = await Promise.all([fleet.call('fleetCut', { client }, DEADLINE), act()]);
    open -= each;
    assert.equal(await fleet.call('fleetAnswers', null), open, 'every other session goes on');
    return last - start;
  };
  const issuer = new X509Certificate(pki.ca).subject;
  const denied: number[] = [];
  for (let client = 0; client < ROUNDS; client++) {
    const entry = { serial: serialOf(clients[client] as Credentials), issuer };
    denied.push(await cut(client, () => gate.gate.deny.add(entry)));
  }
  const revoked = clients[ROUNDS] as Credentials;
  const list = await listOf(2, [revoked]);
  const listed = await cut(ROUNDS, async () => gate.dir.write('list.crl', list));

  t.diagnostic(`denied: cut after ${denied.map(Math.round).join(', ')} ms; listed: after ${Math.round(listed)} ms`);
  assert.ok((spread(denied)?.median ?? Number.NaN) < DENIED_WITHIN, `denied: ${denied.join(', ')} ms`);
  assert.ok(listed < LISTED_WITHIN, `listed: ${listed} ms`);
  await waitFor('the rejections', () => gate.rejections('revoked') === (ROUNDS + 1) * each);
  await waitFor('the sessions to be counted off', () => gate.total('sessions') === open);
});

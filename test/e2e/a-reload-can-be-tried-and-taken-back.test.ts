/**
 * `headgate reload --dry-run` names whom a change would end and ends nobody; `headgate rollback` brings
 * back what was in force, but for what is revoked and denied meanwhile.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Command } from '../../proxy/cli/command.ts';
import { reloadCommand } from '../../proxy/cli/reload.ts';
import { rollbackCommand } from '../../proxy/cli/rollback.ts';
import type { DryRun } from '../../proxy/control-plane/api/dry-run.ts';
import type { GenerationInfo } from '../../proxy/control-plane/api/generation.ts';
import { ask } from '../proxy/control-plane/admin/ask.ts';
import { startAedes } from '../support/aedes.ts';
import { freePort } from '../support/free-port.ts';
import type { GateOptions, Section } from '../support/gate-config.ts';
import { connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { testPki } from '../support/pki.ts';
import { accepts } from '../support/port-open.ts';
import { waitFor } from '../support/wait.ts';

const pki = await testPki();

const OWN = [{ publish: 'plant/{plant}/{device}/#' }, { subscribe: 'plant/{plant}/{device}/cmd/+' }];

/** Two data planes; `allow`: the rights of all devices. */
function options(broker: number, allow: readonly Section[] = OWN, more: Section = {}): GateOptions {
  return {
    broker,
    device: { mqtt: { clientId: '{device}', allow } },
    more: { workers: 2, reloadInterval: '0s', admin: { socket: 'admin.sock' }, ...more },
  };
}

/** Without the right to subscribe to anything. */
const NARROW = OWN.slice(0, 1);

function device(gate: ObservedGate, name: string): Promise<TestClient> {
  return pki.device(name).then((tls) => connectMqtt({ port: gate.port(), clientId: name, version: 4, tls }));
}

async function command(
  gate: ObservedGate,
  { run }: Command,
  ...argv: string[]
): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const code = await run(['--admin', gate.dir.file('admin.sock'), ...argv], io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function tried(gate: ObservedGate): Promise<Extract<DryRun, { ok: true }>> {
  const { code, out, err } = await command(gate, reloadCommand, '--dry-run', '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as Extract<DryRun, { ok: true }>;
}

async function policy(gate: ObservedGate): Promise<GenerationInfo> {
  return (await ask({ socketPath: gate.dir.file('admin.sock'), path: '/api/policy' })).json as GenerationInfo;
}

const NOTHING = { added: [], removed: [], changed: [] };

test('a dry run names the sessions that would end, on both workers, and ends nobody', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate(options(broker.port));
  const names = ['a', 'b', 'c', 'd'];
  const listening = await Promise.all(names.map((name) => device(gate, name)));
  await using quiet = await device(gate, 'quiet');
  for (const [i, client] of listening.entries()) await client.subscribe(`plant/p1/${names[i]}/cmd/x`, 1);
  assert.deepEqual(
    [0, 1].map((worker) => gate.gauge(worker, 'sessions') > 0),
    [true, true],
    'both have sessions',
  );
  const before = await policy(gate);
  gate.configure(options(broker.port, NARROW));

  const { generation, changed, changes, sessions, hash, reloadInterval } = await tried(gate);
  assert.deepEqual([generation, changed, reloadInterval], [1, true, 0]);
  assert.notEqual(hash, before.hash);
  assert.deepEqual(changes, {
    listeners: NOTHING,
    trust: NOTHING,
    identities: NOTHING,
    identityOrder: false,
    roles: { ...NOTHING, changed: ['device'] },
    revocation: false,
  });
  assert.equal(sessions.live, 5);
  const [end, ...others] = sessions.ends;
  assert.deepEqual(others, []);
  assert.deepEqual([end?.listener, end?.identity, end?.reason, end?.count], ['mqtt', 'devices', 'policy-changed', 4]);
  assert.deepEqual(end?.examples.map(({ principal }) => principal).sort(), names);
  assert.deepEqual([...new Set(end?.examples.map(({ words }) => words))], ['a subscription is no longer allowed']);

  const { out } = await command(gate, reloadCommand, '--dry-run');
  assert.match(out, /~ role device\n(.*\n)*sessions: 4 of 5 would end\n {2}4 of devices on mqtt: policy-changed/);

  assert.deepEqual(await policy(gate), before, 'nothing is in force that was not');
  assert.equal(gate.metric('headgate_rejections_total'), 0);
  for (const client of [...listening, quiet]) assert.equal(client.closed, false);
  await using _newcomer = await device(gate, 'newcomer');
  for (const [i, client] of listening.entries()) {
    assert.equal(await client.publish(`plant/p1/${names[i]}/cmd/x`, 'to myself', { qos: 1 }), 0);
    await client.messages(1);
  }

  // And it was the truth.
  assert.match((await command(gate, reloadCommand)).out, /generation 2 is in force/);
  await Promise.all(listening.map((client) => client.waitClosed()));
  assert.equal(quiet.closed, false);
});

test('a dry run finds what cannot be used, binds nothing for good, and is followed by reloads as if it had not been', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate(options(broker.port));
  await using client = await device(gate, 'client');
  const extra = await freePort();
  const upstream = { address: `127.0.0.1:${broker.port}` };
  gate.configure({ ...options(broker.port), listeners: [{ name: 'second', listen: `127.0.0.1:${extra}`, upstream }] });
  const { changes } = await tried(gate);
  assert.deepEqual(changes.listeners, { ...NOTHING, added: ['second'] });
  await waitFor('the address to be free again', async () => !(await accepts(extra)));

  const taken = `127.0.0.1:${gate.port()}`;
  gate.configure({ ...options(broker.port), listeners: [{ name: 'second', listen: taken, upstream }] });
  const refused = await command(gate, reloadCommand, '--dry-run');
  assert.equal(refused.code, 1);
  assert.match(refused.err, /a reload would be refused: cannot listen on .*EADDRINUSE/);
  gate.dir.write('headgate.yaml', 'listeners: [');
  assert.match((await command(gate, reloadCommand, '--dry-run')).err, /headgate\.yaml:\d+:\d+: /);
  assert.equal(gate.metric('headgate_generation_failed'), 0, 'nothing was tried for good');

  gate.configure({ ...options(broker.port), listeners: [{ name: 'second', listen: `127.0.0.1:${extra}`, upstream }] });
  assert.deepEqual(await gate.gate.reload().then(({ ok, generation }) => [ok, generation]), [true, 2]);
  assert.equal(await accepts(extra), true);
  assert.equal(client.closed, false);
});

test('rejections of before are asked of what the files say now', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate(options(broker.port));
  await using client = await device(gate, 'client');
  await client.publish('alarms/fire', 'x', { qos: 1 });
  await client.publish('other/t', 'x', { qos: 1 });
  await waitFor('both records', () => gate.gate.hub.query({ cause: 'denied' }).length === 2);
  gate.configure(options(broker.port, [{ publish: 'alarms/#' }, { publish: '{device}/#' }]));
  const { allowed, maybeAllowed, refused, notAsked, examples } = (await tried(gate)).rejections;
  assert.deepEqual([allowed, maybeAllowed, refused, notAsked], [1, 0, 1, 0]);
  assert.deepEqual(examples, [
    { principal: 'client', identity: 'devices', action: 'publish', resource: 'alarms/fire' },
  ]);
});

test('a rollback brings a right back at once; what was denied meanwhile stays denied', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate(options(broker.port));
  const nothing = await command(gate, rollbackCommand);
  assert.equal(nothing.code, 1);
  assert.match(nothing.err, /nothing to roll back to/);
  assert.equal((await policy(gate)).before, undefined);

  await using first = await device(gate, 'first');
  await using denied = await device(gate, 'denied');
  const original = await policy(gate);
  gate.configure(options(broker.port, NARROW));
  await command(gate, reloadCommand);
  assert.deepEqual(await first.subscribe('plant/p1/first/cmd/x', 1), [0x80]);
  await gate.gate.deny.add({ principal: 'denied', reason: 'stolen' });
  await denied.waitClosed();
  // A denial is a generation, but no step back.
  const narrow = await policy(gate);
  assert.deepEqual([narrow.id, narrow.source], [3, 'files']);
  assert.deepEqual(narrow.before, { id: original.id, hash: original.hash, loadedAt: original.loadedAt });

  const done = await command(gate, rollbackCommand);
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /generation 4 is in force.*\nwhat is revoked and denied stays so;/);
  assert.deepEqual(await first.subscribe('plant/p1/first/cmd/x', 1), [1], 'the live session has its right again');
  await assert.rejects(device(gate, 'denied'), /Not authorized/);
  const back = await policy(gate);
  assert.deepEqual([back.source, back.before?.hash], ['rollback', narrow.hash]);
  assert.equal(gate.metric('headgate_generation_rolled_back'), 1);
  assert.equal(gate.metric('headgate_rollbacks_total', { result: 'ok' }), 1);

  // Once more: what the files say is in force again, and said to be.
  assert.equal((await command(gate, rollbackCommand, '--json')).code, 0);
  await first.waitClosed();
  await assert.rejects(device(gate, 'denied'), /Not authorized/);
  assert.equal((await policy(gate)).source, 'files');
  assert.equal(gate.metric('headgate_generation_rolled_back'), 0);
});

test('the next change of the files ends what a rollback brought back', async () => {
  await using broker = await startAedes();
  const watched = { reloadInterval: '50ms' };
  await using gate = await startObservedGate(options(broker.port, OWN, watched));
  gate.configure(options(broker.port, NARROW, watched));
  await waitFor('generation 2', () => gate.metric('headgate_generation') === 2);
  await command(gate, rollbackCommand);
  await using client = await device(gate, 'client');
  assert.deepEqual(await client.subscribe('plant/p1/client/cmd/x', 1), [1]);
  assert.equal(gate.metric('headgate_generation'), 3);
  gate.configure(options(broker.port, [...NARROW, { publish: 'more/#' }], watched));
  await client.waitClosed();
  await waitFor('the files', async () => (await policy(gate)).source === 'files');
});

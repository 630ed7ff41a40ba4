/**
 * Reloads under traffic: what is in force changes, what is alive stays alive. Streams of real
 * clients run through mosquitto while configuration, certificates and listeners change.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import type { TLSSocket } from 'node:tls';
import { ask } from '../proxy/control-plane/admin/ask.ts';
import { startAedes } from '../support/aedes.ts';
import { freePort } from '../support/free-port.ts';
import { startGateProcess } from '../support/gate.ts';
import { type GateOptions, gateYaml } from '../support/gate-config.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { mosquittoPub } from '../support/mosquitto-clients.ts';
import { connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { testPki, writeCredentials } from '../support/pki.ts';
import { accepts } from '../support/port-open.ts';
import { connectRaw } from '../support/raw-client.ts';
import { without } from '../support/require-tool.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

const pki = await testPki();
const tools = without('mosquitto', 'mosquitto_pub') || withoutPaho();

/** Two data planes behind the acceptor; a harmless setting makes every reload a new generation. */
function options(broker: number, turn: number, more: Partial<GateOptions> = {}): GateOptions {
  const admission = { perAddress: '1000/s', burst: 5000 + turn };
  return { broker, ...more, listener: { admission, ...more.listener }, more: { workers: 2, ...more.more } };
}

function device(gate: { port(): number }, name: string, version: 4 | 5 = 5): Promise<TestClient> {
  return pki.device(name).then((tls) => connectMqtt({ port: gate.port(), clientId: name, version, tls }));
}

/** Publishes numbered messages until told to stop, one acknowledged after the other; resolves to how many. */
function stream(client: TestClient, name: string): { stop(): Promise<number> } {
  let going = true;
  const done = (async () => {
    let sent = 0;
    for (; going; sent++) {
      assert.equal(await client.publish(`plant/p1/${name}/n`, String(sent), { qos: 1 }), 0, `message ${sent}`);
    }
    return sent;
  })();
  done.catch(() => {}); // told by stop()
  return {
    stop: () => {
      going = false;
      return done;
    },
  };
}

test('20 reloads under traffic of MQTT.js 3.1.1 and 5, mosquitto_pub and paho lose no message and no connection', {
  skip: tools,
}, async () => {
  await using broker = await startMosquitto();
  await using gate = await startObservedGate(options(broker.port, 0, { more: { reloadInterval: '100ms' } }));
  await using inside = await connectMqtt({ port: broker.port, clientId: 'inside', version: 4 });
  await inside.subscribe('plant/#', 1);
  const names = ['a', 'b', 'c', 'd'];
  const clients = await Promise.all(names.map((name, i) => device(gate, name, i % 2 === 0 ? 5 : 4)));
  await using _clients = closing(clients);
  const streams = clients.map((client, i) => stream(client, names[i] as string));
  const credentials = writeCredentials(gate.dir, 'cli', await pki.device('cli'));
  const [pahoFiles] = [writeCredentials(gate.dir, 'paho', await pki.device('paho'))];
  const others = Promise.all([
    mosquittoPub({
      port: gate.port(),
      clientId: 'cli',
      topic: 'plant/p1/cli/n',
      message: '0',
      qos: 1,
      tls: credentials,
    }),
    paho({ port: gate.port(), clientId: 'paho', tls: pahoFiles, publish: [['plant/p1/paho/n', '0', 1]] }),
  ]);
  for (let turn = 1; turn <= 20; turn++) {
    gate.configure(options(broker.port, turn, { more: { reloadInterval: '100ms' } }));
    // Half are found by the poll, half are asked for; both may meet.
    if (turn % 2 === 0) await gate.gate.reload();
    await waitFor(`generation ${turn + 1}`, () => gate.metric('headgate_generation') === turn + 1);
  }
  const [cli, python] = await others;
  assert.match(cli.output, /received PUBACK \(Mid: 1, RC:0\)/);
  assert.equal(python.acknowledged, 1);
  const counts = await Promise.all(streams.map((s) => s.stop()));
  assert.deepEqual(
    clients.map(({ closed }) => closed),
    [false, false, false, false],
  );
  const total = counts.reduce((sum, n) => sum + n, 0) + 2;
  assert.ok(
    counts.every((n) => n >= 20),
    `every client got through: ${counts}`,
  );
  await inside.messages(total);
  for (const [i, name] of names.entries()) {
    const payloads = inside.received
      .filter(({ topic }) => topic === `plant/p1/${name}/n`)
      .map((m) => Number(`${m.payload}`));
    assert.deepEqual(
      payloads,
      Array.from({ length: counts[i] as number }, (_, n) => n),
      `${name}: complete, in order, once`,
    );
  }
  assert.equal(gate.metric('headgate_rejections_total'), 0);
  assert.equal(gate.metric('headgate_generation_failed'), 0);
});

test('a connection storm during reloads never meets a closed port, even while listeners come and go', async () => {
  await using broker = await startAedes();
  const extra = await freePort();
  const second = { name: 'second', listen: `127.0.0.1:${extra}`, upstream: { address: `127.0.0.1:${broker.port}` } };
  await using gate = await startObservedGate(options(broker.port, 0));
  const tls = await pki.device('storm');
  let storming = true;
  let shaken = 0;
  const storm = Array.from({ length: 4 }, async () => {
    while (storming) {
      await using _client = await connectRaw({ port: gate.port(), tls });
      shaken++;
    }
  });
  const stormed = Promise.all(storm);
  const { port } = gate.gate.addresses('mqtt')[0] ?? { port: 0 };
  for (let turn = 1; turn <= 20; turn++) {
    const before = shaken;
    gate.configure(options(broker.port, turn, turn % 2 === 1 ? { listeners: [second] } : {}));
    assert.equal((await gate.gate.reload()).ok, true);
    if (turn % 2 === 1) assert.equal(await accepts(extra), true, 'the new listener is bound when reload returns');
    else await waitFor('the removed listener to be closed', async () => !(await accepts(extra)));
    assert.equal(gate.port(), port);
    await Promise.race([stormed, waitFor('the storm to go on', () => shaken > before + 2)]);
  }
  storming = false;
  await stormed;
  assert.equal(gate.metric('headgate_generation'), 21);
});

test('sessions of a listener that was removed are ended, those of the other one live', async () => {
  await using broker = await startAedes();
  const upstream = { address: `127.0.0.1:${broker.port}` };
  await using gate = await startObservedGate(
    options(broker.port, 0, { listeners: [{ name: 'second', listen: '127.0.0.1:0', upstream }] }),
  );
  await using stays = await device(gate, 'stays', 4);
  await using goes = await connectMqtt({
    port: gate.port('second'),
    clientId: 'goes',
    version: 4,
    tls: await pki.device('goes'),
  });
  gate.configure(options(broker.port, 1));
  await gate.gate.reload();
  await goes.waitClosed();
  assert.equal(await stays.publish('plant/p1/stays/t', 'x', { qos: 1 }), 0);
});

test('a new certificate and key are shown to new handshakes while connections of the old one live', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate(options(broker.port, 0));
  await using old = await device(gate, 'old', 4);
  const serial = async (): Promise<string> => {
    await using client = await connectRaw({ port: gate.port(), tls: await pki.device('looker') });
    return (client.socket as TLSSocket).getPeerX509Certificate()?.serialNumber ?? '';
  };
  const first = await serial();
  const next = await pki.issue({ subject: 'CN=localhost', dns: ['localhost'], ip: ['127.0.0.1'], eku: 'server' });
  gate.dir.write('server.pem', next.cert);
  gate.dir.write('server.key', next.key);
  assert.deepEqual(pick(await gate.gate.reload()), { ok: true, changed: true, errors: [] });
  assert.equal(await serial(), new X509Certificate(next.cert).serialNumber);
  assert.notEqual(await serial(), first);
  assert.equal(await old.publish('plant/p1/old/t', 'x', { qos: 1 }), 0);
});

interface Breakage {
  readonly name: string;
  readonly says: RegExp;
  break(gate: ObservedGate): Promise<void> | void;
}

const BREAKAGES: readonly Breakage[] = [
  {
    name: 'broken YAML',
    says: /headgate\.yaml:\d+:\d+: /,
    break: (gate) => void gate.dir.write('headgate.yaml', 'listeners: ['),
  },
  {
    name: 'a missing CA file',
    says: /ca-gone\.pem/,
    break: (gate) => {
      const yaml = gateYaml(options(1, 0)).replace('ca: ca.pem', 'ca: ca-gone.pem');
      gate.dir.write('headgate.yaml', yaml);
    },
  },
  {
    name: 'a key of another certificate',
    says: /server\.key|key/,
    break: async (gate) => void gate.dir.write('server.key', (await pki.device('wrong-key')).key),
  },
  {
    name: 'an address in use',
    says: /cannot listen on 127\.0\.0\.1:\d+: EADDRINUSE/,
    break: (gate) => {
      const listen = `127.0.0.1:${gate.port()}`;
      const upstream = { address: '127.0.0.1:1' };
      gate.configure(options(1, 0, { listeners: [{ name: 'second', listen, upstream }] }));
    },
  },
];

for (const breakage of BREAKAGES) {
  test(`${breakage.name} keeps the last good generation, is told everywhere, and the next good one recovers`, async () => {
    await using broker = await startAedes();
    await using gate = await startObservedGate(options(broker.port, 0, { more: { admin: { socket: 'admin.sock' } } }));
    const policy = () => ask({ socketPath: gate.dir.file('admin.sock'), path: '/api/policy' });
    await using client = await device(gate, 'client', 4);
    await breakage.break(gate);
    const refused = await gate.gate.reload();
    assert.equal(refused.ok, false);
    assert.match(refused.errors.join('\n'), breakage.says);
    assert.equal(gate.metric('headgate_generation'), 1);
    assert.equal(gate.metric('headgate_generation_failed'), 1);
    assert.equal(gate.metric('headgate_reloads_total', { result: 'failed' }), 1);
    const [line] = gate.logged('reload refused; the last good generation goes on');
    assert.match(JSON.stringify(line), breakage.says);
    const told = (await policy()).json;
    assert.deepEqual([told.id, told.lastReload.ok], [1, false]);
    assert.match(told.lastReload.errors.join('\n'), breakage.says);
    assert.equal(await client.publish('plant/p1/client/t', 'x', { qos: 1 }), 0);
    await using _newcomer = await device(gate, 'newcomer', 4);

    const server = await pki.server();
    gate.dir.write('server.key', server.key);
    gate.configure(options(broker.port, 1, { more: { admin: { socket: 'admin.sock' } } }));
    assert.deepEqual(pick(await gate.gate.reload()), { ok: true, changed: true, errors: [] });
    assert.equal(gate.metric('headgate_generation_failed'), 0);
    assert.equal((await policy()).json.lastReload.ok, true);
    assert.equal(await client.publish('plant/p1/client/t', 'x', { qos: 1 }), 0);
    await using _later = await device(gate, 'later', 4);
  });
}

test('live sessions are judged again: identity or right gone means DISCONNECT 0x87, all others stay', {
  skip: without('mosquitto'),
}, async () => {
  await using broker = await startMosquitto();
  const roles = {
    wide: { mqtt: { clientId: '{device}', allow: [{ publish: 'w/{device}/#' }, { subscribe: 'w/{device}/#' }] } },
  };
  const identity = (name: string) => ({
    name,
    when: { trust: 'devices', san: { uri: `spiffe://acme/{plant}/{device}` }, subject: { CN: name } },
    principal: '{device}',
    roles: ['wide'],
  });
  const before = options(broker.port, 0, {
    roles,
    identities: [identity('gone'), identity('narrowed'), identity('kept')],
  });
  await using gate = await startObservedGate(before);
  await using gone = await device(gate, 'gone', 5);
  await using narrowed = await device(gate, 'narrowed', 5);
  await using narrowed4 = await device(gate, 'other', 4);
  await using kept = await device(gate, 'kept', 5);
  await using plain = await device(gate, 'plain', 5);
  assert.deepEqual(await narrowed.subscribe('w/narrowed/a', 1), [1]);
  assert.deepEqual(await kept.subscribe('w/kept/b', 1), [1]);
  assert.deepEqual(await narrowed4.subscribe('plant/p1/other/cmd/x', 1), [1]);
  // `gone` falls through to the identity of all devices, `narrowed` loses the right to its subscription.
  const narrow = { mqtt: { clientId: '{device}', allow: [{ publish: 'w/{device}/#' }] } };
  gate.configure(
    options(broker.port, 0, {
      roles: { ...roles, narrow },
      identities: [{ ...identity('narrowed'), roles: ['narrow'] }, identity('kept')],
      device: { mqtt: { clientId: '{device}', allow: [{ publish: 'plant/{plant}/{device}/#' }] } },
    }),
  );
  assert.equal((await gate.gate.reload()).ok, true);
  await Promise.all([gone, narrowed, narrowed4].map((client) => client.waitClosed()));
  assert.equal(gone.disconnectCode, 0x87);
  assert.equal(narrowed.disconnectCode, 0x87);
  assert.match(String(narrowed.disconnectReason), /d-[0-9a-z]+/, 'the decision id is in the reason string');
  const events = await waitFor('three events', () => {
    const found = gate.gate.hub.query({ cause: 'policy-changed' });
    return found.length === 3 && found;
  });
  assert.deepEqual(events.map(({ principal }) => principal).sort(), ['gone', 'narrowed', 'other']);
  assert.equal(await kept.publish('w/kept/b', 'to myself', { qos: 1 }), 0);
  await kept.messages(1);
  assert.equal(await plain.publish('plant/p1/plain/t', 'x', { qos: 1 }), 16, 'no subscriber, but allowed');
  assert.deepEqual([kept.closed, plain.closed], [false, false]);
});

test('a right to publish that is gone holds from the next message on, without ending the session', async () => {
  await using broker = await startAedes();
  await using gate = await startObservedGate(options(broker.port, 0));
  await using client = await device(gate, 'p', 4);
  assert.equal(await client.publish('plant/p1/p/t', 'x', { qos: 1 }), 0);
  gate.configure(
    options(broker.port, 0, { device: { mqtt: { clientId: '{device}', allow: [{ publish: 'other/#' }] } } }),
  );
  await gate.gate.reload();
  await waitFor('the judging', () => gate.logged('live sessions were judged again').length === 2);
  await client.publish('plant/p1/p/t', 'x', { qos: 1 });
  assert.equal((await gate.rejection('denied')).principal, 'p');
  assert.equal(client.closed, false);
});

test('SIGHUP reloads a process of its own; an untouched file is no new generation', async () => {
  await using dir = tempDir();
  await using broker = await startAedes();
  const port = await freePort();
  const start = { ...options(broker.port, 0, { port, more: { reloadInterval: '0s' } }), port };
  await using child = await startGateProcess(dir, start);
  await using client = await connectMqtt({ port, clientId: 'hup', version: 4, tls: await pki.device('hup') });
  child.process.kill('SIGHUP');
  await child.printed(/"generation":1,"changed":false,"msg":"configuration loaded"/);
  for (let turn = 1; turn <= 3; turn++) {
    dir.write(
      'headgate.yaml',
      gateYaml({ ...options(broker.port, turn, { port, more: { reloadInterval: '0s' } }), port }),
    );
    child.process.kill('SIGHUP');
    await child.printed(new RegExp(`"generation":${turn + 1},"changed":true,"msg":"configuration loaded"`));
    assert.equal(await client.publish('plant/p1/hup/t', 'x', { qos: 1 }), 0);
  }
});

function pick({ ok, changed, errors }: { ok: boolean; changed: boolean; errors: readonly string[] }) {
  return { ok, changed, errors };
}

/** Disposes of all. */
function closing(clients: readonly AsyncDisposable[]): AsyncDisposable {
  return { [Symbol.asyncDispose]: async () => void (await Promise.all(clients.map((c) => c[Symbol.asyncDispose]()))) };
}

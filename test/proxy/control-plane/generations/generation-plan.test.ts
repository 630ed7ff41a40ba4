import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import test from 'node:test';
import {
  type GenerationPlan,
  messageFor,
  planGeneration,
  versionsOf,
} from '../../../../proxy/control-plane/generations/generation-plan.ts';
import { HalfOpen } from '../../../../proxy/data-plane/accept/half-open.ts';
import type { KafkaGate } from '../../../../proxy/data-plane/cluster/kafka-gate.ts';
import { buildGeneration } from '../../../../proxy/data-plane/generation.ts';
import { Staples } from '../../../../proxy/data-plane/tls/staples.ts';
import type { Bind } from '../../../../proxy/messages.ts';
import { ListenSet } from '../../../../proxy/shared/listen-set.ts';
import { compileShared } from '../../../../proxy/shared/policy-part.ts';
import { freePort } from '../../../support/free-port.ts';
import { NO_REVOCATION_PART } from '../../../support/no-revocation.ts';
import { accepts } from '../../../support/port-open.ts';
import { nextEvent } from '../../../support/wait.ts';
import { edit, SOUND_KAFKA, type Workspace, workspace } from '../config/support.ts';

/** Nothing here asks a cluster. */
const NO_CLUSTER = {} as KafkaGate;
const NO_TABLES = {
  takeAddress: () => true,
  enterHandshake: () => true,
  leaveHandshake() {},
  queued() {},
  halfOpen: new HalfOpen(1, () => 0),
};

const ADVERTISE = '{ host: kafka.example.com, ports: 9094-9193 }';

function planOf(dir: Workspace, text: string): GenerationPlan {
  const result = dir.load(text);
  assert.ok(result.ok, JSON.stringify(!result.ok && result.problems));
  return planGeneration(result.config, NO_REVOCATION_PART);
}

const advertising = (advertise: string, listen = '127.0.0.1:9093'): string =>
  edit(ADVERTISE, advertise, SOUND_KAFKA).replace('127.0.0.1:9093', listen);

const shown = (binds: readonly Bind[]): string[] =>
  binds.map(({ key, address, node }) => {
    const at = `${address.host}:${address.port}`;
    return `${key === at ? '' : `${key} = `}${at}${node === undefined ? '' : ` node ${node}`}`;
  });

const CASES: readonly (readonly [name: string, advertise: string, listen: string, binds: readonly string[]])[] = [
  [
    'a port for each broker',
    '{ host: a, ports: 9094-9096 }',
    '127.0.0.1:9093',
    ['127.0.0.1:9093', '127.0.0.1:9094 node 0', '127.0.0.1:9095 node 1', '127.0.0.1:9096 node 2'],
  ],
  [
    'others than clients are told, from a node on',
    '{ host: a, ports: 9094-9095, bindPorts: 19094-19095, firstNodeId: 7 }',
    '127.0.0.1:9093',
    ['127.0.0.1:9093', '127.0.0.1:19094 node 7', '127.0.0.1:19095 node 8'],
  ],
  [
    'on every host, once',
    '{ host: a, ports: 9094-9094 }',
    '["127.0.0.1:9092", "[::1]:0", "127.0.0.1:9093"]',
    ['127.0.0.1:9092', 'orders#1 = ::1:0', '127.0.0.1:9093', '127.0.0.1:9094 node 0', '::1:9094 node 0'],
  ],
  ['none, where brokers have names', '{ sni: "b{node}.a" }', '127.0.0.1:9093', ['127.0.0.1:9093']],
];

for (const [name, advertise, listen, binds] of CASES) {
  test(`where a Kafka listener listens: ${name}`, async () => {
    await using dir = await workspace();
    const plan = planOf(dir, advertising(advertise, listen));
    assert.deepEqual(shown(plan.binds), ['127.0.0.1:8883', ...binds]);
  });
}

test('the plan of a Kafka listener has what a data plane needs, with the bytes of its files', async () => {
  await using dir = await workspace();
  const text = edit(ADVERTISE, `${ADVERTISE}\n      tls: { ca: ca.pem, serverName: kafka.internal }`, SOUND_KAFKA);
  const [mqtt, kafka] = planOf(dir, text).listeners.map(({ value }) => value);
  assert.equal(mqtt?.protocol, 'mqtt');
  assert.ok(kafka?.protocol === 'kafka');
  const { name, upstream, advertise, kafka: options, tls, stores } = kafka;
  assert.equal(name, 'orders');
  assert.match(tls.key, /PRIVATE KEY/);
  assert.match(upstream.tls?.ca ?? '', /BEGIN CERTIFICATE/);
  assert.deepEqual(Object.keys(stores), ['devices']);
  assert.deepEqual(
    { ...upstream, tls: upstream.tls?.serverName },
    {
      bootstrap: [
        { host: 'kafka-1', port: 9092 },
        { host: 'kafka-2', port: 9092 },
      ],
      connectTimeout: 5000,
      metadataInterval: 30_000,
      tls: 'kafka.internal',
    },
  );
  assert.equal('firstNodeId' in advertise && advertise.ports.last, 9193);
  assert.equal(options.maxInFlight, 256);
});

test('the content of files counts, not their names', async () => {
  await using dir = await workspace();
  const before = planOf(dir, SOUND_KAFKA);
  for (const name of ['ca.pem', 'server.pem', 'server.key']) dir.write(`other-${name}`, readFileSync(dir.file(name)));
  const renamed = planOf(dir, SOUND_KAFKA.replaceAll(/(?=ca\.pem|server\.pem|server\.key)/g, 'other-'));
  assert.deepEqual([renamed.settings, renamed.listeners], [before.settings, before.listeners]);
  dir.write('other-ca.pem', `${readFileSync(dir.file('ca.pem'))}\n`);
  assert.notEqual(planOf(dir, SOUND_KAFKA.replace('{ ca: ca.pem', '{ ca: other-ca.pem')).settings, before.settings);
});

test('a change of the nodes is a change of the generation, and leaves the parts of others alone', async () => {
  await using dir = await workspace();
  const before = planOf(dir, SOUND_KAFKA);
  assert.equal(planOf(dir, SOUND_KAFKA).hash, before.hash);
  const after = planOf(dir, advertising('{ host: kafka.example.com, ports: 9094-9193, firstNodeId: 1 }'));
  assert.notEqual(after.hash, before.hash);
  const message = messageFor(after, 2, versionsOf(before));
  assert.deepEqual(
    message.listeners.map(({ value }) => value?.name),
    [undefined, 'orders'],
  );
});

test('a generation knows the listener and the node of each address', async () => {
  await using dir = await workspace();
  const plan = planOf(dir, advertising('{ host: a, ports: 9094-9095, firstNodeId: 3 }'));
  const policy = await compileShared(plan.policy.bytes, plan.policy.version);
  const message = messageFor(plan, 1, new Set());
  const generation = buildGeneration(message, null, NO_TABLES, policy, () => NO_CLUSTER, new Staples());
  assert.deepEqual(
    [...generation.nodeByKey],
    [
      ['127.0.0.1:9094', 3],
      ['127.0.0.1:9095', 4],
    ],
  );
  assert.deepEqual(
    [...generation.byKey].map(([key, listener]) => `${key} ${listener.plan.name}`),
    ['127.0.0.1:8883 plant', '127.0.0.1:9093 orders', '127.0.0.1:9094 orders', '127.0.0.1:9095 orders'],
  );
});

test('more nodes are bound beside the ports that are there, which stay bound', async () => {
  await using dir = await workspace();
  const first = await adjacentPorts();
  const binds = (last: number) =>
    planOf(dir, advertising(`{ host: a, ports: ${first}-${last} }`, '127.0.0.1:0')).binds.filter(
      ({ listener }) => listener === 'orders',
    );
  const accepted: string[] = [];
  const set = new ListenSet({ reusePort: false }, (socket, key) => {
    accepted.push(key);
    socket.destroy();
  });
  const reaches = async (port: number): Promise<void> => {
    const client = net.connect(port, '127.0.0.1');
    client.on('error', () => {});
    await nextEvent(client, 'close');
    assert.equal(accepted.pop(), `127.0.0.1:${port}`);
  };
  try {
    await set.prepare(binds(first));
    set.commit();
    await reaches(first);
    // Bound anew, the first port would be in use.
    await set.prepare(binds(first + 1));
    set.commit();
    await reaches(first);
    await reaches(first + 1);
    await set.prepare(binds(first));
    set.commit();
    await reaches(first);
    await assert.rejects(reaches(first + 1));
  } finally {
    set.close();
  }
});

async function adjacentPorts(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (!(await accepts(port + 1))) return port;
  }
}

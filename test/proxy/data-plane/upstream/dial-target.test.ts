import assert from 'node:assert/strict';
import test from 'node:test';
import type { Listener } from '../../../../proxy/data-plane/generation.ts';
import { targetOf } from '../../../../proxy/data-plane/upstream/dial-target.ts';

const PORTS = { host: 'k', ports: { first: 9094, last: 9096 }, bindPorts: { first: 9094, last: 9096 }, firstNodeId: 0 };
const NAMES = { sni: 'b{node}.k.example' };

/** A Kafka listener whose gate answers with the node that it is asked for. */
function kafka(advertise: object): Listener {
  return {
    plan: { name: 'orders', protocol: 'kafka', advertise },
    kafka: { target: (node: number | undefined) => node ?? 'any' },
  } as unknown as Listener;
}

const CASES: readonly (readonly [advertise: object, node: number | undefined, sni: string | undefined, to: unknown])[] =
  [
    [PORTS, undefined, undefined, 'any'],
    [PORTS, 2, undefined, 2],
    [PORTS, 2, 'b1.k.example', 2],
    [NAMES, undefined, 'b1.k.example', 1],
    [NAMES, undefined, 'K.example', 'any'],
    [NAMES, undefined, 'bootstrap.k.example', 'any'],
    [NAMES, undefined, undefined, 'any'],
  ];

for (const [advertise, node, sni, to] of CASES) {
  const by = 'sni' in advertise ? 'names' : 'ports';
  test(`a client of Kafka by ${by}, at the address of ${node ?? 'any'}, with the name ${sni ?? '-'}: ${to}`, () => {
    assert.equal(targetOf(kafka(advertise), { node, sni }), to);
  });
}

test('a client of MQTT is connected to the addresses of its listener', () => {
  const upstream = { addresses: [{ host: 'a', port: 1883 }], connectTimeout: 1000 };
  const listener = { plan: { name: 'plant', protocol: 'mqtt', upstream }, kafka: null } as unknown as Listener;
  assert.equal(targetOf(listener, { node: undefined, sni: 'b1.k.example' }), upstream);
});

test('a Kafka listener without a cluster connects nobody', () => {
  const listener = { ...kafka(PORTS), kafka: null };
  assert.throws(() => targetOf(listener, { node: 1, sni: undefined }), /has no cluster/);
});

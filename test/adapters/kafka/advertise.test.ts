import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Advertise, advertisedAddress, nodeOfSni } from '../../../adapters/kafka/advertise.ts';

const PORTS: Advertise = {
  host: 'kafka.example.com',
  ports: { first: 9094, last: 9096 },
  bindPorts: { first: 19_094, last: 19_096 },
  firstNodeId: 10,
};
const SNI: Advertise = { sni: 'b{node}.kafka.example.com' };
const MAX_NODE = 2 ** 31 - 1;

const told: readonly (readonly [name: string, advertise: Advertise, node: number, address: string | undefined])[] = [
  ['the first node', PORTS, 10, 'kafka.example.com:9094'],
  ['the last node', PORTS, 12, 'kafka.example.com:9096'],
  ['a node before the range', PORTS, 9, undefined],
  ['a node behind the range', PORTS, 13, undefined],
  ['no node, where the range would reach below 0', { ...PORTS, firstNodeId: 0 }, -1, undefined],
  ['a node by name', SNI, 7, 'b7.kafka.example.com:9093'],
  ['a node by name, on a port of its own', { ...SNI, port: 443 }, 0, 'b0.kafka.example.com:443'],
  ['the largest id by name', SNI, MAX_NODE, `b${MAX_NODE}.kafka.example.com:9093`],
  ['no node by name', SNI, -1, undefined],
  ['an id that is none', SNI, 1.5, undefined],
  ['an id beyond int32', SNI, MAX_NODE + 1, undefined],
];

for (const [name, advertise, node, address] of told) {
  test(`what clients are told: ${name}`, () => {
    const found = advertisedAddress(advertise, node, 9093);
    assert.equal(found && `${found.host}:${found.port}`, address);
  });
}

const asked: readonly (readonly [template: string, name: string, node: number | undefined])[] = [
  ['b{node}.kafka.example.com', 'b0.kafka.example.com', 0],
  ['b{node}.kafka.example.com', 'B12.KAFKA.example.COM', 12],
  ['B{node}.Kafka.example.com', 'b12.kafka.example.com', 12],
  ['{node}.kafka.example.com', '7.kafka.example.com', 7],
  ['kafka-{node}', 'kafka-7', 7],
  ['b{node}.x', `b${MAX_NODE}.x`, MAX_NODE],
  ['b{node}.x', `b${MAX_NODE + 1}.x`, undefined],
  ['b{node}.x', 'b99999999999.x', undefined],
  ['b{node}.x', 'b01.x', undefined],
  ['b{node}.x', 'b00.x', undefined],
  ['b{node}.x', 'b.x', undefined],
  ['b{node}.x', 'b-1.x', undefined],
  ['b{node}.x', 'b+1.x', undefined],
  ['b{node}.x', 'b1e3.x', undefined],
  ['b{node}.x', 'b1.0.x', undefined],
  ['b{node}.x', 'b1.x.', undefined],
  ['b{node}.x', 'b1xx', undefined],
  ['b{node}.x', 'a1.x', undefined],
  ['b{node}.x', 'kafka.x', undefined],
  ['b{node}.x', '', undefined],
  ['b{node}b', 'b', undefined],
  ['b{node}b', 'bb', undefined],
];

for (const [template, name, node] of asked) {
  test(`whom a client means: ${template} ${name}`, () => {
    assert.equal(nodeOfSni(template, name), node);
  });
}

test('a node that is told by name is found by that name, and no other node', () => {
  const labels = fc.stringMatching(/^[a-z0-9-]{0,5}$/);
  fc.assert(
    fc.property(labels, labels, fc.nat(MAX_NODE), (before, after, node) => {
      const sni = `${before}{node}${after}.example.com`;
      const name = advertisedAddress({ sni }, node, 9093)?.host ?? '';
      assert.equal(nodeOfSni(sni, name), node);
    }),
  );
});

test('each port of the range is told for one node', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60_000 }),
      fc.nat(1000),
      fc.nat(1000),
      fc.nat(3000),
      (first, more, id, node) => {
        const ports = { first, last: first + more };
        const found = advertisedAddress({ host: 'h', ports, bindPorts: ports, firstNodeId: id }, node, 1);
        assert.equal(found !== undefined, node >= id && node <= id + more);
        if (found !== undefined) assert.equal(found.port - first, node - id);
      },
    ),
  );
});

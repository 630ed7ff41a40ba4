import assert from 'node:assert/strict';
import test from 'node:test';
import type { KafkaGate } from '../../../../proxy/data-plane/cluster/kafka-gate.ts';
import type { ListenerOf } from '../../../../proxy/data-plane/listener.ts';
import { KAFKA } from '../../../../proxy/data-plane/protocols/kafka.ts';
import { targetOf } from '../../../../proxy/data-plane/upstream/dial-target.ts';
import type { KafkaListenerPlan } from '../../../../proxy/shared/listener-plan.ts';

const PORTS = { host: 'k', ports: { first: 9094, last: 9096 }, bindPorts: { first: 9094, last: 9096 }, firstNodeId: 0 };
const NAMES = { sni: 'b{node}.k.example' };

/** A Kafka listener whose gate answers with the node that it is asked for. */
function kafka(advertise: object): ListenerOf<'kafka'> {
  return {
    plan: { name: 'orders', protocol: 'kafka', advertise },
    resources: { target: (node: number | undefined) => node ?? 'any' },
  } as unknown as ListenerOf<'kafka'>;
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

test('a Kafka listener opens its cluster, and knows its own port', () => {
  const gate = {} as KafkaGate;
  const opened: unknown[] = [];
  const openKafka = (...asked: unknown[]) => {
    opened.push(asked);
    return gate;
  };
  const plan = { name: 'orders', protocol: 'kafka' } as KafkaListenerPlan;
  assert.equal(KAFKA.open(plan, 9093, { openKafka }), gate);
  assert.deepEqual(opened, [[plan, 9093]]);
});

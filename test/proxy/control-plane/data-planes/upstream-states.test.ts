import assert from 'node:assert/strict';
import test from 'node:test';
import { UpstreamStates } from '../../../../proxy/control-plane/data-planes/upstream-states.ts';
import type { ListenerPlan } from '../../../../proxy/shared/listener-plan.ts';

const LISTENERS = [
  { name: 'plant', protocol: 'mqtt', upstream: { addresses: [{ host: 'a', port: 1 }] } },
  {
    name: 'orders',
    protocol: 'kafka',
    upstream: {
      bootstrap: [
        { host: 'k1', port: 9 },
        { host: 'k2', port: 9 },
      ],
    },
  },
] as unknown as readonly ListenerPlan[];

test('a broker is up until a data plane says otherwise, and again when all that said so take it back', () => {
  const states = new UpstreamStates();
  const up = () => states.of(LISTENERS).map(({ up }) => up);
  assert.deepEqual(states.of(LISTENERS), [
    { listener: 'plant', address: 'a:1', up: true },
    { listener: 'orders', address: 'k1:9, k2:9', up: true },
  ]);
  states.note(0, 'plant', true);
  states.note(1, 'plant', false);
  states.note(0, 'plant', false);
  assert.deepEqual(up(), [false, true]);
  states.note(1, 'plant', true);
  assert.deepEqual(up(), [false, true]);
  states.note(0, 'plant', true);
  assert.deepEqual(up(), [true, true]);
});

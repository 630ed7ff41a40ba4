import assert from 'node:assert/strict';
import test from 'node:test';
import type { Reader } from '../../../../proxy/data-plane/reader/reader.ts';
import { Flow } from '../../../../proxy/data-plane/relay/flow.ts';
import type { Writer } from '../../../../proxy/data-plane/relay/writer.ts';

/** A flow between two writers of which the test says how far behind they are; notes who is paused and resumed. */
function setUp() {
  const log: string[] = [];
  const switches = (name: string) => ({
    pause: () => void log.push(`${name} paused`),
    resume: () => void log.push(`${name} resumed`),
  });
  const client = { busy: false, backlog: 0 };
  const broker = { busy: false, backlog: 0, socket: switches('broker') };
  const flow = new Flow(client as Writer);
  flow.start(switches('client') as Reader);
  return { flow, client, broker, log, connect: () => flow.connect(broker as unknown as Writer) };
}

type Sides = Omit<ReturnType<typeof setUp>, 'flow' | 'log' | 'connect'>;

const CASES: readonly { readonly why: string; set(sides: Sides): void; readonly paused: string }[] = [
  { why: 'the broker is behind', set: ({ broker }) => Object.assign(broker, { busy: true }), paused: 'client' },
  {
    why: 'answers for the client pile up',
    set: ({ client }) => Object.assign(client, { backlog: 256 * 1024 + 1 }),
    paused: 'client',
  },
  { why: 'the client is behind', set: ({ client }) => Object.assign(client, { busy: true }), paused: 'broker' },
  {
    why: 'requests for the broker pile up',
    set: ({ broker }) => Object.assign(broker, { backlog: 256 * 1024 + 1 }),
    paused: 'broker',
  },
];

for (const { why, set, paused } of CASES) {
  test(`${why}: the ${paused} is not read, once, until that is over`, () => {
    const { flow, client, broker, log, connect } = setUp();
    connect();
    flow.adjust(false, false);
    assert.deepEqual(log, []);
    set({ client, broker });
    flow.adjust(false, false);
    flow.adjust(false, false);
    assert.deepEqual(log, [`${paused} paused`]);
    assert.deepEqual([flow.clientPaused, flow.brokerPaused], [paused === 'client', paused === 'broker']);
    Object.assign(client, { busy: false, backlog: 256 * 1024 });
    Object.assign(broker, { busy: false, backlog: 256 * 1024 });
    flow.adjust(false, false);
    flow.adjust(false, false);
    assert.deepEqual(log, [`${paused} paused`, `${paused} resumed`]);
  });
}

test('a client that is held is not read, with or without a broker', () => {
  const { flow, log, connect } = setUp();
  flow.adjust(true, false);
  assert.equal(flow.clientPaused, true);
  connect();
  flow.adjust(true, false);
  flow.adjust(false, false);
  assert.deepEqual(log, ['client paused', 'client resumed']);
});

test('a broker that is held is not read until it is let go, and the client is', () => {
  const { flow, log, connect } = setUp();
  connect();
  flow.adjust(false, true);
  flow.adjust(false, true);
  assert.deepEqual([flow.clientPaused, flow.brokerPaused], [false, true]);
  flow.adjust(false, false);
  assert.deepEqual(log, ['broker paused', 'broker resumed']);
});

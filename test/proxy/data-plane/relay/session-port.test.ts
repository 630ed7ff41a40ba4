import assert from 'node:assert/strict';
import test from 'node:test';
import { PERMIT_SESSION } from '../../../../policies/decision.ts';
import type { Flow } from '../../../../proxy/data-plane/relay/flow.ts';
import { SessionPort } from '../../../../proxy/data-plane/relay/session-port.ts';

function setUp() {
  let dials = 0;
  const port = new SessionPort({ clientPaused: false } as Flow, () => {
    dials++;
  });
  return { port, dials: () => dials };
}

const BYTES = Buffer.from('0123456789');

for (const permit of [0, -1, Number.NaN]) {
  test(`nothing goes out with the permit ${permit}`, () => {
    const { port } = setUp();
    port.connected = true;
    port.open(BYTES, port.brokerBox);
    assert.throws(() => port.forward(0, 4, permit), /without a permit/);
    assert.throws(() => port.toBroker(BYTES, permit), /without a permit/);
    assert.equal(port.brokerBox.empty, true);
  });
}

test('ranges are of the running call only, and go where that call sends', () => {
  const { port } = setUp();
  assert.throws(() => port.forward(0, 4, PERMIT_SESSION));
  port.open(BYTES, port.brokerBox);
  port.forward(0, 4, PERMIT_SESSION);
  port.open(BYTES, port.clientBox);
  port.forward(6, 9, PERMIT_SESSION);
  port.shut();
  assert.throws(() => port.forward(0, 4, PERMIT_SESSION));
  assert.equal(`${port.brokerBox.take().bytes}`, '0123');
  assert.equal(`${port.clientBox.take().bytes}`, '678');
});

test('bytes for a broker that is not there yet are nobody’s', () => {
  const { port } = setUp();
  port.toBroker(BYTES, PERMIT_SESSION);
  assert.equal(port.brokerBox.empty, true);
  port.connected = true;
  port.toBroker(BYTES, PERMIT_SESSION);
  assert.equal(port.brokerBox.empty, false);
});

test('what a session injects into a half-forwarded frame may not grow for ever', () => {
  const { port } = setUp();
  port.connected = true;
  port.open(BYTES, port.brokerBox);
  port.forward(0, 4, PERMIT_SESSION, 6);
  port.toBroker(Buffer.alloc(1024 * 1024), PERMIT_SESSION);
  assert.throws(() => port.toBroker(BYTES, PERMIT_SESSION), /wait too long/);
});

test('only a held client can be resumed, and a new hold takes the wish back', () => {
  const { port, dials } = setUp();
  port.resume();
  assert.equal(port.resumeWanted, false);
  port.hold();
  port.resume();
  assert.deepEqual([port.held, port.resumeWanted], [true, true]);
  port.hold();
  assert.deepEqual([port.held, port.resumeWanted], [true, false]);
  port.dial();
  assert.equal(dials(), 1);
});

test('a session holds its broker and lets it go', () => {
  const { port } = setUp();
  assert.equal(port.brokerHeld, false);
  port.holdBroker();
  assert.equal(port.brokerHeld, true);
  port.resumeBroker();
  assert.equal(port.brokerHeld, false);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import type { RejectionEvent } from '../../../../policies/event.ts';
import { EventHub } from '../../../../proxy/control-plane/events/hub.ts';
import { RejectionRecorder } from '../../../../proxy/data-plane/rejection-recorder.ts';
import type { EventBatch, RejectionDraft } from '../../../../proxy/shared/events/batch.ts';
import { anonymous, draft } from '../../data-plane/draft.ts';

let sequence = 0;

function event(seconds: number, from: RejectionDraft = draft()): RejectionEvent {
  const time = new Date(seconds * 1000).toISOString();
  return { ...from, kind: 'rejection', id: `d-0-${sequence++}`, time, count: 1 };
}

function batch(events: RejectionEvent[], over: Partial<EventBatch> = {}): EventBatch {
  return { events, samples: [], dropped: {}, droppedSamples: 0, agreements: [], lostAgreements: 0, ...over };
}

test('answers come newest first, although workers’ batches interleave', () => {
  const hub = new EventHub();
  hub.receive(0, batch([event(10), event(30)]));
  hub.receive(1, batch([event(20, anonymous()), event(40)]));
  assert.deepEqual(
    hub.query().map(({ time }) => Date.parse(time) / 1000),
    [40, 30, 20, 10],
  );
});

test('garbage before identity does not wash out what is known of clients', () => {
  const hub = new EventHub({ ring: 10 });
  hub.receive(0, batch([event(1), event(2)]));
  for (let n = 0; n < 100; n++) hub.receive(0, batch([event(10 + n, anonymous())]));
  assert.equal(hub.query({ identity: 'devices' }).length, 2);
  assert.equal(hub.query({ cause: 'no-certificate' }).length, 10);
  assert.equal(hub.query({ limit: 1000 }).length, 12);
});

test('a ring keeps the newest', () => {
  const hub = new EventHub({ ring: 3 });
  for (let n = 1; n <= 7; n++) hub.receive(0, batch([event(n)]));
  assert.deepEqual(
    hub.query().map(({ time }) => Date.parse(time) / 1000),
    [7, 6, 5],
  );
});

test('every condition of a filter holds', () => {
  const hub = new EventHub();
  const mine = event(100, draft({ listener: 'l2', principal: 'p2', identity: 'i2', cause: 'client-id' }));
  hub.receive(0, batch([event(100), mine, event(200)]));
  for (const filter of [
    { listener: 'l2' },
    { principal: 'p2' },
    { identity: 'i2' },
    { cause: 'client-id' },
    { id: mine.id },
  ] as const) {
    assert.deepEqual(hub.query(filter), [mine], JSON.stringify(filter));
  }
  assert.equal(hub.query({ since: 200_000 }).length, 1);
  assert.equal(hub.query({ limit: 2 }).length, 2);
  assert.deepEqual(hub.query({ listener: 'l2', principal: 'p1' }), []);
});

test('the id of a folded rejection resolves to the record it was folded into', () => {
  const hub = new EventHub();
  const recorder = new RejectionRecorder({ worker: 0, wallClock: () => 0, post: (b) => hub.receive(0, b) });
  recorder.record(draft());
  const folded = recorder.record(draft());
  recorder.flush();
  assert.deepEqual(
    hub.query({ id: folded }).map(({ count }) => count),
    [2],
  );
});

test('what workers dropped adds up by cause', () => {
  const hub = new EventHub();
  hub.receive(
    0,
    batch([], { dropped: { denied: 2, malformed: 1 }, droppedSamples: 3, agreements: [], lostAgreements: 0 }),
  );
  hub.receive(1, batch([], { dropped: { denied: 5 }, droppedSamples: 1, agreements: [], lostAgreements: 0 }));
  assert.deepEqual(hub.dropped, { denied: 7, malformed: 1 });
  assert.equal(hub.droppedSamples, 4);
});

test('a subscriber that throws is counted; it, the others and the process go on', async () => {
  const errors: unknown[] = [];
  const hub = new EventHub({ onSubscriberError: (error) => errors.push(error) });
  let bad = 0;
  let good = 0;
  hub.events$.subscribe(() => {
    bad++;
    throw new Error('sink is broken');
  });
  hub.events$.subscribe(() => good++);
  hub.receive(0, batch([event(1), event(2)]));
  // rxjs reports from a timer.
  await new Promise((resolve) => setTimeout(resolve, 1));
  await new Promise(setImmediate);
  assert.deepEqual([bad, good, errors.length, hub.subscriberErrors], [2, 2, 2, 2]);
});

test('samples reach their subscribers', () => {
  const hub = new EventHub();
  const seen: number[] = [];
  hub.samples$.subscribe(({ bytes }) => seen.push(bytes));
  const sample = {
    time: new Date(0).toISOString(),
    listener: 'l',
    protocol: 'mqtt',
    identity: 'i',
    principal: 'p',
    action: 'publish',
    resource: 't',
    ruleId: 'r',
    bytes: 5,
  } as const;
  hub.receive(0, batch([], { samples: [sample] }));
  assert.deepEqual(seen, [5]);
});

test('what was let through in shadow washes out no rejection, and is asked for by itself', () => {
  const hub = new EventHub({ ring: 10 });
  hub.receive(0, batch([event(1), event(2, anonymous())]));
  for (let n = 0; n < 100; n++) hub.receive(0, batch([event(10 + n, draft({ shadow: true }))]));
  assert.equal(hub.query({ shadow: false }).length, 2);
  assert.equal(hub.query({ shadow: true }).length, 10);
  assert.deepEqual(
    hub.query({ limit: 12 }).map(({ shadow = false }) => shadow),
    [...new Array<boolean>(10).fill(true), false, false],
  );
});

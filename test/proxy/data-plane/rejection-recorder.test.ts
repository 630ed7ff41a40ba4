import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { RejectionRecorder } from '../../../proxy/data-plane/rejection-recorder.ts';
import type { EventBatch, RejectionDraft } from '../../../proxy/shared/events/batch.ts';
import { anonymous, draft } from './draft.ts';

function recorder(maxBatch?: number, worker = 1) {
  const batches: EventBatch[] = [];
  const clock = { now: Date.UTC(2026, 10, 24, 7, 45) };
  const it = new RejectionRecorder({
    worker,
    wallClock: () => clock.now,
    post: (batch) => batches.push(batch),
    ...(maxBatch !== undefined && { maxBatch }),
  });
  return { it, batches, clock };
}

test('a rejection becomes an event with time, id and count', () => {
  const { it, batches } = recorder();
  const id = it.record(draft());
  it.flush();
  assert.match(id, /^d-1-[0-9a-z]{5,}$/);
  assert.deepEqual(batches, [
    {
      events: [{ ...draft(), kind: 'rejection', time: '2026-11-24T07:45:00.000Z', id, count: 1 }],
      samples: [],
      dropped: {},
      droppedSamples: 0,
      agreements: [],
      lostAgreements: 0,
    },
  ]);
});

test('nothing to tell posts nothing', () => {
  const { it, batches } = recorder();
  it.flush();
  it.acknowledged();
  assert.equal(batches.length, 0);
});

test('equal rejections fold into the first, which keeps its id and time', () => {
  const { it, batches, clock } = recorder();
  const first = it.record(draft());
  clock.now += 50;
  assert.equal(it.record(draft({ peer: '192.0.2.99:1', reason: 'in other words' })), first);
  assert.equal(it.record(draft()), first);
  it.flush();
  assert.deepEqual(
    batches[0]?.events.map(({ id, count, time }) => ({ id, count, time })),
    [{ id: first, count: 3, time: '2026-11-24T07:45:00.000Z' }],
  );
});

test('of folded rejections the largest payload is told', () => {
  const { it, batches } = recorder();
  for (const size of [7, 9, 8]) it.record(draft({ size }));
  it.record(draft());
  it.flush();
  assert.deepEqual(
    batches[0]?.events.map(({ size, count }) => [size, count]),
    [[9, 4]],
  );
});

test('the window ends with the batch', () => {
  const { it, batches } = recorder();
  const first = it.record(draft());
  it.flush();
  const second = it.record(draft());
  it.flush();
  assert.notEqual(second, first);
  assert.deepEqual(
    batches.map((batch) => batch.events[0]?.count),
    [1, 1],
  );
});

const DIFFERENCES: readonly Partial<RejectionDraft>[] = [
  { listener: 'other' },
  { identity: 'sensors' },
  { principal: 'press-2' },
  { cause: 'qos-not-allowed' },
  { ruleId: 'default-deny' },
  { action: 'subscribe' },
  { resource: 'plant/b' },
  { resource: '' },
];
for (const difference of DIFFERENCES) {
  test(`rejections that differ in ${JSON.stringify(difference)} do not fold`, () => {
    const { it } = recorder();
    assert.notEqual(it.record(draft(difference)), it.record(draft()));
  });
}

test('before identity the address, not the port, tells clients apart', () => {
  const { it } = recorder();
  const first = it.record(anonymous({ peer: '198.51.100.1:1' }));
  assert.equal(it.record(anonymous({ peer: '198.51.100.1:2' })), first);
  assert.notEqual(it.record(anonymous({ peer: '198.51.100.2:1' })), first);
  const v6 = it.record(anonymous({ peer: '[2001:db8::1]:1' }));
  assert.equal(it.record(anonymous({ peer: '[2001:db8::1]:2' })), v6);
  assert.notEqual(it.record(anonymous({ peer: '[2001:db8::2]:1' })), v6);
});

test('at most two batches are on their way; then as much as one waits and the rest is counted by cause', () => {
  const { it, batches } = recorder(4);
  const record = (n: number, cause: RejectionDraft['cause']) => it.record(draft({ resource: `t/${n}`, cause }));
  for (let n = 0; n < 12; n++) record(n, 'denied');
  assert.equal(batches.length, 2);
  const lost = record(12, 'denied');
  record(13, 'limit-publish');
  record(14, 'limit-publish');
  assert.match(lost, /^d-1-/);
  assert.equal(batches.length, 2);
  // What is already waiting still folds.
  record(11, 'denied');

  it.acknowledged();
  assert.equal(batches.length, 3);
  assert.deepEqual(batches[2]?.dropped, { denied: 1, 'limit-publish': 2 });
  assert.deepEqual(
    batches[2]?.events.map((event) => event.count),
    [1, 1, 1, 2],
  );
  it.acknowledged();
  it.acknowledged();
  record(20, 'denied');
  it.flush();
  assert.deepEqual(batches[3]?.dropped, {});
});

test('garbage before identity leaves half a batch to those who are known', () => {
  const { it, batches } = recorder(4);
  const garbage = (n: number) => it.record(anonymous({ peer: `198.51.100.${n}:1` }));
  for (let n = 0; n < 50; n++) garbage(n);
  const id = it.record(draft());
  it.acknowledged();
  assert.deepEqual(
    batches[2]?.events.filter((event) => event.identity !== undefined).map((event) => event.id),
    [id],
  );
  assert.deepEqual(batches[2]?.dropped, { 'no-certificate': 44 });
});

test('no rejection is lost from the count, however batches and acknowledgements interleave', () => {
  const step = fc.oneof(
    fc.record({ resource: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), known: fc.boolean() }),
    fc.constant('flush' as const),
    fc.constant('acknowledge' as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const { it, batches } = recorder(3);
      let recorded = 0;
      let acknowledged = 0;
      for (const one of steps) {
        if (one === 'flush') it.flush();
        else if (one === 'acknowledge') {
          if (acknowledged < batches.length) {
            acknowledged++;
            it.acknowledged();
          }
        } else {
          recorded++;
          it.record(one.known ? draft({ resource: one.resource }) : anonymous({ peer: `${one.resource}:1` }));
        }
        assert.ok(batches.length - acknowledged <= 2);
      }
      it.flush();
      for (; acknowledged < batches.length; acknowledged++) {
        it.acknowledged();
        it.flush();
      }
      let told = 0;
      for (const batch of batches) {
        assert.ok(batch.events.length <= 3);
        for (const event of batch.events) told += event.count;
        for (const count of Object.values(batch.dropped)) told += count;
      }
      assert.equal(told, recorded);
    }),
  );
});

test('what the client chose is escaped and cut', () => {
  const { it, batches } = recorder();
  const nasty = `\x1b]0;x\u202e${'y'.repeat(300)}`;
  it.record(
    draft({
      principal: nasty,
      resource: nasty,
      clientId: nasty,
      reason: nasty,
      protocolVersion: nasty,
      certificate: { serial: nasty, sha256: 'ab', subject: nasty, issuer: nasty, notAfter: '2027-01-01T00:00:00Z' },
      tls: {
        version: 'TLSv1.3',
        sni: nasty,
        offered: { ja4: 'x', versions: [], groups: [], keyShares: [], alpn: [nasty] },
      },
    }),
  );
  it.flush();
  const text = JSON.stringify(batches[0]?.events[0]);
  assert.equal(text.match(/\\\\x1b\]0;x\\\\u202ey+…/g)?.length, 10);
  assert.doesNotMatch(text, /\u202e/);
  assert.ok(text.length < 10 * 256 + 800);
});

test('ids are unique over workers and restarts', () => {
  const ids = new Set<string>();
  for (const worker of [0, 1, 2, 2]) {
    const { it } = recorder(512, worker);
    for (let n = 0; n < 200; n++) ids.add(it.record(draft({ resource: `${n}` })));
  }
  assert.equal(ids.size, 800);
});

test('samples travel with the batch and are bounded', () => {
  const { it, batches } = recorder(2);
  const sample = {
    listener: 'plant-mqtt',
    protocol: 'mqtt',
    identity: 'devices',
    principal: 'p\x07',
    action: 'publish',
    resource: 't',
    ruleId: 'r',
    bytes: 12,
  } as const;
  for (let n = 0; n < 8; n++) it.sample(sample);
  assert.deepEqual(batches[0]?.samples[0], { ...sample, principal: 'p\\x07', time: '2026-11-24T07:45:00.000Z' });
  assert.equal(batches.length, 2);
  it.acknowledged();
  it.flush();
  assert.equal(batches[2]?.samples.length, 2);
  assert.equal(batches[2]?.droppedSamples, 2);
});

test('what was let through in shadow is a record of its own', () => {
  const { it, batches } = recorder();
  const refused = it.record(draft());
  const tried = it.record(draft({ shadow: true }));
  assert.notEqual(tried, refused);
  assert.equal(it.record(draft({ shadow: true })), tried);
  it.flush();
  assert.deepEqual(
    batches[0]?.events.map(({ shadow, count }) => [shadow, count]),
    [
      [undefined, 1],
      [true, 2],
    ],
  );
});

test('what was let through in shadow fills a quarter of a batch at most, and leaves the rest to rejections', () => {
  const { it, batches } = recorder(8);
  const flood = () => {
    for (let n = 0; n < 100; n++) it.record(draft({ resource: `t${n}`, shadow: true }));
  };
  // Two batches under way, so that nothing more can be posted.
  flood();
  for (let n = 0; n < 6; n++) it.record(draft({ resource: `refused-${n}` }));
  it.acknowledged();
  const all = batches.flatMap(({ events }) => events);
  for (const { events } of batches) assert.ok(events.filter(({ shadow }) => shadow).length <= 2);
  assert.equal(all.filter(({ shadow }) => !shadow).length, 6, 'every rejection has its record');
});

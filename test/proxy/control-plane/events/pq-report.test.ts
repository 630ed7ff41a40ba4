import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { PqReport } from '../../../../proxy/control-plane/events/pq-report.ts';
import type { ClientAgreements } from '../../../../proxy/shared/events/batch.ts';

const one = (principal: string, more: Partial<ClientAgreements> = {}): ClientAgreements => ({
  ...{ listener: 'mqtt', identity: 'devices', principal, hybrid: 1, classic: 0, last: 'hybrid' },
  time: '2026-11-24T08:00:00.000Z',
  ...more,
});
const classic = (principal: string, more: Partial<ClientAgreements> = {}) =>
  one(principal, { hybrid: 0, classic: 1, last: 'classic', ...more });
const offer = (group: string) => ({ ja4: '', versions: [], groups: [group], keyShares: [], alpn: [] });

const reporting = (most?: number): PqReport => new PqReport(() => new Set(['mqtt', 'kafka']), most);

test('batches add up for each client; the later handshake has the last word, whichever batch came first', () => {
  const report = reporting();
  const late = '2026-11-24T09:00:00.000Z';
  report.receive([one('a', { time: late }), classic('b', { time: late, offered: offer('new') })], 0);
  report.receive([classic('a', { offered: offer('x25519') }), classic('b', { offered: offer('old') })], 0);
  const { clients, listeners, more, unattributed } = report.query();
  assert.deepEqual(
    clients.map(({ principal, hybrid, classic: n, last, time, offered }) => [
      principal,
      hybrid,
      n,
      last,
      time,
      offered?.groups,
    ]),
    [
      ['b', 0, 2, 'classic', late, ['new']],
      ['a', 1, 1, 'hybrid', late, ['x25519']],
    ],
  );
  assert.deepEqual(listeners, [
    { listener: 'mqtt', hybrid: 1, classic: 3, clients: 2, wouldRefuse: 1 },
    { listener: 'kafka', hybrid: 0, classic: 0, clients: 0, wouldRefuse: 0 },
  ]);
  assert.deepEqual([more, unattributed], [0, 0]);
});

test('those whom require would refuse come first, then those with most classic handshakes; filters and limits hold', () => {
  const report = reporting();
  report.receive(
    [one('a'), one('b', { classic: 5 }), classic('c'), classic('d', { listener: 'kafka', classic: 2 })],
    0,
  );
  const names = (filter = {}) => report.query(filter).clients.map(({ principal }) => principal);
  assert.deepEqual(names(), ['d', 'c', 'b', 'a']);
  assert.deepEqual(names({ limit: 2 }), ['d', 'c']);
  assert.equal(report.query({ limit: 2 }).more, 2);
  assert.deepEqual(names({ listener: 'mqtt' }), ['c', 'b', 'a']);
  assert.deepEqual(
    report.query({ listener: 'kafka' }).listeners.map(({ listener }) => listener),
    ['kafka'],
  );
  assert.deepEqual(names({ principal: 'b' }), ['b']);
  assert.deepEqual(names({ identity: 'others' }), []);
});

test('what finds no room is told and still counted for its listener', () => {
  const report = reporting(2);
  report.receive([one('a'), one('b'), classic('c', { classic: 7 })], 3);
  report.receive([one('a')], 0);
  const { clients, listeners, unattributed } = report.query();
  assert.deepEqual(
    clients.map(({ principal, hybrid }) => [principal, hybrid]),
    [
      ['a', 2],
      ['b', 1],
    ],
  );
  assert.equal(unattributed, 10);
  assert.deepEqual([listeners[0]?.hybrid, listeners[0]?.classic], [3, 7]);
});

test('a listener that reports no more is forgotten, what still comes of it too; one that just began is known', () => {
  let names = new Set(['mqtt', 'kafka']);
  const report = new PqReport(() => names, 3);
  report.receive([classic('a'), classic('b', { listener: 'kafka' })], 0);
  names = new Set(['kafka', 'new']);
  const late = [classic('a'), classic('c', { listener: 'new' }), classic('d', { listener: 'new' })];
  report.receive(late, 0);
  const { clients, listeners, unattributed } = report.query();
  assert.deepEqual(
    clients.map(({ principal }) => principal),
    ['b', 'c', 'd'],
  );
  assert.deepEqual(
    listeners.map(({ listener, classic: n }) => [listener, n]),
    [
      ['kafka', 1],
      ['new', 2],
    ],
  );
  assert.equal(unattributed, 0, 'who is forgotten makes room');
});

test('under its bound every handshake of every client is there, in whatever batches it came', () => {
  const handshake = fc.record({
    principal: fc.constantFrom('a', 'b', 'c'),
    last: fc.constantFrom('hybrid', 'classic'),
  });
  fc.assert(
    fc.property(fc.array(fc.array(handshake)), (batches) => {
      const report = reporting(3);
      const expected = new Map<string, number>();
      for (const batch of batches) {
        report.receive(
          batch.map(({ principal, last }) => (last === 'hybrid' ? one(principal) : classic(principal))),
          0,
        );
        for (const { principal, last } of batch) {
          const key = `${principal} ${last}`;
          expected.set(key, (expected.get(key) ?? 0) + 1);
        }
      }
      for (const { principal, hybrid, classic: n } of report.query().clients) {
        assert.deepEqual(
          [hybrid, n],
          ['hybrid', 'classic'].map((kind) => expected.get(`${principal} ${kind}`) ?? 0),
        );
      }
      assert.equal(report.query().clients.length, new Set(batches.flat().map(({ principal }) => principal)).size);
    }),
    { numRuns: 200 },
  );
});

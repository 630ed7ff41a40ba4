import assert from 'node:assert/strict';
import test from 'node:test';
import type { LiveConnection } from '../../../proxy/data-plane/connection/live-connection.ts';
import { LiveConnections } from '../../../proxy/data-plane/live-connections.ts';
import { createShared, GAUGE, openWorkers } from '../../../proxy/shared/tables/index.ts';

function connections() {
  const workers = openWorkers(createShared({ workers: 2 }));
  return { live: new LiveConnections(1, workers), sessions: () => workers.get(1, GAUGE.sessions) };
}

function connection(number: number, calls: string[] = []): LiveConnection {
  return {
    ...{ number, listener: 'plant', identity: 'devices', principal: `p${number}`, serial: '01', store: 'iot' },
    closing: false,
    tick: (now: number) => void calls.push(`tick ${now}`),
    checkCertificate: (now: number) => void calls.push(`certificate ${now}`),
    stop: (reason: string) => void calls.push(`stop ${reason}`),
    wouldEnd: () => null,
    reauthorize: () => true,
    fault: (error: unknown) => void calls.push(`fault ${String(error)}`),
    destroy: () => void calls.push('destroy'),
  };
}

test('a session is counted from its opening to its end, once', () => {
  const { live, sessions } = connections();
  const one = connection(live.nextNumber());
  live.opened(one);
  assert.equal(sessions(), 1);
  live.ended(one);
  live.ended(one);
  assert.equal(sessions(), 0);
  assert.equal(live.sessions.size, 0);
});

test('a fault is that of the connection whose entry point ran last, until it left or the turn is over', () => {
  const { live } = connections();
  const calls: string[] = [];
  assert.equal(live.attribute('a'), false);
  const one = connection(1, calls);
  live.running(one);
  assert.equal(live.attribute('b'), true);
  live.tick(0, 0);
  assert.equal(live.attribute('c'), false);
  live.running(one);
  live.left(one);
  assert.equal(live.attribute('d'), false);
  assert.deepEqual(calls, ['fault b']);
});

test('sessions are asked about their certificates, clients that are being refused only for their deadlines', () => {
  const { live } = connections();
  const calls: string[] = [];
  live.opened(connection(1, calls));
  live.refusing(connection(2, calls));
  live.tick(5, 9);
  assert.deepEqual(calls, ['tick 5', 'certificate 9', 'tick 5']);
});

test('the end of the data plane destroys what is open, wherever it stands', async () => {
  const { live } = connections();
  const calls: string[] = [];
  live.opening(connection(1, calls), new Promise(() => {}));
  live.opening(connection(2, calls), Promise.resolve());
  live.refusing(connection(3, calls));
  live.opened(connection(4, calls));
  await new Promise((resolve) => setImmediate(resolve));
  live.destroyAll();
  assert.deepEqual(calls, ['destroy', 'destroy', 'destroy']);
});

test('a superseded session ends after its grace, unless its broker ended it before', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { live } = connections();
  const calls: string[] = [];
  const [one, two] = [connection(1, calls), connection(2, calls)];
  live.opened(one);
  live.opened(two);
  live.supersede(1);
  live.supersede(2);
  live.supersede(3);
  live.ended(two);
  t.mock.timers.tick(1999);
  assert.deepEqual(calls, []);
  t.mock.timers.tick(1);
  assert.deepEqual(calls, ['stop taken-over']);
});

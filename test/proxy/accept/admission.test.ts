import assert from 'node:assert/strict';
import test from 'node:test';
import { AddressSet, Admission, type AdmissionTables } from '../../../proxy/accept/admission.ts';
import type { AdmissionConfig } from '../../../proxy/config/model.ts';
import { Refused } from '../../../proxy/refused.ts';

class Tables implements AdmissionTables {
  inFlight = 0;
  readonly taken: string[] = [];
  refuse = new Set<string>();

  takeAddress(address: string): boolean {
    this.taken.push(address);
    return !this.refuse.has(address);
  }

  enterHandshake(limit: number): boolean {
    if (this.inFlight >= limit) return false;
    this.inFlight++;
    return true;
  }

  leaveHandshake(): void {
    this.inFlight--;
  }

  waiting = 0;

  queued(delta: number): void {
    this.waiting += delta;
  }
}

function config(part: Partial<AdmissionConfig>): AdmissionConfig {
  return { perAddress: { perSecond: 10, burst: 10 }, exempt: [], allow: [], handshakes: 1, queue: 3, ...part };
}

const never = new AbortController().signal;
const why = (cause: string) => (error: unknown) => error instanceof Refused && error.why === cause;

test('address sets hold IPv4 and IPv6 CIDRs and single addresses', () => {
  const set = new AddressSet(['192.0.2.0/24', '2001:db8::/32', '198.51.100.7']);
  assert.deepEqual(
    ['192.0.2.9', '192.0.3.9', '2001:db8:1::9', '2001:db9::1', '198.51.100.7', '198.51.100.8'].map((a) => set.has(a)),
    [true, false, true, false, true, false],
  );
});

test('an address outside admission.allow is refused before its bucket is touched', () => {
  const tables = new Tables();
  const admission = new Admission(config({ allow: ['192.0.2.0/24'] }), tables);
  admission.check('192.0.2.1');
  assert.throws(() => admission.check('198.51.100.1'), why('address-not-allowed'));
  assert.deepEqual(tables.taken, ['192.0.2.1']);
});

test('an empty bucket refuses; an exempt address has none', () => {
  const tables = new Tables();
  tables.refuse.add('192.0.2.1');
  tables.refuse.add('198.51.100.1');
  const admission = new Admission(config({ exempt: ['198.51.100.0/24'] }), tables);
  assert.throws(() => admission.check('192.0.2.1'), why('address-rate'));
  admission.check('198.51.100.1');
});

test('over the cap connections wait, addresses take turns, and the queue is bounded', async () => {
  const tables = new Tables();
  const admission = new Admission(config({}), tables);
  const first = await admission.enter('a', never);
  const order: string[] = [];
  const enter = async (name: string, key: string): Promise<void> => {
    const slot = await admission.enter(key, never);
    order.push(name);
    slot[Symbol.dispose]();
  };
  const waiting = [enter('a1', 'a'), enter('a2', 'a'), enter('b1', 'b')];
  await assert.rejects(admission.enter('c', never), why('admission-queue'));
  assert.equal(tables.waiting, 3);
  first[Symbol.dispose]();
  await Promise.all(waiting);
  assert.deepEqual(order, ['a1', 'b1', 'a2']);
  assert.equal(tables.waiting, 0);
  assert.equal(tables.inFlight, 0);
});

test('a wait ends with its connection, and a slot is given back once', async () => {
  const tables = new Tables();
  const admission = new Admission(config({}), tables);
  const slot = await admission.enter('a', never);
  const gone = new AbortController();
  const waiting = admission.enter('b', gone.signal);
  gone.abort();
  await assert.rejects(waiting, why('admission-queue'));
  assert.equal(tables.waiting, 0);
  slot[Symbol.dispose]();
  slot[Symbol.dispose]();
  assert.equal(tables.inFlight, 0);
});

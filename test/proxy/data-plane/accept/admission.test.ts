import assert from 'node:assert/strict';
import test from 'node:test';
import { AddressSet, Admission, type AdmissionTables } from '../../../../proxy/data-plane/accept/admission.ts';
import { GRACE, HalfOpen, type HalfOpenPlace } from '../../../../proxy/data-plane/accept/half-open.ts';
import { Refused } from '../../../../proxy/data-plane/connection/refused.ts';
import type { AdmissionConfig } from '../../../../proxy/shared/listener-plan.ts';

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
  now = 0;
  readonly halfOpen = new HalfOpen(1, () => this.now);

  queued(delta: number): void {
    this.waiting += delta;
  }
}

function config(part: Partial<AdmissionConfig>): AdmissionConfig {
  const half = { halfOpen: 100, halfOpenPerAddress: 100 };
  return { perAddress: { perSecond: 10, burst: 10 }, exempt: [], allow: [], handshakes: 1, queue: 3, ...half, ...part };
}

/** A place for a connection that need not be dropped. */
function placeIn(admission: Admission): HalfOpenPlace {
  return admission.open(() => assert.fail('nobody needs the place'));
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
  const place = placeIn(admission);
  admission.check('192.0.2.1', place);
  assert.throws(() => admission.check('198.51.100.1', place), why('address-not-allowed'));
  assert.deepEqual(tables.taken, ['192.0.2.1']);
});

test('an empty bucket refuses; an exempt address has none', () => {
  const tables = new Tables();
  tables.refuse.add('192.0.2.1');
  tables.refuse.add('198.51.100.1');
  const admission = new Admission(config({ exempt: ['198.51.100.0/24'] }), tables);
  assert.throws(() => admission.check('192.0.2.1', placeIn(admission)), why('address-rate'));
  admission.check('198.51.100.1', placeIn(admission));
});

test('the oldest half-open connection of an address makes room for its newest; IPv6 counts by /64, an exempt range not', () => {
  const tables = new Tables();
  const admission = new Admission(config({ halfOpenPerAddress: 2, exempt: ['198.51.100.0/24'] }), tables);
  const dropped: string[] = [];
  const open = (address: string): void => {
    const place = admission.open((error) => dropped.push(`${address} ${error.why}`));
    admission.check(address, place);
  };
  for (const address of ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:0:1::1']) open(address);
  for (let i = 0; i < 5; i++) open('198.51.100.7');
  assert.deepEqual(dropped, ['2001:db8::1 half-open-dropped']);
  assert.equal(tables.halfOpen.size, 8);
});

test('the oldest half-open connection of all makes room when there are too many', () => {
  const admission = new Admission(config({ halfOpen: 2 }), new Tables());
  const dropped: number[] = [];
  for (let i = 0; i < 4; i++) admission.open(() => dropped.push(i));
  assert.deepEqual(dropped, [0, 1]);
});

test('who waits gets the slot of a handshake that has taken too long', async () => {
  const tables = new Tables();
  const admission = new Admission(config({}), tables);
  const slow = await admission.enter('a', never);
  const place = admission.open(() => slow[Symbol.dispose]());
  place.hold(slow);
  const waiting = admission.enter('b', never);
  tables.now = GRACE;
  const slot = await waiting;
  assert.equal(tables.halfOpen.size, 0);
  slot[Symbol.dispose]();
  assert.equal(tables.inFlight, 0);
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

test('the address that holds the fewest slots is served first: who finishes passes by who only holds', async () => {
  const admission = new Admission(config({ handshakes: 3, queue: 10 }), new Tables());
  const [held] = await Promise.all([
    admission.enter('a', never),
    admission.enter('a', never),
    admission.enter('a', never),
  ]);
  const order: string[] = [];
  const waiting = ['a4', 'b1', 'b2', 'c1'].map(async (name) => {
    const slot = await admission.enter(name.charAt(0), never);
    order.push(name);
    // Those of a keep theirs.
    if (!name.startsWith('a')) slot[Symbol.dispose]();
  });
  held?.[Symbol.dispose]();
  await Promise.all(waiting);
  assert.deepEqual(order, ['b1', 'c1', 'b2', 'a4']);
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

import assert from 'node:assert/strict';
import test from 'node:test';
import { CONNECTING } from '../../scenarios/mqtt/connecting.ts';
import { DELIVERING } from '../../scenarios/mqtt/delivering.ts';
import { ENDING } from '../../scenarios/mqtt/ending.ts';
import { LIMITING } from '../../scenarios/mqtt/limiting.ts';
import { PUBLISHING } from '../../scenarios/mqtt/publishing.ts';
import type { Scenario, Sees, When } from '../../scenarios/mqtt/scenario.ts';
import { SUBSCRIBING } from '../../scenarios/mqtt/subscribing.ts';
import { fakeAccess } from './support/access.ts';
import { decodeAll, encode, openRig, type Packet, type Version } from './support/packets.ts';
import { Rig } from './support/rig.ts';

const ALL = [CONNECTING, PUBLISHING, SUBSCRIBING, DELIVERING, LIMITING, ENDING];

for (const scenario of ALL.flat()) {
  for (const version of scenario.versions) {
    test(`${version === 5 ? '5.0' : '3.1.1'}: ${scenario.name}`, () => run(scenario, version));
  }
}

function run(scenario: Scenario, version: Version): void {
  const plan = { ...scenario.plan, access: fakeAccess(scenario.access) };
  const { given } = scenario;
  const rig = given === 'new' ? new Rig(plan) : openRig(version, plan, given.connect, given.connack);
  rig.rejections.length = 0;
  scenario.steps.forEach(({ when, sees }, n) => {
    for (const event of when) happen(rig, event, version);
    check(rig, sees, version, `step ${n + 1}`);
  });
}

function happen(rig: Rig, event: When, version: Version): void {
  if ('client' in event) rig.client(bytesOf(event.client, version));
  else if ('broker' in event) rig.broker(bytesOf(event.broker, version));
  else if ('tick' in event) rig.tick(event.tick);
  else if ('clientPaused' in event) rig.clientPaused = event.clientPaused;
  else if ('brokerReady' in event) rig.session.brokerReady();
  else if ('brokerFailed' in event) rig.session.brokerFailed(event.brokerFailed, 'no address answered');
  else if ('clientEnded' in event) rig.session.clientEnded(true);
  else if ('brokerEnded' in event) rig.session.brokerEnded(true);
  else if ('stop' in event) rig.session.stop(event.stop, event.suppressWill, 'because');
  else rig.session.reauthorize(fakeAccess(event.reauthorize), {});
}

function bytesOf(what: object | string, version: Version): Buffer {
  return typeof what === 'string' ? Buffer.from(what.replaceAll(' ', ''), 'hex') : encode(what as Packet, version);
}

function check(rig: Rig, sees: Sees, version: Version, where: string): void {
  same(rig.take('broker'), sees.toBroker ?? [], version, `${where}, to the broker`);
  same(rig.take('client'), sees.toClient ?? [], version, `${where}, to the client`);
  const rejected = sees.rejected ?? [];
  assert.equal(rig.rejections.length, rejected.length, `${where}: ${JSON.stringify(rig.rejections)}`);
  rejected.forEach((expected, n) => {
    const actual = rig.rejections[n] as unknown as Record<string, unknown>;
    for (const [key, value] of Object.entries(expected)) assert.equal(actual[key], value, `${where}: ${key}`);
  });
  rig.rejections.length = 0;
  assert.equal(rig.closed, sees.closed ?? false, `${where}: closed`);
  if (sees.held !== undefined) assert.equal(rig.held, sees.held, `${where}: held`);
  if (sees.brokerHeld !== undefined) assert.equal(rig.brokerHeld, sees.brokerHeld, `${where}: brokerHeld`);
  if (sees.brokerEnded !== undefined) assert.equal(rig.brokerEnded, sees.brokerEnded, `${where}: brokerEnded`);
}

function same(bytes: Buffer, expected: readonly (object | string)[], version: Version, where: string): void {
  if (expected.every((e) => typeof e === 'string')) {
    assert.equal(bytes.toString('hex'), expected.join('').replaceAll(' ', ''), where);
    return;
  }
  const packets = decodeAll(bytes, version);
  assert.equal(packets.length, expected.length, `${where}: ${JSON.stringify(packets)}`);
  for (const [n, e] of expected.entries()) matches(packets[n], e, where);
}

/** Every field of `expected` is in `actual`; `undefined` says that it must not be there. */
function matches(actual: unknown, expected: unknown, where: string): void {
  if (typeof expected !== 'object' || expected === null) {
    const plain = Buffer.isBuffer(actual) ? actual.toString() : actual;
    assert.deepEqual(plain, expected, where);
    return;
  }
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual) && actual.length === expected.length, `${where}: ${JSON.stringify(actual)}`);
  }
  assert.ok(typeof actual === 'object' && actual !== null, `${where}: ${JSON.stringify(expected)} is missing`);
  for (const [key, value] of Object.entries(expected)) {
    matches((actual as Record<string, unknown>)[key], value, `${where}.${key}`);
  }
}

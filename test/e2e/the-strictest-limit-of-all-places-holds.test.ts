/**
 * Limits may stand in a role, in an identity, in a listener and for the whole process: the strictest of each holds, and
 * what a principal does on one listener is no longer there for it on another.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { driveClock } from '../../proxy/shared/tables/index.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import type { Section } from '../support/gate-config.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { connectMqtt } from '../support/mqtt-client.ts';
import { testPki } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

const rate = (limit: string): Section => ({ publish: { limit, burst: '1min', onExceed: 'reject' } });

interface Places {
  readonly role?: Section;
  readonly identity?: Section;
  readonly listener?: Section;
  readonly process?: Section;
}

/** A gate with the listeners `mqtt` and `other`; only the first has limits. */
function start(broker: number, { role, identity, listener, process }: Places): Promise<TestGate> {
  return startTestGate({
    broker,
    identities: [
      {
        name: 'fleet',
        when: { trust: 'devices', san: { uri: 'spiffe://acme/fleet/{device}' } },
        principal: '{device}',
        roles: ['fleet'],
        ...(identity && { limits: identity }),
      },
    ],
    roles: { fleet: { mqtt: { clientId: 'any', allow: [{ publish: 'fleet/#' }] }, ...(role && { limits: role }) } },
    ...(listener && { listener: { limits: listener } }),
    listeners: [{ name: 'other', listen: '127.0.0.1:0', upstream: { address: `127.0.0.1:${broker}` } }],
    more: { workers: 0, ...(process && { limits: process }) },
  });
}

/** How many of ten messages are taken. */
async function taken(gate: TestGate, listener: string, device: string): Promise<number> {
  const tls = await (await testPki()).device(device, 'fleet');
  await using client = await connectMqtt({ port: gate.port(listener), clientId: device, version: 5, tls });
  let n = 0;
  for (let i = 0; i < 10; i++) if ((await client.publish('fleet/t', 'x', { qos: 1 })) < 0x80) n++;
  return n;
}

const CASES: readonly (readonly [places: Places, mqtt: number, other: number])[] = [
  [{ role: rate('4/min'), identity: rate('5/min'), listener: rate('2/min'), process: rate('6/min') }, 2, 4],
  [{ role: rate('6/min'), identity: rate('3/min'), listener: rate('4/min') }, 3, 3],
  [{ role: rate('6/min'), listener: rate('8/min'), process: rate('5/min') }, 5, 5],
  [{ listener: rate('3/min') }, 3, 10],
];

for (const [places, mqtt, other] of CASES) {
  test(`${Object.keys(places).join(', ')}: ${mqtt} on the listener with limits, ${other} on the other one`, {
    skip: without('mosquitto'),
  }, async () => {
    await using broker = await startMosquitto();
    await using gate = await start(broker.port, places);
    driveClock(gate.gate.shared);
    assert.deepEqual([await taken(gate, 'mqtt', 'one'), await taken(gate, 'other', 'two')], [mqtt, other]);
    // Where a limit holds on both, the bucket of the principal is empty on both.
    assert.equal(await taken(gate, 'mqtt', 'two'), other < 10 ? 0 : mqtt);
    // Records of the first client may arrive before those of the second.
    const records = () => gate.gate.hub.query({ cause: 'limit-publish' });
    const { sent } = await waitFor('the rejection of two', () =>
      records().find(({ principal }) => principal === 'two'),
    );
    assert.equal(sent, 'PUBACK 0x97');
  });
}

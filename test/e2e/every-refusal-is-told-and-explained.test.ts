/**
 * Whoever is refused is told in the protocol's own words, the operator finds the same decision
 * under the id that the client was given, and the broker hears nothing of it.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import type { Packet } from 'mqtt-packet';
import type { Cause } from '../../policies/causes.ts';
import type { RejectionEvent } from '../../policies/event.ts';
import { driveClock } from '../../proxy/shared/tables/index.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import type { GateOptions } from '../support/gate-config.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';
import { mosquittoPub, mosquittoSub } from '../support/mosquitto-clients.ts';
import { ConnectError, type ConnectOptions, connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { paho, withoutPaho } from '../support/paho.ts';
import { type Credentials, type TestPki, testPki, writeCredentials } from '../support/pki.ts';
import { without } from '../support/require-tool.ts';
import { waitFor } from '../support/wait.ts';

const skip = without('mosquitto', 'mosquitto_pub', 'mosquitto_sub', 'stdbuf');
const VERSIONS = [4, 5] as const;

/** Devices of plant `limited` may publish once a second. */
const GATE: Omit<GateOptions, 'broker'> = {
  identities: [
    {
      name: 'limited',
      when: { trust: 'devices', subject: { O: 'Acme' }, san: { uri: 'spiffe://acme/limited/{device}' } },
      principal: '{device}',
      roles: ['limited'],
    },
    {
      name: 'strict',
      when: { trust: 'devices', subject: { O: 'Acme' }, san: { uri: 'spiffe://acme/strict/{device}' } },
      principal: '{device}',
      roles: ['strict'],
    },
  ],
  roles: {
    limited: {
      mqtt: { allow: [{ publish: 'plant/limited/{device}/#' }] },
      limits: { publish: '1/s', burst: '1s', onExceed: 'reject' },
    },
    strict: { mqtt: { allow: [{ publish: 'plant/strict/{device}/#' }], onDeny: 'disconnect' } },
  },
};

/** Connections that the broker has seen. */
const dialled = (broker: Mosquitto): number => broker.log.split('New connection from').length - 1;

interface Scene extends AsyncDisposable {
  readonly pki: TestPki;
  readonly broker: Mosquitto;
  readonly gate: TestGate;
  /** Sees every message that reaches the broker. */
  readonly inside: TestClient;
}

async function scene(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const pki = await testPki();
  const broker = stack.use(await startMosquitto());
  const gate = stack.use(await startTestGate({ broker: broker.port, ...GATE }));
  const inside = stack.use(await connectMqtt({ port: broker.port, clientId: 'inside' }));
  await inside.subscribe('#', 2);
  const kept = stack.move();
  return { pki, broker, gate, inside, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** The id at the end of a text that was meant for the client. */
function idIn(text: string | undefined): string {
  const id = / (d-[0-9a-z]+-[0-9a-z]+)$/.exec(text ?? '')?.[1];
  assert.ok(id, `no decision id in ${JSON.stringify(text)}`);
  return id;
}

/** The event behind what an MQTT 5 client was told. */
const explained = (gate: TestGate, id: string): Promise<RejectionEvent> =>
  waitFor(`the rejection ${id}`, () => gate.gate.hub.query({ id })[0]);

function assertCertificate(event: RejectionEvent, tls: Credentials): void {
  const shown = new X509Certificate(tls.cert);
  assert.equal(event.certificate?.serial, shown.serialNumber.toUpperCase());
  assert.equal(event.certificate?.sha256, shown.fingerprint256.replaceAll(':', '').toLowerCase());
}

/** Connects and expects a CONNACK with a refusal; gives the event that the client was told of (or the latest of its cause). */
async function refused(
  gate: TestGate,
  options: ConnectOptions,
  cause: Cause,
  codes: { readonly 4: number; readonly 5: number },
): Promise<RejectionEvent> {
  const error = await connectMqtt(options).then(
    () => assert.fail('the client was let in'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConnectError, String(error));
  const version = options.version ?? 5;
  assert.equal(error.reasonCode, codes[version], `${cause}: ${error.message}`);
  const event =
    version === 5 ? await explained(gate, idIn(error.connack?.properties?.reasonString)) : await gate.rejection(cause);
  assert.equal(event.cause, cause);
  return event;
}

interface Handshake {
  readonly cause: Cause;
  readonly tls: (pki: TestPki) => Promise<Partial<Credentials>>;
}

const HANDSHAKES: readonly Handshake[] = [
  { cause: 'no-certificate', tls: async ({ ca }) => ({ ca }) },
  { cause: 'unknown-ca', tls: (pki) => pki.foreigner('pump-1') },
  { cause: 'expired', tls: (pki) => pki.expired('pump-1') },
  { cause: 'not-yet-valid', tls: (pki) => pki.notYetValid('pump-1') },
  { cause: 'no-identity', tls: (pki) => pki.unmapped() },
];

test('a client that cannot be identified is refused before the broker is dialled', { skip }, async (t) => {
  await using s = await scene();
  const before = dialled(s.broker);
  for (const { cause, tls } of HANDSHAKES) {
    for (const version of VERSIONS) {
      await t.test(`${cause}, MQTT ${version}`, async () => {
        const shown = await tls(s.pki);
        const more = { protocol: 'mqtts' as const, ...shown };
        const options = { port: s.gate.port(), clientId: 'pump-1', host: 'localhost', version, more };
        const event = await refused(s.gate, options, cause, { 4: 5, 5: 0x87 });
        assert.equal(event.principal, undefined);
        if (shown.cert !== undefined) assertCertificate(event, shown as Credentials);
        else assert.equal(event.certificate, undefined);
      });
    }
  }
  assert.equal(dialled(s.broker), before);
  assert.equal(s.inside.received.length, 0);
});

const CONNECTS = [
  { name: 'a stolen client id', clientId: 'pump-9', cause: 'client-id', codes: { 4: 2, 5: 0x85 }, more: {} },
  {
    name: 'a will for another device',
    clientId: undefined,
    cause: 'will-denied',
    codes: { 4: 5, 5: 0x87 },
    more: { will: { topic: 'plant/p1/pump-9/gone', payload: Buffer.from('x'), qos: 1, retain: false } },
  },
] as const;

test('a CONNECT that asks for what it may not is refused before the broker is dialled', { skip }, async (t) => {
  await using s = await scene();
  const before = dialled(s.broker);
  for (const { name, clientId, cause, codes, more } of CONNECTS) {
    for (const version of VERSIONS) {
      await t.test(`${name}, MQTT ${version}`, async () => {
        const me = `pump-${version}`;
        const tls = await s.pki.device(me);
        const options = { port: s.gate.port(), clientId: clientId ?? me, version, tls, more };
        const event = await refused(s.gate, options, cause, codes);
        assert.equal(event.principal, me);
        assert.equal(event.identity, 'devices');
        assert.equal(event.clientId, clientId ?? me);
        assert.equal(event.sent, `CONNACK ${version === 5 ? `0x${codes[5].toString(16)}` : codes[4]}`);
        assert.equal(event.resource, clientId ?? 'plant/p1/pump-9/gone');
        assertCertificate(event, tls);
      });
    }
  }
  assert.equal(dialled(s.broker), before);
  assert.equal(s.inside.received.length, 0);
});

/** Reason String of the last packet of a kind that the client received. */
function lastReason(client: TestClient, cmd: Packet['cmd']): { readonly text: () => string | undefined } {
  let text: string | undefined;
  client.raw.on('packetreceive', (packet) => {
    if (packet.cmd === cmd) text = (packet as { properties?: { reasonString?: string } }).properties?.reasonString;
  });
  return { text: () => text };
}

/** A message that is allowed, after which everything before it has passed too. */
async function assertOnlyMarkers(s: Scene, device: TestClient, topic: string): Promise<void> {
  const marker = `${topic}/marker`;
  const before = s.inside.received.length;
  await device.publish(marker, 'm', { qos: 1 });
  await s.inside.messages(before + 1);
  for (const message of s.inside.received) assert.match(message.topic, /\/marker$/);
}

const TOPICS = [
  { kind: 'a topic that a rule denies', last: 'firmware/x', ruleId: 'roles.device.mqtt.deny[0]', other: false },
  { kind: 'a topic of another device', last: 't', ruleId: 'default-deny', other: true },
] as const;

for (const version of VERSIONS) {
  test(`a denied PUBLISH is answered as MQTT ${version} can, and the session goes on`, { skip }, async (t) => {
    await using s = await scene();
    const me = `pump-${version}`;
    const tls = await s.pki.device(me);
    await using device = await connectMqtt({ port: s.gate.port(), clientId: me, version, tls });
    for (const { kind, last, ruleId, other } of TOPICS) {
      for (const qos of [0, 1, 2] as const) {
        await t.test(`${kind}, QoS ${qos}`, async () => {
          const topic = `plant/p1/${other ? 'pump-9' : me}/${last}${qos}`;
          const answer = ['none', 'puback', 'pubrec'][qos] as string;
          const told = lastReason(device, answer as Packet['cmd']);
          const code = await device.publish(topic, 'evil', { qos });
          assert.equal(code, version === 5 && qos > 0 ? 0x87 : 0);
          const event =
            version === 5 && qos > 0
              ? await explained(s.gate, idIn(told.text()))
              : await waitFor('the rejection', () =>
                  s.gate.gate.hub.query({ cause: 'denied' }).find((one) => one.resource === topic),
                );
          const sent = qos === 0 ? undefined : `${answer.toUpperCase()}${version === 5 ? ' 0x87' : ''}`;
          const { principal, cause, resource, action, protocolVersion } = event;
          assert.deepEqual(
            { principal, cause, resource, action, protocolVersion, ruleId: event.ruleId, sent: event.sent },
            {
              principal: me,
              cause: 'denied',
              resource: topic,
              action: 'publish',
              protocolVersion: version === 5 ? '5.0' : '3.1.1',
              ruleId,
              sent,
            },
          );
          assertCertificate(event, tls);
          await assertOnlyMarkers(s, device, `plant/p1/${me}`);
        });
      }
    }
  });

  test(`MQTT ${version} with onDeny disconnect: 3.1.1 is cut off, 5.0 has a code for it`, { skip }, async () => {
    await using s = await scene();
    const tls = await s.pki.device('s', 'strict');
    await using device = await connectMqtt({ port: s.gate.port(), clientId: 's', version, tls });
    if (version === 5) assert.equal(await device.publish('plant/strict/other/x', 'evil', { qos: 1 }), 0x87);
    else await assert.rejects(device.publish('plant/strict/other/x', 'evil', { qos: 1 }), /closed/);
    assert.equal((await s.gate.rejection('denied')).resource, 'plant/strict/other/x');
    await s.inside.publish('marker', 'm', { qos: 1 });
    await s.inside.messages(1);
    assert.equal(s.inside.received.length, 1);
  });

  test(`a denied filter beside allowed ones gets its own code in one SUBACK, MQTT ${version}`, { skip }, async () => {
    await using s = await scene();
    const me = `pump-${version}`;
    const tls = await s.pki.device(me);
    await using device = await connectMqtt({ port: s.gate.port(), clientId: me, version, tls });
    const told = lastReason(device, 'suback');
    const denied = version === 5 ? 0x87 : 0x80;
    const own = [`plant/p1/${me}/cmd/a`, `plant/p1/${me}/cmd/b`];
    assert.deepEqual(await device.subscribe([own[0] as string, '#', own[1] as string], 1), [1, denied, 1]);
    const event = version === 5 ? await explained(s.gate, idIn(told.text())) : await s.gate.rejection('denied');
    const { principal, cause, resource, action, ruleId, sent } = event;
    assert.deepEqual(
      { principal, cause, resource, action, ruleId, sent },
      {
        principal: me,
        cause: 'denied',
        resource: '#',
        action: 'subscribe',
        ruleId: 'default-deny',
        sent: `SUBACK 0x${denied.toString(16)}`,
      },
    );
    assertCertificate(event, tls);
    // What was not granted does not arrive, what was granted does.
    await s.inside.publish('plant/p1/pump-9/t', 'not for you', { qos: 1 });
    for (const topic of own) await s.inside.publish(topic, 'yours', { qos: 1 });
    const messages = await device.messages(2);
    assert.deepEqual(
      messages.map(({ topic }) => topic),
      own,
    );
  });

  test(`a device over its rate is told so, and what was too much does not pass, MQTT ${version}`, {
    skip,
  }, async () => {
    await using s = await scene();
    const clock = driveClock(s.gate.gate.shared);
    const me = `fast-${version}`;
    const tls = await s.pki.device(me, 'limited');
    await using device = await connectMqtt({ port: s.gate.port(), clientId: me, version, tls });
    const told = lastReason(device, 'puback');
    const topic = `plant/limited/${me}/t`;
    assert.equal(await device.publish(topic, '1', { qos: 1 }), 0);
    assert.equal(await device.publish(topic, '2', { qos: 1 }), version === 5 ? 0x97 : 0);
    const event = version === 5 ? await explained(s.gate, idIn(told.text())) : await s.gate.rejection('limit-publish');
    const { principal, cause, resource, action, sent, identity } = event;
    assert.deepEqual(
      { principal, cause, resource, action, sent, identity },
      {
        principal: me,
        cause: 'limit-publish',
        resource: topic,
        action: 'publish',
        sent: version === 5 ? 'PUBACK 0x97' : 'PUBACK',
        identity: 'limited',
      },
    );
    assertCertificate(event, tls);
    clock.advance(1000);
    assert.equal(await device.publish(topic, '3', { qos: 1 }), 0);
    const messages = await s.inside.messages(2);
    assert.deepEqual(
      messages.map(({ payload }) => `${payload}`),
      ['1', '3'],
    );
  });
}

test('mosquitto_pub, mosquitto_sub and paho see the same refusals', { skip: skip || withoutPaho() }, async () => {
  await using s = await scene();
  const port = s.gate.port();
  const tls = writeCredentials(s.gate.dir, 'cli', await s.pki.device('cli'));
  const message = 'evil';
  const topic = 'plant/p1/cli/firmware/x';
  const five = await mosquittoPub({ port, clientId: 'cli', topic, message, qos: 1, tls });
  assert.match(five.output, /received PUBACK \(Mid: 1, RC:135\)/);
  const four = await mosquittoPub({ port, clientId: 'cli', topic, message, qos: 1, tls, version: 4 });
  assert.match(four.output, /received PUBACK \(Mid: 1, RC:0\)/);
  for (const version of VERSIONS) {
    const args = ['-t', 'plant/p1/cli/cmd/+'];
    await using sub = await mosquittoSub({ port, clientId: 'cli', topic: '#', qos: 1, tls, version, args });
    assert.deepEqual(sub.granted, [version === 5 ? 135 : 128, 1]);
  }
  for (const version of VERSIONS) {
    const subscribe = [
      ['#', 1],
      ['plant/p1/cli/cmd/+', 1],
    ] as const;
    const publish = [[topic, message, 1]] as const;
    const result = await paho({ port, clientId: 'cli', version, tls, subscribe, publish });
    assert.deepEqual(result, { connack: 0, granted: [version === 5 ? 135 : 128, 1], acknowledged: 1, messages: [] });
    const stolen = await paho({ port, clientId: 'other', version, tls });
    assert.equal(stolen.connack, version === 5 ? 0x85 : 2);
  }
  await s.inside.publish('marker', 'm', { qos: 1 });
  await s.inside.messages(1);
  assert.equal(s.inside.received.length, 1, 'nothing that was refused reached the broker');
});

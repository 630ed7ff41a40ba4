import assert from 'node:assert/strict';
import test from 'node:test';
import { createMqttRefusal } from '../../../adapters/mqtt/refusal.ts';
import type { Rejection, SessionHost } from '../../../adapters/seam.ts';
import type { Cause } from '../../../policies/causes.ts';
import { connectPacket, encode, type Version } from './support/packets.ts';

function refusal(cause: Cause) {
  const seen = { client: '', closed: false };
  const recorded: Rejection[] = [];
  const out = {
    toClient: (bytes: Uint8Array) => (seen.client += Buffer.from(bytes).toString('hex')),
    close: () => (seen.closed = true),
  };
  const reject = (rejection: Rejection): string => `d-${recorded.push(rejection)}`;
  const host = { out, now: () => 0, reject } as unknown as SessionHost;
  const rejection: Rejection = { action: 'identify', cause, reason: 'why' };
  return { seen, recorded, session: createMqttRefusal(host, rejection, { maxConnectSize: 500, timeout: 1000 }) };
}

for (const [cause, version, connack] of [
  ['no-identity', 4, '20020005'],
  ['no-identity', 5, '20120087 0f 1f000c 64656e69656420642d31'],
  ['limit-handshakes', 4, '20020003'],
] as const) {
  test(`${cause} refuses a client of version ${version} with its CONNACK`, () => {
    const { seen, recorded, session } = refusal(cause);
    const bytes = encode(connectPacket(version as Version), version as Version);
    assert.equal(session.fromClient(bytes, 0, 8), 0);
    assert.equal(session.clientFrame, bytes.length);
    assert.equal(seen.closed, false);
    assert.equal(session.fromClient(bytes, 0, bytes.length), bytes.length);
    assert.equal(seen.closed, true);
    assert.equal(recorded.length, 1);
    assert.match(recorded[0]?.sent ?? '', version === 5 ? /^CONNACK 0x[0-9a-f]{2}$/ : /^CONNACK [0-9]$/);
    assert.equal(recorded[0]?.protocolVersion, version === 5 ? '5.0' : '3.1.1');
    if (version === 4) assert.equal(seen.client, connack);
    else assert.match(Buffer.from(seen.client, 'hex').toString('latin1'), /denied d-1$/);
  });
}

test('what is no CONNECT, too large, or late is closed without a packet', () => {
  for (const hex of ['3003', '10ffffff7f', '10ff7f', '10ffffffff']) {
    const { seen, recorded, session } = refusal('no-identity');
    const bytes = Buffer.from(hex, 'hex');
    session.fromClient(bytes, 0, bytes.length);
    assert.deepEqual(seen, { client: '', closed: true }, hex);
    session.clientEnded(true);
    assert.deepEqual(recorded, [{ action: 'identify', cause: 'no-identity', reason: 'why' }], hex);
  }
  // MQTT 3.1 and later versions are refused in a way that they understand.
  for (const [connect, connack] of [
    ['100f 0006 4d5149736470 03 02 003c 0001 61', '20020001'],
    ['100e 0004 4d515454 06 02 003c 00 0001 61', '2003008400'],
    ['100d 0004 4d515455 04 02 003c 0001 61', ''],
  ] as const) {
    const { seen, session } = refusal('no-identity');
    const bytes = Buffer.from(connect.replaceAll(' ', ''), 'hex');
    session.fromClient(bytes, 0, bytes.length);
    assert.deepEqual(seen, { client: connack, closed: true }, connect);
  }
  const { seen, session } = refusal('no-identity');
  session.tick(999);
  assert.equal(seen.closed, false);
  session.tick(1000);
  assert.equal(seen.closed, true);
});

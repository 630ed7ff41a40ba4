/** What a client is sent for each cause: codes by hand from the tables of the standards, bytes by hand from their grammar. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createMqttRefusal } from '../../../adapters/mqtt/refusal.ts';
import {
  connackCodes,
  connackName,
  DISCONNECT_CODES,
  publishAckCode,
  reasonString,
  subackCode,
} from '../../../adapters/mqtt/rejection-codes.ts';
import type { Rejection, SessionHost } from '../../../adapters/seam.ts';
import { CAUSES, type Cause } from '../../../policies/causes.ts';
import { connectPacket, encode, type Version } from './support/packets.ts';

const ALL = Object.keys(CAUSES) as Cause[];

/** Reason code of MQTT 5, return code of 3.1.1 (undefined: none fits), text. All other causes: 0x87, 5, `denied`. */
const CONNACK: Partial<Record<Cause, readonly [v5: number, v311: number | undefined, text: string]>> = {
  malformed: [0x81, undefined, 'malformed packet'],
  'protocol-error': [0x82, undefined, 'protocol error'],
  'packet-too-large': [0x95, undefined, 'packet too large'],
  'auth-method': [0x8c, undefined, 'authentication method not offered'],
  'client-id': [0x85, 2, 'client identifier not allowed'],
  'client-id-taken': [0x85, 2, 'client identifier not allowed'],
  'topic-invalid': [0x90, undefined, 'invalid topic name'],
  'filter-invalid': [0x87, 5, 'invalid topic filter'],
  'qos-not-allowed': [0x9b, 5, 'denied'],
  'retain-not-allowed': [0x9a, 5, 'denied'],
  'payload-too-large': [0x97, 5, 'payload too large'],
  'receive-maximum': [0x87, 5, 'receive maximum exceeded'],
  'keep-alive': [0x87, 5, 'keep alive timeout'],
  'packet-timeout': [0x87, 5, 'timeout'],
  'limit-publish': [0x97, 3, 'limit exceeded'],
  'limit-bytes': [0x97, 3, 'limit exceeded'],
  'limit-bytes-out': [0x97, 3, 'limit exceeded'],
  'limit-requests': [0x97, 3, 'limit exceeded'],
  'limit-topics': [0x97, 3, 'limit exceeded'],
  'limit-subscriptions': [0x97, 3, 'limit exceeded'],
  'limit-connections': [0x97, 3, 'limit exceeded'],
  'limit-table-full': [0x97, 3, 'limit exceeded'],
  'limit-handshakes': [0x9f, 3, 'limit exceeded'],
  'internal-error': [0x80, 3, 'internal error'],
  draining: [0x88, 3, 'shutting down'],
  'upstream-down': [0x88, 3, 'unavailable'],
  'upstream-tls': [0x88, 3, 'unavailable'],
  'upstream-refused': [0x88, 3, 'unavailable'],
  'upstream-protocol': [0x88, 3, 'unavailable'],
  'upstream-closed': [0x88, 3, 'unavailable'],
  'taken-over': [0x87, 5, 'session taken over'],
  'session-killed': [0x87, 5, 'ended by the operator'],
};

for (const cause of ALL) {
  const [v5, v311, text] = CONNACK[cause] ?? [0x87, 5, 'denied'];

  test(`${cause}: the codes of its CONNACK and its text`, () => {
    assert.deepEqual(connackCodes(cause), { v5, v311 });
    assert.equal(reasonString(cause, 'd-7'), `${text} d-7`);
    assert.equal(reasonString(cause, ''), text);
  });

  test(`${cause}: the bytes of its CONNACK before a session, and the record`, () => {
    const reason = `${text} d-1`;
    const properties = Buffer.concat([Buffer.of(reason.length + 3, 0x1f, 0, reason.length), Buffer.from(reason)]);
    const full = Buffer.concat([Buffer.of(0x20, properties.length + 2, 0, v5), properties]);
    const old = v311 ?? 5;
    for (const [version, bytes, sent, protocolVersion] of [
      [5, full, `CONNACK 0x${v5.toString(16).toUpperCase()}`, '5.0'],
      [4, Buffer.of(0x20, 2, 0, old), `CONNACK ${old}`, '3.1.1'],
    ] as const) {
      const { seen, recorded } = refuse(cause, version);
      assert.deepEqual(seen, { client: bytes.toString('hex'), closed: true });
      const more = { ruleId: 'r', resource: 'x', clientId: 'c' };
      assert.deepEqual(recorded, [{ action: 'identify', cause, reason: 'why', ...more, sent, protocolVersion }]);
    }
  });
}

function refuse(cause: Cause, version: Version) {
  const seen = { client: '', closed: false };
  const recorded: Rejection[] = [];
  const out = {
    toClient: (bytes: Uint8Array) => (seen.client += Buffer.from(bytes).toString('hex')),
    close: () => (seen.closed = true),
  };
  const reject = (rejection: Rejection): string => `d-${recorded.push(rejection)}`;
  const host = { out, now: () => 0, reject } as unknown as SessionHost;
  const rejection = { action: 'identify', cause, reason: 'why', ruleId: 'r', resource: 'x', clientId: 'c' } as const;
  const bytes = encode(connectPacket(version), version);
  const session = createMqttRefusal(host, rejection, { maxConnectSize: bytes.length, timeout: 1 });
  assert.equal(session.fromClient(bytes, 0, bytes.length), bytes.length);
  return { seen, recorded };
}

test('a CONNACK before a session that would be larger than 64 bytes has no text', () => {
  // The longest text and an id that brings the packet to 64 bytes, and to 65.
  for (const [length, expected] of [
    [64, 64],
    [65, 5],
  ] as const) {
    const id = 'x'.repeat(length - 8 - 'authentication method not offered '.length);
    let sent = 0;
    const out = { toClient: (bytes: Uint8Array) => (sent += bytes.length), close: () => {} };
    const host = { out, now: () => 0, reject: () => id } as unknown as SessionHost;
    const bytes = encode(connectPacket(5), 5);
    const rejection = { action: 'identify', cause: 'auth-method', reason: 'why' } as const;
    createMqttRefusal(host, rejection, { maxConnectSize: 500, timeout: 1 }).fromClient(bytes, 0, bytes.length);
    assert.equal(sent, expected);
  }
});

test('PUBACK and PUBREC: a payload over the size breaks a quota, all else is not authorized', () => {
  for (const cause of ALL) assert.equal(publishAckCode(cause), cause === 'payload-too-large' ? 0x97 : 0x87, cause);
});

test('SUBACK: a bad filter, a limit, all else is not authorized', () => {
  for (const cause of ALL) {
    const other = cause.startsWith('limit-') ? 0x97 : 0x87;
    assert.equal(subackCode(cause), cause === 'filter-invalid' ? 0x8f : other, cause);
  }
});

test('DISCONNECT: the code of every reason for which the host ends a session', () => {
  assert.deepEqual(DISCONNECT_CODES, {
    drain: 0x8b,
    'taken-over': 0x8e,
    'policy-changed': 0x87,
    revoked: 0x87,
    'revocation-unknown': 0x87,
    expired: 0x87,
    'session-killed': 0x98,
    'internal-error': 0x80,
  });
});

test('a record names a CONNACK in the way of its version', () => {
  assert.equal(connackName(5, 0x9f), 'CONNACK 0x9F');
  assert.equal(connackName(5, 5), 'CONNACK 0x05');
  assert.equal(connackName(4, 5), 'CONNACK 5');
});

import assert from 'node:assert/strict';
import test from 'node:test';
import type { Rejection } from '../../../../adapters/seam.ts';
import { rejectionDraft } from '../../../../proxy/data-plane/connection/drafts.ts';

const CLIENT = {
  listener: { plan: { name: 'plant', protocol: 'mqtt' } },
  peer: { address: '2001:db8::7', port: 40_001 },
  who: { principal: 'press-1', identity: 'devices' },
  refused: [],
  tls: null,
  hello: null,
} as unknown as Parameters<typeof rejectionDraft>[0];

test('what a session says of a rejection is recorded with the facts of its client, and nothing that it leaves out', () => {
  const least: Rejection = { action: 'publish', cause: 'denied', reason: 'because' };
  const facts = {
    listener: 'plant',
    protocol: 'mqtt',
    peer: '[2001:db8::7]:40001',
    principal: 'press-1',
    identity: 'devices',
    generation: 3,
  };
  assert.deepEqual(rejectionDraft(CLIENT, least, 3), { ...facts, ...least });
  const most: Rejection = {
    ...least,
    resource: 'a/b',
    ruleId: 'roles.r.mqtt.allow[0]',
    role: 'r',
    clientId: 'c',
    protocolVersion: '5.0',
    sent: 'PUBACK 0x97',
    size: 0,
  };
  assert.deepEqual(rejectionDraft(CLIENT, most, 3), { ...facts, ...most });
});

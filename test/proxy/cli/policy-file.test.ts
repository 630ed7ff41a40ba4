import assert from 'node:assert/strict';
import test from 'node:test';
import type { LintListener } from '../../../policies/analysis/lint/finding.ts';
import { ANONYMOUS } from '../../../policies/identity/anonymous.ts';
import { readPolicyFile } from '../../../proxy/cli/policy-file.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { edit, SOUND, SOUND_KAFKA } from '../control-plane/config/support.ts';

const TLS = 'clients: [devices]';
const MQTT: LintListener = { protocol: 'mqtt', clients: ['devices'], maxTopicLevels: 32, admits: [] };
const KAFKA: LintListener = { protocol: 'kafka', clients: ['devices'], admits: [] };

/** A configuration, and what the policy knows of its listeners. */
const LISTENERS: readonly (readonly [about: string, text: string, ...listeners: LintListener[]])[] = [
  ['one', SOUND, MQTT],
  ['two', SOUND_KAFKA, MQTT, KAFKA],
  [
    'the levels of topics',
    edit('protocol: mqtt', 'protocol: mqtt\n    mqtt: { maxTopicLevels: 5 }'),
    { ...MQTT, maxTopicLevels: 5 },
  ],
  [
    'a certificate that is optional',
    edit(TLS, `${TLS}\n      clientAuth: optional`),
    { ...MQTT, clients: ['devices', ANONYMOUS] },
  ],
  ['no certificate', edit(TLS, 'clientAuth: none'), { ...MQTT, clients: [ANONYMOUS] }],
  [
    'admitted addresses',
    edit('protocol: mqtt', 'protocol: mqtt\n    admission: { allow: [10.0.0.0/8] }'),
    { ...MQTT, admits: ['10.0.0.0/8'] },
  ],
  [
    'addresses behind a load balancer',
    edit('protocol: mqtt', 'protocol: mqtt\n    admission: { allow: [10.0.0.0/8] }\n    proxyProtocol: [10.0.0.0/8]'),
    { ...MQTT, admits: [] },
  ],
];

for (const [about, text, ...listeners] of LISTENERS) {
  test(`listeners as the policy sees them: ${about}`, async () => {
    await using dir = tempDir();
    const file = readPolicyFile(dir.write('headgate.yaml', text));
    assert.ok(file.ok, JSON.stringify(file));
    assert.deepEqual(file.policy.listeners, listeners);
    assert.deepEqual(file.policy.stores, ['devices']);
    assert.deepEqual(Object.keys(file.policy.policy.roles), ['device']);
  });
}

test('a file that is missing or is not text is reported like any other problem', async () => {
  await using dir = tempDir();
  const missing = readPolicyFile(dir.file('none.yaml'));
  assert.ok(!missing.ok);
  assert.match(missing.problems[0]?.message ?? '', /^the file does not exist/);
  const binary = readPolicyFile(dir.write('binary.yaml', Uint8Array.of(0xff, 0xfe, 0x00)));
  assert.ok(!binary.ok);
  assert.match(binary.problems[0]?.message ?? '', /not UTF-8/);
});

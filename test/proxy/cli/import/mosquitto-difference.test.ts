/** acl_files, imported, held against a real mosquitto with the same file. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Policy } from '../../../../policies/types.ts';
import { importMosquitto } from '../../../../proxy/cli/import/mosquitto.ts';
import { startMosquitto } from '../../../support/mosquitto.ts';
import { connectMqtt } from '../../../support/mqtt-client.ts';
import { without } from '../../../support/require-tool.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { identify, policyOf, TRUST } from './loaded.ts';

const FILES = 10;
const skip = without('mosquitto');

/** Clients with a user name, and one without. `carol` has no lines of her own. */
const USERS = ['alice', 'bob', 'carol', undefined];
const TOPICS = ['a', 'b', 'a/b', 'a/c', 'a/b/c', '/a', 'a/', 's/alice', 's/bob', 's/bob/x', '$x/a', 'a//b', 'c d'];
const FILTERS = [
  'a',
  'b',
  '#',
  '+',
  'a/#',
  'a/+',
  '+/b',
  '+/+',
  'a/b/#',
  '/+',
  '/#',
  's/bob',
  's/+/x',
  '$x/#',
  '$x/+',
  'a/',
  'c d',
];
const PATTERNS = ['s/%u', 's/%u/#', '%u', 'a/b', 'a/#', '+/%u', '#', '$x/#'];
const access = fc.constantFrom('read ', 'write ', 'readwrite ', '', 'deny ', 'deny ');
const topicLine = fc
  .tuple(access, fc.constantFrom(...FILTERS))
  .map(([how, topic]) => `topic ${how || (topic.includes(' ') ? 'readwrite ' : '')}${topic}`);
const patternLine = fc.tuple(access, fc.constantFrom(...PATTERNS)).map(([how, topic]) => `pattern ${how}${topic}`);
const topicLines = fc.array(topicLine, { maxLength: 4, size: 'max' });
const file = fc
  .record({ before: topicLines, alice: topicLines, bob: topicLines, patterns: fc.array(patternLine, { maxLength: 3 }) })
  .map(({ before, alice, bob, patterns }) =>
    [...before, 'user admin', 'topic #', 'topic $x/#', 'user alice', ...alice, ...patterns, 'user bob', ...bob]
      .map((line) => `${line}\n`)
      .join(''),
  );

interface Decision {
  readonly user: string | undefined;
  readonly topic: string;
  readonly action: 'publish' | 'receive';
  readonly allowed: boolean;
}

test('an imported file decides as mosquitto does, or denies where it was told', { skip }, async (t) => {
  const counts = { allowed: 0, denied: 0, narrower: 0 };
  for (const text of fc.sample(file, { seed: 20_261_124, numRuns: FILES })) {
    const imported = importMosquitto(text, TRUST);
    const policy = policyOf(imported);
    for (const { user, topic, action, allowed } of await decisions(text)) {
      const ours = decide(policy, user, topic, action);
      if (ours === allowed) counts[ours ? 'allowed' : 'denied']++;
      else {
        const told = imported.leftOut.some(({ reason }) => reason.startsWith('narrower: denied also where'));
        assert.ok(allowed && told, `${user} ${action} ${topic}: mosquitto ${allowed}, ours ${ours}\n${text}`);
        counts.narrower++;
      }
    }
  }
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.allowed > 100 && counts.denied > 300 && counts.narrower < 100);
});

function decide(policy: Policy, user: string | undefined, topic: string, action: Decision['action']): boolean {
  const who = identify(policy, user);
  if (who === undefined) return false;
  const mqtt = policy.mqtt(who);
  const bytes = Buffer.from(topic);
  const permit =
    action === 'publish' ? mqtt.publish(bytes, 0, bytes.length, 1, false, 0) : mqtt.receive(bytes, 0, bytes.length);
  return permit > 0;
}

/** What a real mosquitto lets each user do: publish each topic, and be sent it. */
async function decisions(text: string): Promise<Decision[]> {
  await using dir = tempDir();
  await using broker = await startMosquitto({ config: [`acl_file ${dir.write('acl', text)}`] });
  const connect = (user: string | undefined) =>
    connectMqtt({
      port: broker.port,
      clientId: `c-${user ?? 'none'}`,
      ...(user === undefined ? {} : { more: { username: user } }),
    });
  await using admin = await connect('admin');
  const found: Decision[] = [];
  for (const user of USERS) {
    await using client = await connect(user);
    // mosquitto grants any subscription, and holds back what may not be read.
    assert.deepEqual(await client.subscribe(['#', '$x/#']), [0, 0]);
    const before = client.received.length;
    for (const topic of TOPICS) await admin.publish(topic, 'x', { qos: 1 });
    // Its answer comes behind the messages.
    await client.subscribe('barrier');
    const received = new Set(client.received.slice(before).map(({ topic }) => topic));
    for (const topic of TOPICS) {
      found.push({ user, topic, action: 'receive', allowed: received.has(topic) });
      const code = await client.publish(topic, 'x', { qos: 1 });
      found.push({ user, topic, action: 'publish', allowed: code < 128 });
    }
  }
  return found;
}

/** What the kafka-acls tool of a real Apache Kafka prints is what the import reads. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { importKafkaAcls } from '../../../../proxy/cli/import/kafka-acls.ts';
import { runChild } from '../../../support/child.ts';
import { startKafka } from '../../../support/kafka.ts';
import { javaArguments, kafkaLibs, requireKafka } from '../../../support/kafka-dist.ts';
import { testPki } from '../../../support/pki.ts';
import { policyOf, TRUST } from './loaded.ts';

/** Milliseconds for one run of the tool. */
const DEADLINE = 60_000;

const ADDED: readonly (readonly string[])[] = [
  ['--allow-principal', 'User:alice', '--operation', 'Read', '--operation', 'DescribeConfigs', '--topic', 'orders'],
  ['--deny-principal', 'User:bob', '--deny-host', '10.0.0.1', '--topic', 'or', '--resource-pattern-type', 'prefixed'],
  ['--allow-principal', 'User:*', '--operation', 'Create', '--cluster'],
  ['--allow-principal', 'User:alice', '--operation', 'Write', '--transactional-id', '*'],
  ['--allow-principal', 'User:alice', '--operation', 'Read', '--group', 'a, patternType=LITERAL)'],
];

test('the list of a real Kafka is carried over whole', { skip: requireKafka() }, async () => {
  const libs = await kafkaLibs();
  assert.ok(libs !== undefined);
  const pki = await testPki();
  const server = await pki.issue({ subject: 'O=Acme,CN=broker', dns: ['localhost'], ip: ['127.0.0.1'], eku: 'both' });
  await using kafka = await startKafka({ authorizer: { server, superUsers: ['broker', 'ANONYMOUS'] } });
  const java = await javaArguments(libs, 128);
  const tool = async (...args: readonly string[]): Promise<string> => {
    const all = [
      ...java,
      'org.apache.kafka.tools.AclCommand',
      '--bootstrap-server',
      `localhost:${kafka.port}`,
      ...args,
    ];
    const { code, stdout, stderr } = await runChild('java', all, { deadline: DEADLINE });
    assert.equal(code, 0, stderr + stdout);
    return stdout;
  };
  await Promise.all(ADDED.map((args) => tool('--add', '--force', ...args)));
  const imported = importKafkaAcls(await tool('--list'), TRUST);
  assert.deepEqual(imported.leftOut, []);
  const found = (role: string, effect: 'allow' | 'deny') =>
    (imported.roles[role]?.kafka?.[effect] ?? []).map((rule) => ({ ...rule, operations: rule.operations.toSorted() }));
  const sorted = (rules: object[]) => rules.map((rule) => JSON.stringify(rule)).sort();
  assert.deepEqual(
    sorted(found('alice', 'allow')),
    sorted([
      { topic: 'orders', operations: ['describeConfigs', 'read'] },
      { transactionalId: '*', operations: ['write'] },
      { group: 'a, patternType=LITERAL)', operations: ['read'] },
    ]),
  );
  assert.deepEqual(found('bob', 'deny'), [{ topic: 'or', prefix: true, operations: ['all'], hosts: ['10.0.0.1'] }]);
  assert.deepEqual(found('everyone', 'allow'), [{ cluster: true, operations: ['create'] }]);
  policyOf(imported);
  const ofAlice = importKafkaAcls(await tool('--list', '--principal', 'User:alice'), TRUST);
  assert.deepEqual([ofAlice.leftOut, Object.keys(ofAlice.roles)], [[], ['alice']]);
});

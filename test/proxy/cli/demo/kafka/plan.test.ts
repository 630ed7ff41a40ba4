import assert from 'node:assert/strict';
import test from 'node:test';
import { planKafka } from '../../../../../proxy/cli/demo/kafka/plan.ts';

const jars = async () => ({ libs: '/somewhere/libs' });
const none = async () => ({ missing: 'Maven (mvn) is not installed' });
const neverAsked = () => assert.fail('nothing is fetched for a broker of the user’s own');
const answers = async () => true;

test('HEADGATE_KAFKA goes before the jars, which are not even looked for', async () => {
  for (const [text, host, port] of [
    ['kafka.example:9092', 'kafka.example', 9092],
    ['[::1]:65535', '::1', 65_535],
  ] as const) {
    const plan = await planKafka({ HEADGATE_KAFKA: text, CI: 'true' }, neverAsked, answers);
    assert.deepEqual(plan, { kind: 'external', host, port });
  }
});

test('a malformed HEADGATE_KAFKA is an error in words, never another broker', async () => {
  for (const text of ['kafka', 'kafka:', ':9092', 'kafka:0', 'kafka:65536', 'a:1,b:2', 'ssl://b:1', 'b:1 ', 'a"b:1']) {
    const planning = planKafka({ HEADGATE_KAFKA: text }, neverAsked, answers);
    await assert.rejects(planning, /HEADGATE_KAFKA must be host:port, for example 127\.0\.0\.1:9092/, text);
  }
});

test('a broker of the user’s own that does not answer is an error by name', async () => {
  const planning = planKafka({ HEADGATE_KAFKA: '[::1]:1' }, neverAsked, async () => false);
  await assert.rejects(planning, /^Error: no broker answers at HEADGATE_KAFKA=\[::1\]:1$/);
});

test('with the jars a node is started', async () => {
  const plan = await planKafka({ HEADGATE_KAFKA: '' }, jars, neverAsked);
  assert.deepEqual(plan, { kind: 'node', libs: '/somewhere/libs' });
});

test('without either Kafka is skipped, saying how to get it, and under CI that is a failure', async () => {
  for (const [CI, failure] of [
    [undefined, false],
    ['false', false],
    ['true', true],
  ] as const) {
    const plan = await planKafka({ CI }, none, neverAsked);
    const reason = 'Maven (mvn) is not installed; install Java and Maven, or set HEADGATE_KAFKA=host:port';
    assert.deepEqual(plan, { kind: 'none', reason, failure });
  }
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { NOT_REQUESTED } from '../../../adapters/kafka/error-codes.ts';
import { hiddenTopic, rewriteOperations } from '../../../adapters/kafka/topic-description.ts';
import { ClientContext } from './support/client-context.ts';

const context = new ClientContext({ allow: [{ topic: 'orders', operations: ['read'] }] });

/** READ and DESCRIBE. */
const OWN = (1 << 3) | (1 << 8);

/** [name, what the broker told, what the client is told] */
const CASES: readonly [name: string | null, told: number | undefined, expected: number | undefined][] = [
  ['orders', 3576, OWN],
  ['bills', 3576, 0],
  ['orders', NOT_REQUESTED, NOT_REQUESTED],
  ['orders', undefined, undefined],
  [null, 3576, NOT_REQUESTED],
];

for (const [name, told, expected] of CASES) {
  test(`operations on ${name}: the broker says ${told}, the client is told ${expected}`, () => {
    const topic = { name, ...(told !== undefined && { topicAuthorizedOperations: told }) };
    rewriteOperations(context, topic);
    assert.deepEqual(topic, { name, ...(expected !== undefined && { topicAuthorizedOperations: expected }) });
  });
}

test('hidden topics differ in nothing but their name', () => {
  assert.deepEqual({ ...hiddenTopic('there'), name: '' }, { ...hiddenTopic('not there'), name: '' });
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { describeFailure } from '../../../../../proxy/cli/demo/kafka/client.ts';

const because = (message: string, cause: string) => new Error(message, { cause: new Error(cause) });

const CASES: readonly [what: string, error: unknown, said: readonly string[], observed: string][] = [
  ['a code in the cause', because('no retries left', 'Not authorized: [Topic authorization failed]'), [], 'error 29'],
  [
    'a code that kafkajs only logs',
    new Error('Failed to find group coordinator'),
    ['Response GroupCoordinator(key: 10, version: 2) Not authorized to access group: Group authorization failed'],
    'error 30',
  ],
  ['a transactional id', new Error('Transactional Id authorization failed'), [], 'error 53'],
  ['the end of the connection', because('Closed connection', 'Closed connection'), ['Closed connection '], 'closed'],
  ['a reset', new Error('read ECONNRESET'), [], 'closed'],
  ['anything else, as it is', new Error('no such host'), [], 'no such host'],
];

for (const [what, error, said, observed] of CASES) {
  test(`what a client observed: ${what}`, () => assert.equal(describeFailure(error, said), observed));
}

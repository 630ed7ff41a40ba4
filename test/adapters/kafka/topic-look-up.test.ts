import assert from 'node:assert/strict';
import test from 'node:test';
import { ZERO_UUID } from '../../../adapters/kafka/error-codes.ts';
import { freshTopics, unresolvedIds } from '../../../adapters/kafka/topic-look-up.ts';
import { IDS, UNKNOWN_ID } from './support/alice.ts';
import { ClientContext } from './support/client-context.ts';

test('ids that are neither known nor known to be unknown are looked up', () => {
  const context = new ClientContext({ ids: { allowed: IDS.allowed }, unknown: [UNKNOWN_ID] });
  assert.deepEqual(unresolvedIds(context, [ZERO_UUID, IDS.secret, IDS.allowed, UNKNOWN_ID, IDS.descr]), [
    IDS.secret,
    IDS.descr,
  ]);
});

test('a list of topics is as good as a new one for two seconds', () => {
  const topics = ['b', 'a'];
  assert.deepEqual(freshTopics(new ClientContext({ topics, now: 2000 })), ['a', 'b']);
  assert.equal(freshTopics(new ClientContext({ topics, now: 2001 })), undefined);
  assert.equal(freshTopics(new ClientContext({})), undefined);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { APIS, KAFKA_API_NAMES } from '../../../adapters/kafka/apis/index.ts';

test('the names that a configuration may hide are those of the APIs that are spoken, in the order of their keys', () => {
  const spoken = [...APIS.values()].sort((a, b) => a.key - b.key);
  assert.deepEqual(
    KAFKA_API_NAMES,
    spoken.map(({ name }) => name),
  );
});

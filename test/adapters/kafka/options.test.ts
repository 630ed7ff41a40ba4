import assert from 'node:assert/strict';
import test from 'node:test';
import { APIS } from '../../../adapters/kafka/codec/apis.ts';
import { KAFKA_API_NAMES } from '../../../adapters/kafka/options.ts';

test('the names that a configuration may hide are those of the APIs that are spoken, in the order of their keys', () => {
  const spoken = [...APIS.values()].sort((a, b) => a.key - b.key);
  assert.deepEqual(
    KAFKA_API_NAMES,
    spoken.map(({ name }) => name),
  );
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { fitsTransactionFeature } from '../../../adapters/kafka/transaction-feature.ts';

const VERSIONS = { 0: 12, 26: 5, 28: 5 } as const;

function fits(changed: Readonly<Record<number, number | undefined>>): boolean {
  const versions = Object.entries({ ...VERSIONS, ...changed });
  return fitsTransactionFeature(
    versions.flatMap(([key, maxVersion]) => (maxVersion === undefined ? [] : [{ apiKey: Number(key), maxVersion }])),
  );
}

test('the feature needs Produce 12, EndTxn 5 and TxnOffsetCommit 5', () => {
  assert.equal(fits({}), true);
  assert.equal(fits({ 0: 13, 28: 6, 3: 1 }), true);
  for (const [key, version] of Object.entries(VERSIONS)) {
    assert.equal(fits({ [key]: version - 1 }), false, `${key} in version ${version - 1}`);
    assert.equal(fits({ [key]: undefined }), false, `without ${key}`);
  }
});

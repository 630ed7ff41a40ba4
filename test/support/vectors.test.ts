import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { readVectors, withoutVectors } from './vectors.ts';

const MISSING = 'no-such-vectors.jsonl.gz';

function setCi(t: TestContext, value: string | undefined): void {
  const before = process.env['CI'];
  const set = (to: string | undefined) => {
    if (to === undefined) delete process.env['CI'];
    else process.env['CI'] = to;
  };
  set(value);
  t.after(() => set(before));
}

test('a test whose vectors are missing is skipped, and says which', (t) => {
  setCi(t, undefined);
  assert.match(String(withoutVectors(MISSING)), /^no no-such-vectors\.jsonl\.gz in HEADGATE_VECTORS/);
  assert.deepEqual(readVectors(MISSING), []);
});

test('under CI=true it fails with the name of what is missing, whether it asks first or not', (t) => {
  setCi(t, 'true');
  assert.throws(() => withoutVectors(MISSING), /no-such-vectors\.jsonl\.gz/);
  assert.throws(() => readVectors(MISSING), /no-such-vectors\.jsonl\.gz/);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { compareWithSchema, ENFORCEMENT } from '../../../proxy/config/enforced.ts';
import { everyKey } from '../../../proxy/config/keys.ts';
import { CONFIGURATION_KEYS } from '../../../proxy/config/load.ts';
import { edit, workspace } from './support.ts';

test('every key of the schema is in the table of enforcement, and every row is a key', () => {
  assert.deepEqual(compareWithSchema(CONFIGURATION_KEYS), { missing: [], stale: [] });
  assert.ok(ENFORCEMENT.size > 100);
});

test('every key has a description, and every value a kind', () => {
  for (const { path, facts, children, named, element } of everyKey(CONFIGURATION_KEYS)) {
    assert.ok(facts.description !== undefined && facts.description.length > 5, path);
    const plain = children.size === 0 && named === undefined && element === undefined;
    assert.ok(!plain || facts.type !== undefined, path);
  }
});

const CASES: readonly (readonly [path: string, from: string, to: string, feature: string])[] = [
  ['trust.devices.revocation.ocsp', 'ca: ca.pem', 'ca: ca.pem, revocation: { ocsp: aia }', 'OCSP'],
];

for (const [path, from, to, feature] of CASES) {
  test(`a run refuses what this build does not enforce, a check warns: ${path}`, async () => {
    await using dir = await workspace();
    const text = edit(from, to);
    const run = dir.load(text, { forRun: true });
    assert.ok(!run.ok);
    assert.deepEqual(
      run.problems.map((problem) => [problem.severity, problem.path, problem.message, problem.fix]),
      [['error', path, `this build does not enforce ${feature} yet`, 'remove it to run']],
    );
    const check = dir.load(text);
    assert.ok(check.ok);
    assert.deepEqual(
      check.warnings.map((problem) => [problem.path, problem.line]),
      [[path, run.problems[0]?.line]],
    );
  });
}

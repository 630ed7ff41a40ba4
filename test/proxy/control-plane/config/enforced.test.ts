import assert from 'node:assert/strict';
import test from 'node:test';
import { checkEnforced, compareWithSchema, ENFORCEMENT } from '../../../../proxy/control-plane/config/enforced.ts';
import { everyKey } from '../../../../proxy/control-plane/config/keys.ts';
import { CONFIGURATION_KEYS } from '../../../../proxy/control-plane/config/load.ts';
import { Report } from '../../../../proxy/control-plane/config/problem.ts';
import { Source } from '../../../../proxy/control-plane/config/source.ts';

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

test('a run refuses what a build does not enforce, a check warns, each at the key', () => {
  const table = new Map(ENFORCEMENT).set('state', 'state on disk').set('trust.*.revocation.ocsp', 'OCSP');
  const value = { state: { dir: 'state' }, trust: { devices: { revocation: { ocsp: 'aia', mode: 'require' } } } };
  for (const [forRun, severity] of [
    [true, 'error'],
    [false, 'warning'],
  ] as const) {
    const report = new Report(new Source('headgate.yaml', ''));
    checkEnforced(value, CONFIGURATION_KEYS, report, forRun, table);
    assert.deepEqual(
      report.all().map((problem) => [problem.severity, problem.path, /enforce (.*) yet/.exec(problem.message)?.[1]]),
      [
        [severity, 'state', 'state on disk'],
        [severity, 'trust.devices.revocation.ocsp', 'OCSP'],
      ],
    );
  }
});

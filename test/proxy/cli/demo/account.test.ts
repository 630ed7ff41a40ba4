import assert from 'node:assert/strict';
import test from 'node:test';
import { Account } from '../../../../proxy/cli/demo/account.ts';
import { KAFKA_STEPS } from '../../../../proxy/cli/demo/kafka/steps.ts';
import type { Result } from '../../../../proxy/cli/demo/result.ts';
import { script } from '../../../../proxy/cli/demo/steps.ts';

function capture(): { readonly lines: string[]; readonly account: Account } {
  const lines: string[] = [];
  const push = (line: string) => void lines.push(line);
  return { lines, account: new Account({ out: push, err: push }) };
}

test('every step is one line of at most 100 columns, in the columns of the heading', () => {
  for (const steps of [script(4), script(5), KAFKA_STEPS]) {
    const { lines, account } = capture();
    account.columns();
    for (const step of steps) account.step({ step, saw: step.sees, by: step.by, id: 'd-1-abcd9z', mismatches: [] });
    assert.equal(lines.length, steps.length + 1);
    const [heading = '', ...rows] = lines;
    for (const [index, row] of rows.entries()) {
      assert.ok(row.length <= 100, `${row.length}: ${row}`);
      assert.ok(row.slice(heading.indexOf('BY')).startsWith(steps[index]?.by ?? '-'), row);
      assert.ok(row.slice(heading.indexOf('SAW')).startsWith(steps[index]?.sees ?? '-'), row);
    }
    const refused = steps.filter(({ cause }) => cause !== undefined).length;
    const counts = { steps: steps.length, allowed: steps.length - refused, refused, skipped: 0, failed: 0 };
    assert.deepEqual(account.counts, counts);
    assert.ok(account.ok);
  }
});

test('an expectation that did not hold prints expected and seen, and counts as failed only', () => {
  const { lines, account } = capture();
  const step = script(5)[0] as Result['step'];
  const mismatches = [{ of: 'what the client saw', expected: step.sees, seen: 'CONNACK 0x00' }];
  account.step({ step, saw: 'CONNACK 0x00', by: step.by, id: '', mismatches });
  assert.match(lines[0] ?? '', / FAILED /);
  assert.deepEqual(lines.slice(1), [
    '  what the client saw',
    '    expected: CONNACK 0x87',
    '    seen:     CONNACK 0x00',
  ]);
  assert.deepEqual(account.counts, { steps: 1, allowed: 0, refused: 0, skipped: 0, failed: 1 });
  assert.ok(!account.ok);
});

test('skipped steps are one line with their number; as a failure they fail the account', () => {
  for (const failure of [false, true]) {
    const { lines, account } = capture();
    account.skip('mosquitto is not installed', 19, failure);
    assert.deepEqual(lines, [`${failure ? 'FAILED: ' : ''}19 steps skipped: mosquitto is not installed`]);
    assert.deepEqual([account.counts.skipped, account.counts.failed, account.ok], [19, failure ? 1 : 0, !failure]);
  }
});

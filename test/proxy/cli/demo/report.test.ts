import assert from 'node:assert/strict';
import test from 'node:test';
import { KAFKA_STEPS } from '../../../../proxy/cli/demo/kafka/steps.ts';
import { Report } from '../../../../proxy/cli/demo/report.ts';
import type { Result } from '../../../../proxy/cli/demo/result.ts';
import { stepsOf } from '../../../../proxy/cli/demo/steps.ts';

function capture(): { readonly lines: string[]; readonly report: Report } {
  const lines: string[] = [];
  const push = (line: string) => void lines.push(line);
  return { lines, report: new Report({ out: push, err: push }) };
}

test('every step is one line of at most 100 columns, in the columns of the heading', () => {
  for (const steps of [stepsOf(4), stepsOf(5), KAFKA_STEPS]) {
    const { lines, report } = capture();
    report.columns();
    for (const step of steps) report.step({ step, observed: step.sees, by: step.by, id: 'd-1-abcd9z', mismatches: [] });
    assert.equal(lines.length, steps.length + 1);
    const [heading = '', ...rows] = lines;
    for (const [index, row] of rows.entries()) {
      assert.ok(row.length <= 100, `${row.length}: ${row}`);
      assert.ok(row.slice(heading.indexOf('BY')).startsWith(steps[index]?.by ?? '-'), row);
      assert.ok(row.slice(heading.indexOf('SAW')).startsWith(steps[index]?.sees ?? '-'), row);
    }
    const refused = steps.filter(({ cause }) => cause !== undefined).length;
    const counts = { steps: steps.length, allowed: steps.length - refused, refused, skipped: 0, failed: 0 };
    assert.deepEqual(report.counts, counts);
    assert.ok(report.ok);
  }
});

test('an expectation that did not hold prints expected and seen, and counts as failed only', () => {
  const { lines, report } = capture();
  const step = stepsOf(5)[0] as Result['step'];
  const mismatches = [{ of: 'what the client observed', expected: step.sees, seen: 'CONNACK 0x00' }];
  report.step({ step, observed: 'CONNACK 0x00', by: step.by, id: '', mismatches });
  assert.match(lines[0] ?? '', / FAILED /);
  assert.deepEqual(lines.slice(1), [
    '  what the client observed',
    '    expected: CONNACK 0x87',
    '    seen:     CONNACK 0x00',
  ]);
  assert.deepEqual(report.counts, { steps: 1, allowed: 0, refused: 0, skipped: 0, failed: 1 });
  assert.ok(!report.ok);
});

test('skipped steps are one line with their number; as a failure they fail the report', () => {
  for (const failure of [false, true]) {
    const { lines, report } = capture();
    report.skip('mosquitto is not installed', 19, failure);
    assert.deepEqual(lines, [`${failure ? 'FAILED: ' : ''}19 steps skipped: mosquitto is not installed`]);
    assert.deepEqual([report.counts.skipped, report.counts.failed, report.ok], [19, failure ? 1 : 0, !failure]);
  }
});

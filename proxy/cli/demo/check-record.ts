import type { DemoGate } from './gate.ts';
import type { Report } from './report.ts';
import type { Mismatch } from './result.ts';

/** Holds the number of rejections on record since `mark` against that of the refusals that were played. */
export function checkRecord(report: Report, gate: DemoGate, mark: number, expected: number): void {
  const counted = gate.rejections.items.slice(mark).reduce((sum, event) => sum + event.count, 0);
  const mismatches: Mismatch[] = [];
  if (expected !== counted) {
    mismatches.push({ of: 'rejections on record', expected: String(expected), seen: String(counted) });
  }
  report.check(`At the gate: ${counted} rejections on record for ${expected} refusals.`, mismatches);
}

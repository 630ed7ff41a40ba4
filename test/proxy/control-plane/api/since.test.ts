import assert from 'node:assert/strict';
import test from 'node:test';
import { parseSince } from '../../../../proxy/control-plane/api/since.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const CASES: readonly (readonly [string, number | undefined])[] = [
  ['90s', NOW - 90_000],
  ['10m', NOW - 600_000],
  ['2h', NOW - 7_200_000],
  ['1d', NOW - 86_400_000],
  ['500ms', NOW - 500],
  ['0s', NOW],
  ['2026-11-24T11:00:00Z', NOW - 3_600_000],
  ['2026-11-24T12:00:00.500+01:00', NOW - 3_600_000 + 500],
  [String(NOW), NOW],
  ['', undefined],
  ['10', undefined],
  ['10 m', undefined],
  ['-10m', undefined],
  ['1w', undefined],
  ['1e3s', undefined],
  ['2026-11-24', undefined],
  ['2026-13-24T11:00:00Z', undefined],
  ['9999999999d', undefined],
];
for (const [text, meant] of CASES) {
  test(`${JSON.stringify(text)} means ${meant}`, () => assert.equal(parseSince(text, NOW), meant));
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** Resident memory of a process in bytes; undefined where /proc is not. */
export function residentMemory(pid: number): number | undefined {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}

/** The process has gained less than `most` bytes; true where memory cannot be asked. */
export function assertGain(most: number, before: number | undefined, after: number | undefined): void {
  if (before === undefined || after === undefined) return;
  assert.ok(after - before < most, `the process gained ${((after - before) / (1024 * 1024)).toFixed(1)} MiB`);
}

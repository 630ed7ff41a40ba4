/** What the kernel says of a process and its descendants (Linux /proc). */
import { readdirSync, readFileSync } from 'node:fs';

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // the process or thread ended in between
  }
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** The process and all its descendants, parents first. */
export function treeOf(pid: number): number[] {
  const tree = [pid];
  for (const parent of tree) {
    for (const thread of threadsOf(parent)) {
      const children = read(`/proc/${parent}/task/${thread}/children`).trim();
      if (children !== '') tree.push(...children.split(' ').map(Number));
    }
  }
  return tree;
}

const TICKS_PER_SECOND = 100; // USER_HZ, fixed on Linux

/** utime + stime of one process in seconds, all threads, ended ones too (proc(5): fields 14 and 15 of stat). */
function tickSeconds(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
}

/** Time on a CPU of all living threads in seconds, in nanosecond steps (task/TID/schedstat, first field). */
function schedSeconds(pid: number): number {
  let ns = 0;
  for (const thread of threadsOf(pid)) {
    ns += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0] || 0);
  }
  return ns / 1e9;
}

/**
 * CPU-seconds of a process tree, user and system, all threads. /proc/PID/stat counts in steps of
 * 10 ms, so the same sum is read from schedstat where the kernel has it.
 */
export function cpuSeconds(pid: number): number {
  let seconds = 0;
  for (const one of treeOf(pid)) seconds += schedSeconds(one) || tickSeconds(one);
  return seconds;
}

/** Proportional set size of a process tree in bytes. */
export function pssBytes(pid: number): number {
  let kib = 0;
  for (const one of treeOf(pid)) {
    kib += Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${one}/smaps_rollup`))?.[1] ?? 0);
  }
  return kib * 1024;
}

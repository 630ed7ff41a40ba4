import { parentPort, workerData } from 'node:worker_threads';
import type { LimitKind } from '../../../../../adapters/seam.ts';
import {
  type LimitHandle,
  openAddressBuckets,
  openClientIds,
  openClock,
  openLimits,
  openWorkers,
  SharedLockError,
  type SharedState,
} from '../../../../../proxy/shared/tables/index.ts';
import { Journal } from '../../../../../proxy/shared/tables/journal.ts';
import { Lock } from '../../../../../proxy/shared/tables/lock.ts';
import { CONTROL } from '../../../../../proxy/shared/tables/state.ts';
import type { SharedLimits } from '../../../../../proxy/shared/tables/types.ts';

const { state, worker } = workerData as { state: SharedState; worker: number };
const clock = openClock(state);
const limits = openLimits(state, worker);
const ids = openClientIds(state, worker);
const workers = openWorkers(state);
const addresses = openAddressBuckets(state, worker);
let sessions = 0;

interface Key {
  readonly principal: string;
  readonly limits: SharedLimits;
}

/** Threads that do nothing but take the lock starve each other on a loaded machine, which the product answers by a refusal. */
function patiently<T>(work: () => T): T {
  for (let tries = 1; ; tries++) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SharedLockError) || tries === 50) throw error;
    }
  }
}

/** What could not be given back for want of the lock. */
function settle(): void {
  for (let i = 0; i < 20; i++) limits.sweep(clock.now());
}

function acquire(key: Key): LimitHandle {
  const handle = patiently(() => limits.acquire('identity', key.principal, key.limits));
  if (handle === 'table-full') throw new Error('the table is full');
  return handle;
}

function hammer(rounds: number, enter: () => boolean, leave: () => void, inside: SharedArrayBuffer, limit: number) {
  const cell = new Int32Array(inside);
  let entered = 0;
  let violations = 0;
  for (let i = 0; i < rounds; i++) {
    if (!enter()) continue;
    entered++;
    if (Atomics.add(cell, 0, 1) + 1 > limit) violations++;
    Atomics.sub(cell, 0, 1);
    leave();
  }
  return { entered, violations };
}

const tasks = {
  now: (_: undefined) => clock.real(),
  /** Takes until it is refused; returns how many tokens it got. */
  drain(args: Key & { readonly kind: LimitKind; readonly n: number }): number {
    const handle = acquire(args);
    let granted = 0;
    while (handle.take(args.kind, args.n, 0, clock.now()) === 0) granted += args.n;
    return granted;
  },
  /** Reserves so many times and returns the waits in ms. */
  reserve(args: Key & { readonly times: number }): number[] {
    const handle = acquire(args);
    return Array.from({ length: args.times }, () => handle.take('publish', 1, Number.POSITIVE_INFINITY, clock.now()));
  },
  handshakes(args: Key & { readonly times: number }): number {
    const handle = acquire(args);
    let granted = 0;
    for (let i = 0; i < args.times; i++) if (handle.takeHandshake(clock.now())) granted++;
    return granted;
  },
  /** Connects so often and keeps what it got. */
  connect(args: Key & { readonly times: number }): number {
    const handle = acquire(args);
    let granted = 0;
    for (let i = 0; i < args.times; i++) if (patiently(() => handle.connect())) granted++;
    return granted;
  },
  connectAndLeave(args: Key & { readonly rounds: number; readonly inside: SharedArrayBuffer; readonly limit: number }) {
    const handle = acquire(args);
    const result = hammer(
      args.rounds,
      () => patiently(() => handle.connect()),
      () => handle.disconnect(),
      args.inside,
      args.limit,
    );
    settle();
    return result;
  },
  handshakeAndLeave(args: { readonly rounds: number; readonly inside: SharedArrayBuffer; readonly limit: number }) {
    const enter = () => workers.tryEnterHandshake(worker, args.limit);
    return hammer(args.rounds, enter, () => workers.leaveHandshake(worker), args.inside, args.limit);
  },
  /** Claims and releases ids that others claim too; then ends all its sessions. */
  claims(args: Key & { readonly rounds: number; readonly ids: number }): Record<string, number> {
    const handle = acquire(args);
    const results: Record<string, number> = {};
    const open: { listener: string; clientId: string; session: number; handle: LimitHandle }[] = [];
    for (let i = 0; i < args.rounds; i++) {
      const session = ++sessions;
      const claim = { listener: 'l', clientId: `id-${i % args.ids}`, session, handle };
      const { result } = patiently(() => ids.claim({ ...claim, identity: 'identity', principal: args.principal }));
      results[result] = (results[result] ?? 0) + 1;
      if (result === 'granted' || result === 'taken-over') open.push(claim);
      const oldest = open.length > 2 ? open.shift() : undefined;
      if (oldest !== undefined) ids.release(oldest);
    }
    for (const claim of open) ids.release(claim);
    handle.release();
    settle();
    return results;
  },
  address(args: { readonly key: string; readonly times: number }): number {
    let granted = 0;
    for (let i = 0; i < args.times; i++) if (addresses.take(args.key, 1, 1000, clock.now())) granted++;
    return granted;
  },
  /** Says that it has begun and never ends. */
  stormForEver(args: Key): void {
    parentPort?.postMessage('begun');
    for (let round = 0; ; round++) {
      const handle = acquire({ ...args, principal: `${args.principal}-${round % 7}` });
      const claim = { listener: 'l', clientId: `id-${round % 5}-${round % 7}`, session: round, handle };
      patiently(() => ids.claim({ ...claim, identity: 'identity', principal: `${args.principal}-${round % 7}` }));
      patiently(() => handle.connect());
      if (round % 3 === 0) ids.release(claim);
      if (round % 2 === 0) handle.disconnect();
      addresses.take('192.0.2.1', 1e6, 1e6, clock.now());
      handle.release();
    }
  },
  /** Dies inside a structural operation, before or behind its commit. */
  holdLockForEver(args: { readonly writes: [number, number][]; readonly sealed: boolean }): void {
    new Lock(state, CONTROL.structureLock, worker + 1).enter();
    const journal = new Journal(state);
    journal.begin();
    for (const [index, value] of args.writes) journal.write(index, value);
    if (args.sealed) journal.seal();
    parentPort?.postMessage('begun');
    for (;;);
  },
};

export type Tasks = typeof tasks;

parentPort?.on('message', ({ task, args }: { task: keyof Tasks; args: never }) => {
  const answer = tasks[task](args);
  parentPort?.postMessage(answer);
});

import type { LimitKind } from '../../../adapters/seam.ts';
import type { GroupLimits } from '../../../policies/types.ts';
import type { LimitHandle, LimitTable } from './types.ts';

/**
 * The groups that one connection shares limits with. What is charged is granted by the client's own limits first, so that
 * one who is over them takes nothing from the group; a group that refuses has it given back by all before it.
 */
export class GroupHandles {
  /** What it was made of. */
  readonly stated: readonly GroupLimits[];
  readonly #handles: readonly LimitHandle[];
  #counted = false;

  private constructor(stated: readonly GroupLimits[], handles: readonly LimitHandle[]) {
    this.stated = stated;
    this.#handles = handles;
  }

  /** @throws {SharedLockError} */
  static acquire(table: LimitTable, stated: readonly GroupLimits[]): GroupHandles | 'table-full' {
    const handles: LimitHandle[] = [];
    let isWhole = false;
    try {
      for (const limits of stated) {
        const handle = table.acquireGroup(limits);
        if (handle === 'table-full') return handle;
        handles.push(handle);
      }
      isWhole = true;
      return new GroupHandles(stated, handles);
    } finally {
      if (!isWhole) for (const handle of handles) handle.release();
    }
  }

  /** After `own` has granted `n` tokens in `ownWait` ms: the longest wait of all, or -1 and nothing is taken of anybody. */
  take(own: LimitHandle, ownWait: number, kind: LimitKind, n: number, maxWaitMs: number, nowMs: number): number {
    const handles = this.#handles;
    let longest = ownWait;
    for (let i = 0; i < handles.length; i++) {
      const wait = (handles[i] as LimitHandle).take(kind, n, maxWaitMs, nowMs);
      if (wait < 0) {
        own.giveBack(kind, n);
        for (let before = 0; before < i; before++) (handles[before] as LimitHandle).giveBack(kind, n);
        return -1;
      }
      if (wait > longest) longest = wait;
    }
    return longest;
  }

  /** After `own` has granted a handshake: one of each group, or false and nothing is taken of anybody. */
  takeHandshake(own: LimitHandle, nowMs: number): boolean {
    const taken = [own];
    for (const handle of this.#handles) {
      if (!handle.takeHandshake(nowMs)) {
        for (const one of taken) one.giveBackHandshake();
        return false;
      }
      taken.push(handle);
    }
    return true;
  }

  /**
   * Counts the connection in every group or in none; false when one is full.
   * @param always The connection takes the place of another one, which is still counted: it is not refused.
   * @throws {SharedLockError}
   */
  connect(always: boolean): boolean {
    const counted: LimitHandle[] = [];
    try {
      for (const handle of this.#handles) {
        if (!handle.connect(always)) return false;
        counted.push(handle);
      }
      this.#counted = true;
      return true;
    } finally {
      if (!this.#counted) for (const handle of counted) handle.disconnect();
    }
  }

  /** Gives everything back. Once, at the end. */
  release(): void {
    for (const handle of this.#handles) {
      if (this.#counted) handle.disconnect();
      handle.release();
    }
    this.#counted = false;
  }
}

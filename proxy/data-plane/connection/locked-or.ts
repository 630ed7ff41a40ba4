import { SharedLockError } from '../../shared/tables/index.ts';

/** `otherwise` when the lock of the shared tables cannot be taken: new clients are refused then, others are not affected. */
export function lockedOr<T, F>(otherwise: F, work: () => T): T | F {
  try {
    return work();
  } catch (error) {
    if (error instanceof SharedLockError) return otherwise;
    throw error;
  }
}

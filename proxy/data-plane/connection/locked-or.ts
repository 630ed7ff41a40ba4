import { SharedLockError } from '../../shared/tables/index.ts';

/** `otherwise` when the lock of the shared tables is not to be had: then nobody new gets in, and nobody else is harmed. */
export function lockedOr<T, F>(otherwise: F, work: () => T): T | F {
  try {
    return work();
  } catch (error) {
    if (error instanceof SharedLockError) return otherwise;
    throw error;
  }
}

import { MAX_LIMIT } from '../control-plane/api/max-limit.ts';
import { UsageError } from './usage-error.ts';

/** @throws UsageError when `--limit` is no number that the admin server takes */
export function checkLimit(limit: string | undefined): void {
  if (limit === undefined) return;
  if (/^\d{1,5}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= MAX_LIMIT) return;
  throw new UsageError(`--limit is a number from 1 to ${MAX_LIMIT}`);
}

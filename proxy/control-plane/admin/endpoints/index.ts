import type { AdminEndpoint } from '../endpoint.ts';
import { denyAdd, denyList, denyRemove } from './deny.ts';
import { inventory } from './inventory.ts';
import { policy } from './policy.ts';
import { pq } from './pq.ts';
import { rejectionStream, rejections } from './rejections.ts';
import { reload } from './reload.ts';
import { rollback } from './rollback.ts';

/** Everything that the admin server answers; whatever is not here is a 404 or a 405. */
export const ENDPOINTS: readonly AdminEndpoint[] = [
  rejections,
  rejectionStream,
  policy,
  inventory,
  pq,
  reload,
  rollback,
  denyList,
  denyAdd,
  denyRemove,
];

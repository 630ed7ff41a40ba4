import { buildRevocationIndex } from '../../policies/revocation/build-index.ts';
import type { PlannedRevocation } from '../../proxy/control-plane/generations/generation-plan.ts';
import { Revocation } from '../../proxy/data-plane/revocation/revocation.ts';

/** The part of a generation in which nobody is revoked or denied. */
export const NO_REVOCATION_PART: PlannedRevocation = {
  version: 'none',
  value: { index: buildRevocationIndex([]), deny: [] },
};

export const NO_REVOCATION = new Revocation('none', NO_REVOCATION_PART.value);

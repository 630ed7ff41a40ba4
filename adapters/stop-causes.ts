import type { Cause } from '../policies/causes.ts';
import type { StopReason } from './seam.ts';

/** What a session that the host ends is recorded as. */
export const STOP_CAUSES: Readonly<Record<StopReason, Cause>> = {
  drain: 'draining',
  'taken-over': 'taken-over',
  'policy-changed': 'policy-changed',
  revoked: 'revoked',
  'revocation-unknown': 'revocation-unknown',
  expired: 'expired',
  'session-killed': 'session-killed',
  'internal-error': 'internal-error',
};

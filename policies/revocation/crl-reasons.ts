/** CRLReason of RFC 5280 5.3.1 by number; 7 is not used. */
export const REASONS: readonly (string | undefined)[] = [
  'unspecified',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  undefined,
  'removeFromCRL',
  'privilegeWithdrawn',
  'aACompromise',
];

export const REMOVE_FROM_CRL = 8;

export function isReason(code: number): boolean {
  return REASONS[code] !== undefined;
}

/** `keyCompromise`; for people. */
export function reasonText(code: number): string {
  return REASONS[code] ?? `reason ${code}`;
}

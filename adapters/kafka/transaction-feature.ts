/** The feature by which clients learn that transactions of the second version are to be used (KIP-890). */
export const TRANSACTION_FEATURE = 'transaction.version';

/** Clients then leave out requests that these versions make superfluous: [key, least version]. */
const NEEDED = [
  // Produce, EndTxn, TxnOffsetCommit.
  [0, 12],
  [26, 5],
  [28, 5],
] as const;

/** May a client that is offered these APIs be sent the feature too? */
export function fitsTransactionFeature(
  apis: readonly { readonly apiKey: number; readonly maxVersion: number }[],
): boolean {
  return NEEDED.every(([key, min]) => apis.some(({ apiKey, maxVersion }) => apiKey === key && maxVersion >= min));
}

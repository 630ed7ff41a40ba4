/** Lists about certificates of one authority, as a worker asks the control plane for them. */
export interface CrlQuery {
  /** Name of the trust store that accepted the chain. */
  readonly store: string;
  /** The authority's certificate, DER. */
  readonly issuer: Uint8Array;
  /** Where its lists are published: they are as good as each other. */
  readonly urls: readonly string[];
}

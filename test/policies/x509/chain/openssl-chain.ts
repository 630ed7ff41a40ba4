import type { Issued } from './issue.ts';

export interface OpensslChain {
  readonly what: string;
  /** Leaf first, then what is presented. */
  readonly chain: readonly [Issued, ...Issued[]];
  readonly trust: readonly Issued[];
  readonly partial?: boolean;
  /** Why we judge it differently, where we do. */
  readonly differs?: string;
}

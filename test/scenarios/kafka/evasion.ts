import type { Cause } from '../../../policies/causes.ts';

/** What cases are made of and cannot know beforehand. */
export interface World {
  /** Topic id by name. */
  readonly ids: Readonly<Record<string, string>>;
  /** A sound record batch: a broker that got it would append it. */
  readonly batch: Buffer;
}

/** An answer of the given API and version; of its body what is given. */
export interface Answer {
  readonly key: number;
  readonly version: number;
  readonly body: object;
}

export interface Evasion {
  /** Of the list of evasions in README.md. */
  readonly row: number;
  readonly name: string;
  /** Default `erp-1`, whose rights are ERP in test/support/kafka-gate.ts; `nobody` is known and has none. */
  readonly who?: 'erp-1' | 'nobody';
  /** Whole frames with their lengths, sent at once. */
  readonly sends: (world: World) => readonly Buffer[];
  /** In this order, and nothing else comes. */
  readonly answers?: readonly Answer[] | ((world: World) => readonly Answer[]);
  /** The cause with which the connection ends, after the answers; absent: it goes on. */
  readonly closed?: Cause;
  /** Causes that are recorded beside that; each at least once. */
  readonly rejected?: readonly Cause[];
  /** Records that orders.a has more afterwards. Default 0; of secret there are never more. */
  readonly written?: number;
  /** The words that no answer holds. */
  readonly hides?: readonly string[];
}

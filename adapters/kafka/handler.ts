/**
 * What one API is to the gate: how a request of it is decided, what is sent to the broker in its
 * place, and what of the response the client may see. A handler is a value in adapters/kafka/apis/;
 * it holds no state and touches no socket. The session (session.ts) reads the bytes, keeps the
 * order of the responses and carries out what the handler returns.
 */
import type { Decision, Permit } from '../../policies/decision.ts';
import type { KafkaAccess } from '../../policies/types.ts';
import type { ApiReference } from './api-reference.ts';
import type { Api } from './codec/schema.ts';
import type { KafkaOptions } from './options.ts';
import type { Topology } from './topology.ts';

/** A request as its header and its frame say. */
export interface RequestInfo {
  readonly version: number;
  /** null and '' mean the same to Kafka. */
  readonly clientId: string | null;
}

/** Versions of an API, both inclusive. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** What a handler sees of its connection. `access` is that of the moment: a policy may change between request and response. */
export interface Context {
  readonly access: KafkaAccess;
  readonly options: KafkaOptions;
  /** The APIs that clients of this listener are offered, by API key. */
  readonly offered: ReadonlyMap<number, VersionRange>;
  readonly topology: Topology;
  /** Milliseconds of the shared clock: for how long "no such id" holds. */
  readonly now: number;
  /** The address by which clients reach broker `node`; undefined: there is none, and the node is left out. */
  advertised(node: number): { readonly host: string; readonly port: number } | undefined;
  /** Records a refusal. `code` is the Kafka error code that the client is sent. */
  deny(decision: Decision, code: number): void;
  /** Records what is let through because what would refuse it is in shadow: the refusal that it would be. */
  denyInShadow(decision: Decision): void;
}

/** What goes with a request to the broker. */
interface Forwarded<R> {
  readonly permit: Permit;
  /**
   * Changes a response of the broker in place, before it is written anew. Returning `'same'` says
   * that nothing had to change: then the broker's own bytes go out. May return a new value
   * instead. Without it the response passes as it is.
   *
   * A method to the compiler, so that the handler of one API counts as a handler of any: the
   * codec hands each the messages of its own API (apis/index.ts).
   */
  rewrite?(context: Context, response: R): R | 'same';
  /** Fetch: the response needs `rewrite` only when the scan of its topics finds something. */
  readonly scan?: boolean;
  /** Records in a Produce, to be held against the limit. */
  readonly records?: number;
}

/** See `Forwarded`. */
export type Rewrite<R> = NonNullable<Forwarded<R>['rewrite']>;

/** An int32 by its offset in the body, with the value that the broker is sent. */
export type Int32Field = readonly [offset: number, value: number];

/**
 * What a handler decided of a request: pass its bytes, send another in its place, respond here, or look something up
 * first.
 */
export type Outcome<Q, R> =
  /** The client's own bytes go to the broker, but for the fields that are `overwritten` in them. */
  | ({ readonly kind: 'pass'; readonly overwritten?: readonly Int32Field[] } & Forwarded<R>)
  /**
   * A changed request goes to the broker; in `version` where the broker is to be asked in
   * another one than the client's: then `rewrite` gets the response in that version and makes one
   * of the client's. `partial`: something of the request was refused.
   */
  | ({ readonly kind: 'send'; readonly body: Q; readonly version?: number; readonly partial?: boolean } & Forwarded<R>)
  /** The broker is not asked. */
  | { readonly kind: 'respond'; readonly body: R }
  /** These topic ids are looked up first, then the request is decided again from its bytes. */
  | { readonly kind: 'resolve'; readonly ids: readonly string[] }
  /** The list of all topics is renewed first, then the request is decided again from its bytes. */
  | { readonly kind: 'list-topics' };

/** One API: its schema, what the documentation says of it, and what becomes of a request. */
export interface Handler<Q extends object, R extends object> {
  readonly api: Api<Q, R>;
  readonly reference: ApiReference;
  /**
   * Decides one request. `body` is read strictly; byte fields are views of a buffer that is
   * reused when the call returns, so what is kept for `rewrite` holds no bytes of it.
   * @throws KafkaError to close the connection
   */
  request(context: Context, request: RequestInfo, body: Q): Outcome<Q, R>;
  /**
   * The response that refuses all of it because a limit is used up (89 THROTTLING_QUOTA_EXCEEDED),
   * for APIs whose clients understand that; undefined: this request has no such response.
   */
  overLimit?(request: RequestInfo, body: Q): R | undefined;
}

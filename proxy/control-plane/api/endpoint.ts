/** The contract of the admin API's endpoints, which the admin server and the commands share. */

/**
 * A read: GET, answered with JSON of type `Response`. Other methods, a body, and query keys that are not listed are
 * refused.
 */
export interface ReadEndpoint<Response, Key extends string = never> {
  readonly method: 'GET';
  readonly path: string;
  /** Query keys; each at most once, never empty. */
  readonly query: readonly Key[];
  /** Members of the response that are arrays: by them a client sees that it speaks to headgate. */
  readonly lists?: readonly (keyof Response & string)[];
}

/** A write: POST with JSON of type `Body`, answered with JSON of type `Response`. There is no query. */
export interface WriteEndpoint<Response, Body> {
  readonly method: 'POST';
  readonly path: string;
  /** Never present: they carry the types. */
  readonly types?: { readonly response: Response; readonly body: Body };
}

/** A read that is answered with server-sent events (WHATWG HTML section 9.2), each with JSON of type `Event`. */
export interface StreamEndpoint<Event, Key extends string> {
  readonly method: 'GET';
  readonly path: string;
  readonly query: readonly Key[];
  /** Never present: it carries the type. */
  readonly event?: Event;
}

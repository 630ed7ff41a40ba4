/** What is asked of the load generator about a fleet: many sessions that stay open until the proxy ends them. */

export interface FleetRequest {
  readonly port: number;
  /** PEM of the proxy's authority. */
  readonly ca: string;
  /** PEM; each of them has `each` sessions. */
  readonly clients: readonly { readonly cert: string; readonly key: string }[];
  readonly each: number;
}

/** A message at QoS 1 and its acknowledgement. */
export interface RoundTrip {
  /** By `monotonicMs`. */
  readonly sent: number;
  readonly ms: number;
}

export type FleetApi = {
  openFleet(params: FleetRequest): void;
  /** Answers when all sessions of a client (its place in `clients`) are cut: when the last was, by `monotonicMs`. */
  fleetCut(params: { client: number }): number;
  /** Sends a message on every open session; answers how many were acknowledged. */
  fleetAnswers(params: null): number;
  /** Begins round trips on so many sessions of the later half of the clients, one each `every` milliseconds on each. */
  startPinging(params: { sessions: number; every: number }): void;
  stopPinging(params: null): RoundTrip[];
};

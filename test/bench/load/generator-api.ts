/** What the bench asks of the load generator process. */
import type { FleetApi } from './fleet-api.ts';

export interface Endpoint {
  readonly port: number;
  /** PEM texts; absent: plain TCP (the direct rows). */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** How PUBLISH packets are laid out. */
export interface Layout {
  /** Bytes of one packet, header included. */
  readonly packet: number;
  readonly perRecord: number;
}

export type GeneratorApi = FleetApi & {
  /** Opens publishing connections and has their CONNECT answered. */
  openPublishers(params: { endpoint: Endpoint; connections: number }): void;
  /** Encrypts at least `bytes` of PUBLISHes over all connections; answers how many bytes of plaintext it became. */
  prepare(params: { layout: Layout; bytes: number }): number;
  /** Sends what was prepared; answers only when the connections are closed, with an error if a proxy ends one before. */
  send(params: null): void;
  /** Opens connections that subscribe to `topic`. */
  openSubscribers(params: { endpoint: Endpoint; connections: number; topic: string }): void;
  /** Answers when so many bytes arrived at the subscribers since they were opened or since the last call. */
  received(params: { bytes: number }): void;
  /** Opens Kafka connections for `prepareProduce`. */
  openProducers(params: { endpoint: Endpoint; connections: number }): void;
  /** As `prepare`, for Produce requests of one batch each. */
  prepareProduce(params: { batchBytes: number; bytes: number }): number;
  /** Opens Kafka connections that will fetch batches of this size; answers the bytes of one answer. */
  openFetchers(params: { endpoint: Endpoint; connections: number; batchBytes: number }): number;
  /** Fetches so many answers on each connection, a few at a time. */
  fetch(params: { perConnection: number }): void;
  /** Opens Kafka connections for `trickle`. */
  openTricklers(params: { endpoint: Endpoint; connections: number }): void;
  /** Begins a Produce of so many bytes on each connection, then sends a byte of it each second. */
  trickle(params: { frameBytes: number; seconds: number }): void;
  /** Opens connections that stay silent after their CONNECT. */
  openIdle(params: { endpoint: Endpoint; connections: number }): void;
  /** Makes so many connections one after the other in `lanes`: handshake, CONNECT, CONNACK, DISCONNECT. */
  handshakes(params: { endpoint: Endpoint; count: number; lanes: number }): void;
  /** As `handshakes`, with a server that sends one byte when it has judged and then waits for the end. */
  bareHandshakes(params: { endpoint: Endpoint; count: number; lanes: number }): void;
  /** 256-byte QoS 1 PUBLISH and PUBACK, one at a time; answers the round trips in microseconds. */
  pingPong(params: { endpoint: Endpoint; trips: number; warmUp: number }): { p50: number; p99: number };
  /** Ends all open connections. */
  close(params: null): void;
};

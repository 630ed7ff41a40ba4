import type { Protocol } from '../protocol.ts';

/** What the bench asks of the sink process. */
export type SinkApi = {
  /** Starts listening; answers the port of each protocol. */
  listen(params: null): Record<Protocol, number>;
  /** Sets the count of swallowed bytes to 0: those of clients that swallow, and of Produce requests. */
  mark(params: null): void;
  /** Answers when so many bytes were swallowed since `mark`. */
  swallowed(params: { bytes: number }): void;
  /** Sends so many bytes of 1 KiB PUBLISHes on each subscribed connection, in writes of 64 KiB. */
  deliver(params: { bytesPerConnection: number; topic: string }): void;
};

/** The client id says how the sink treats a connection. */
export const SWALLOW = 'swallow-';
export const ANSWER = 'answer-';
export const DELIVER = 'deliver-';

import type { Cause } from '../../policies/causes.ts';
import { KafkaError } from './error.ts';
import { type KafkaState, PHASE } from './state.ts';

/** Ends both connections; what is under way is flushed. */
export function close(s: KafkaState): void {
  if (s.phase === PHASE.closed) return;
  s.phase = PHASE.closed;
  s.freeMemory();
  s.out.close();
}

/** Kafka has no words for the end of a connection: it is recorded, then closed. */
export function refuse(s: KafkaState, cause: Cause, words: string): void {
  if (s.phase === PHASE.closed) return;
  s.reject('session', cause, words);
  close(s);
}

/** What the client sent is not to be borne: closed without an answer, as Kafka does. */
export function clientFault(s: KafkaState, error: unknown): void {
  if (!(error instanceof KafkaError)) throw error;
  refuse(s, error.why, error.message);
}

/** What the broker sent breaks the protocol: nothing more of it may reach the client. */
export function brokerFault(s: KafkaState, error: unknown): void {
  if (!(error instanceof KafkaError)) throw error;
  if (error.why === 'policy-changed') refuse(s, error.why, error.message);
  else refuse(s, 'upstream-protocol', `the broker's answer: ${error.message}`);
}

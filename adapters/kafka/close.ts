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

/** Kafka has no message for the end of a connection: it is recorded, then closed. */
export function refuse(s: KafkaState, cause: Cause, message: string): void {
  if (s.phase === PHASE.closed) return;
  s.reject('session', cause, message);
  close(s);
}

/** The client broke the protocol: closed without a response, as Kafka does. */
export function clientFault(s: KafkaState, error: unknown): void {
  if (!(error instanceof KafkaError)) throw error;
  refuse(s, error.why, error.message);
}

/** Causes that lie with us although the broker's bytes brought them up. */
const OURS: readonly Cause[] = ['policy-changed', 'limit-bytes-out'];

/** What the broker sent breaks the protocol, or is not for this client: nothing more of it may reach it. */
export function brokerFault(s: KafkaState, error: unknown): void {
  if (!(error instanceof KafkaError)) throw error;
  if (OURS.includes(error.why)) refuse(s, error.why, error.message);
  else refuse(s, 'upstream-protocol', `the broker's answer: ${error.message}`);
}

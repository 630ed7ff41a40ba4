import type { Rejection, Session, SessionHost } from '../seam.ts';

/**
 * A session for a client that was refused before it could speak Kafka. Kafka has no message for
 * that: a broker closes the connection too.
 */
export function createKafkaRefusal(host: SessionHost, rejection: Rejection): Session {
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    host.reject(rejection);
    host.out.close();
  };
  return {
    clientFrame: 0,
    brokerFrame: 0,
    fromClient: (_buf, _start, end) => {
      close();
      return end;
    },
    fromBroker: (_buf, _start, end) => end,
    brokerReady: () => {},
    brokerFailed: () => {},
    clientEnded: close,
    brokerEnded: () => {},
    tick: close,
    stop: close,
    ended: () => {},
  };
}

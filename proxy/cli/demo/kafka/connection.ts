import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import type { Credentials } from '../certificates.ts';
import { RESPONSE_MS } from '../deadline.ts';

/** What a client said in its own log of errors. */
export type Said = (message: string) => void;

export interface GateCaller {
  /** Of the listener, at localhost. */
  readonly port: number;
  readonly clientId: string;
  /** Trusted authorities, PEM. */
  readonly ca: string;
  readonly credentials?: Credentials;
  readonly said: Said;
}

const PATIENCE = { connectionTimeout: RESPONSE_MS, requestTimeout: RESPONSE_MS } as const;

/** kafkajs over mutual TLS, without a second try: the report shows its first response. */
export function throughGate({ port, clientId, ca, credentials, said }: GateCaller): Kafka {
  const tls: KafkaConfig['ssl'] = {
    ca: [ca],
    ...(credentials && { cert: credentials.cert, key: credentials.key }),
  };
  return new Kafka({
    ...PATIENCE,
    clientId,
    brokers: [`localhost:${port}`],
    ssl: tls,
    retry: { retries: 0 },
    logLevel: logLevel.ERROR,
    logCreator:
      () =>
      ({ log }) =>
        said(`${log.message} ${log['error'] ?? ''}`),
  });
}

/** kafkajs straight to the broker, past the gate, with patience for one that has just started. */
export function pastGate(address: string): Kafka {
  return new Kafka({
    ...PATIENCE,
    clientId: 'headgate-demo',
    brokers: [address],
    retry: { retries: 10, initialRetryTime: 50, factor: 0, multiplier: 1.5, maxRetryTime: 1000 },
    logLevel: logLevel.NOTHING,
  });
}

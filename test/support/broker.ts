/** What tests ask of a broker, whichever it is. All listen on 127.0.0.1. */
export interface Broker extends AsyncDisposable {
  readonly kind: 'mosquitto' | 'aedes';
  readonly port: number;
  /** Stops in an orderly way. */
  stop(): Promise<void>;
  /** Ends at once, without a goodbye. */
  kill(): Promise<void>;
  /** Starts again on the same port, with no memory of before. */
  restart(): Promise<void>;
}

/** What a listener's configuration says about Kafka. */
export interface KafkaOptions {
  /** Largest Produce request and largest answer in bytes, without the length in front. */
  readonly maxFrameSize: number;
  /** Largest request of every other API in bytes. */
  readonly maxRequestSize: number;
  /** Requests of one connection that wait for a response; with more, the client is not read. */
  readonly maxInFlight: number;
  /** Bytes of unfinished requests that are held for the clients of the listener, in the whole process. */
  readonly memory: number;
  /** Milliseconds: longest pause of a connection that is over its limit. */
  readonly maxThrottle: number;
  /** Let the broker create topics that a Metadata request names, for clients that may create them. */
  readonly autoCreateTopics: boolean;
  /** Kafka's names of APIs that are not offered. */
  readonly hideApis: readonly string[];
}

/** Milliseconds. */
export interface KafkaTimeouts {
  /** From the creation of the session to a complete first request. */
  readonly connect: number;
  /** From the first byte of a request to its last; large requests get more. */
  readonly packet: number;
  /** For learning the address of the broker that a client connects to. */
  readonly upstream: number;
}

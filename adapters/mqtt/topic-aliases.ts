import { CODE } from './codec/reason-codes.ts';
import { MqttError, protocolError } from './error.ts';

/** Bytes of all remembered topics of one connection. */
const MAX_BYTES = 64 * 1024;

/**
 * The topic aliases that one client set. They end here: the broker sees full topics, and a
 * topic is authorised after it was resolved [MQTT5 3.3.2.3.4].
 */
export class TopicAliases {
  readonly #max: number;
  readonly #topics = new Map<number, Uint8Array>();
  #bytes = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Remembers the topic, whatever will become of its packet. Returns the kept copy. */
  set(alias: number, buf: Uint8Array, start: number, end: number): Uint8Array {
    this.#check(alias);
    const known = this.#topics.get(alias);
    // Some clients send topic and alias every time.
    if (known !== undefined && Buffer.compare(known, buf.subarray(start, end)) === 0) return known;
    this.#bytes += end - start - (known?.length ?? 0);
    if (this.#bytes > MAX_BYTES)
      throw protocolError(`topic aliases for more than ${MAX_BYTES} bytes`, CODE.quotaExceeded);
    const topic = Uint8Array.from(buf.subarray(start, end));
    this.#topics.set(alias, topic);
    return topic;
  }

  get(alias: number): Uint8Array {
    this.#check(alias);
    const topic = this.#topics.get(alias);
    if (topic === undefined) throw protocolError('a topic alias that was not set');
    return topic;
  }

  #check(alias: number): void {
    if (alias <= this.#max) return;
    throw new MqttError('protocol-error', CODE.topicAliasInvalid, `topic alias ${alias}, but ${this.#max} are offered`);
  }
}

import { CODE } from './codec/reason-codes.ts';
import { protocolError } from './error.ts';

/** Bytes of all topics that the aliases of one connection stand for. */
const MAX_BYTES = 64 * 1024;

/**
 * The topic aliases that one client set. They are resolved here: the broker sees full topics, and a
 * topic is authorized after it was resolved (MQTT 5.0, 3.3.2.3.4).
 */
export class TopicAliases {
  readonly #max: number;
  readonly #topics = new Map<number, Uint8Array>();
  #bytes = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Sets the alias, whatever the decision on its packet. Returns the kept copy of the topic. Throws MqttError. */
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

  /** The topic of the alias. Throws MqttError when it is not set or above the offer. */
  get(alias: number): Uint8Array {
    this.#check(alias);
    const topic = this.#topics.get(alias);
    if (topic === undefined) throw protocolError('a topic alias that was not set');
    return topic;
  }

  #check(alias: number): void {
    if (alias <= this.#max) return;
    throw protocolError(`topic alias ${alias}, but ${this.#max} are offered`, CODE.topicAliasInvalid);
  }
}

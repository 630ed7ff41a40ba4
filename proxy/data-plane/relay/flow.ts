import type { Reader } from '../reader/reader.ts';
import type { Writer } from './writer.ts';

/** Bytes that a client (or a broker) has not taken; above it the other side is not read. */
const BACKLOG_PAUSE = 256 * 1024;

/** Back-pressure: who does not take what it is sent stops whoever feeds it. */
export class Flow {
  readonly #client: Writer;
  #reader!: Reader;
  #broker: Writer | null = null;
  #clientPaused = false;
  #brokerPaused = false;

  constructor(client: Writer) {
    this.#client = client;
  }

  /** The client is read from now on. */
  start(reader: Reader): void {
    this.#reader = reader;
  }

  /** The broker is there. */
  connect(broker: Writer): void {
    this.#broker = broker;
  }

  get clientPaused(): boolean {
    return this.#clientPaused;
  }

  get brokerPaused(): boolean {
    return this.#brokerPaused;
  }

  /** Stops or starts reading on both sides as the writers are now. `held`, `brokerHeld`: the session wants no bytes of the client, of the broker. */
  adjust(held: boolean, brokerHeld: boolean): void {
    const client = this.#client;
    const broker = this.#broker;
    const pauseClient = held || (broker?.busy ?? false) || client.backlog > BACKLOG_PAUSE;
    if (pauseClient !== this.#clientPaused) {
      this.#clientPaused = pauseClient;
      if (pauseClient) this.#reader.pause();
      else this.#reader.resume();
    }
    const pauseBroker = brokerHeld || client.busy || (broker?.backlog ?? 0) > BACKLOG_PAUSE;
    if (pauseBroker !== this.#brokerPaused) {
      this.#brokerPaused = pauseBroker;
      if (pauseBroker) broker?.socket.pause();
      else broker?.socket.resume();
    }
  }
}

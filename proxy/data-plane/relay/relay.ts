import type { Socket } from 'node:net';
import type { Session } from '../../../adapters/seam.ts';
import type { Reader } from '../reader/reader.ts';
import { isTlsFault, type OnRead } from '../upstream/dial.ts';
import type { Arena, BatchOwner } from './arena.ts';
import { BROKER_READ_SIZE, type BrokerReadBuffer } from './broker-read-buffer.ts';
import { Flow } from './flow.ts';
import { type Consumer, HEADROOM, Inlet } from './inlet.ts';
import { ReadCoalescing } from './read-coalescing.ts';
import { SessionPort } from './session-port.ts';
import { SlowConsumerTimeout } from './slow-consumer-timeout.ts';
import { Writer } from './writer.ts';

/** Milliseconds for the last bytes after `close`. */
const FLUSH_DEADLINE = 2000;

/** What the relay needs from the connection that owns it. */
export interface RelayOwner {
  /** Called at every entry from the event loop, so that a fault can be attributed to this connection. */
  entered(): void;
  /** Opens the upstream connection; ends in `relay.brokerConnected`, or the session is told that it failed. */
  dial(): void;
  /** Both sockets are gone. */
  ended(): void;
  /** The client does not read its answers. */
  slowClient(): void;
  /** A fault of ours: record it and end the connection. */
  fault(error: unknown): void;
  /** Milliseconds of the shared clock. */
  now(): number;
}

/**
 * Moves bytes between the two sockets of one connection and its session. Owns sockets and
 * buffers; knows no protocol. Every entry from the event loop runs the session, then settles:
 * what the session sent is written (one write per direction), a wish to resume or to close is
 * carried out, and reading on both sides is stopped or started again.
 */
export class Relay implements BatchOwner {
  /** What the session may do. */
  readonly out: SessionPort;
  readonly #owner: RelayOwner;
  readonly #arena: Arena;
  readonly #brokerBuffer: BrokerReadBuffer;
  readonly #client: Socket;
  readonly #clientWriter: Writer;
  readonly #fromClient: Inlet;
  #broker: Socket | null = null;
  #brokerWriter: Writer | null = null;
  readonly #fromBroker: Inlet;
  readonly #flow: Flow;
  readonly #coalescing = new ReadCoalescing(realClock);
  readonly #slowConsumer = new SlowConsumerTimeout();
  #session!: Session;
  #reader!: Reader;

  #depth = 0;
  #memoryFree = true;
  /** Batches that the broker's socket still reads. */
  readonly #kept: Buffer[] = [];
  /** When it began, in milliseconds of the shared clock; 0: not yet. */
  #closing = 0;
  #clientEnd = false;
  #brokerEnd = false;
  #fullRead = false;
  #ended = false;

  constructor(owner: RelayOwner, arena: Arena, brokerBuffer: BrokerReadBuffer, client: Socket) {
    this.#owner = owner;
    this.#arena = arena;
    this.#brokerBuffer = brokerBuffer;
    this.#client = client;
    this.#clientWriter = new Writer(client, true, this.#onWriterReady);
    this.#flow = new Flow(this.#clientWriter);
    this.out = new SessionPort(this.#flow, () => owner.dial());
    this.#fromClient = new Inlet(this.#consumer(true));
    this.#fromBroker = new Inlet(this.#consumer(false));
  }

  /** Begins to read the client. */
  start(session: Session, reader: Reader): void {
    this.#session = session;
    this.#reader = reader;
    this.#flow.start(reader);
    const client = this.#client;
    client.on('end', this.#onClientEnd);
    client.on('close', this.#onClientClose);
    reader.start(this.#onClientBytes);
  }

  get closing(): boolean {
    return this.#closing > 0;
  }

  // === entries from the event loop ===

  /** A batch of client bytes from the arena. */
  take(buf: Buffer, start: number, end: number): boolean {
    if (!this.#enter()) return true;
    this.#memoryFree = true;
    try {
      this.#fromClient.offer(buf, start, end);
    } catch (error) {
      this.#fault(error);
    }
    this.#leave();
    if (!this.#memoryFree) this.#kept.push(buf);
    return this.#memoryFree;
  }

  #onClientBytes = (bytes: Uint8Array, n: number): void => {
    this.#owner.entered();
    this.#coalescing.clientBytes();
    this.#arena.receive(this, bytes, n);
  };

  /** Where the bytes of the broker that is dialled are to be read into. */
  get brokerRead(): OnRead {
    return { buffer: this.#brokerBuffer.read, callback: (n) => this.brokerBytes(n) };
  }

  /** `n` bytes of the broker are in the read buffer. False: do not read on. */
  brokerBytes(n: number): boolean {
    if (!this.#enter()) return true;
    this.#fullRead = n === BROKER_READ_SIZE;
    try {
      this.#fromBroker.offer(this.#brokerBuffer.buffer, HEADROOM, HEADROOM + n);
    } catch (error) {
      this.#fault(error);
    }
    this.#leave();
    if (this.#flow.brokerPaused) return false;
    if (!this.#coalescing.pauses(n)) return true;
    this.#brokerBuffer.wait(this.#resumeBroker);
    return false;
  }

  #resumeBroker = (): void => {
    if (!this.#flow.brokerPaused && this.#closing === 0) this.#broker?.resume();
  };

  /** The upstream connection is there. */
  brokerConnected(broker: Socket, tls: boolean): void {
    if (this.#ended || this.#closing > 0) {
      broker.destroy();
      return;
    }
    this.#broker = broker;
    this.#brokerWriter = new Writer(broker, tls, this.#onBrokerReady);
    this.#flow.connect(this.#brokerWriter);
    this.out.connected = true;
    broker.on('error', this.#onBrokerError);
    broker.on('end', this.#onBrokerEnd);
    broker.on('close', this.#onBrokerClose);
    this.run(() => this.#session.brokerReady());
  }

  /** Runs a piece of the session from a timer or a callback, then settles. */
  run(work: () => void): void {
    if (!this.#enter()) return;
    this.#guard(work);
    this.#leave();
  }

  /** About every 250 ms. */
  tick(now: number): void {
    if (this.#closing > 0) {
      if (now - this.#closing > FLUSH_DEADLINE) this.destroy();
      return;
    }
    if (!this.#enter()) return;
    try {
      this.#session.tick(now);
      if (this.#slowConsumer.isOver(this.#clientWriter.backlog, now)) this.#owner.slowClient();
    } catch (error) {
      this.#fault(error);
    }
    this.#leave();
  }

  /** Ends both sockets at once. */
  destroy(): void {
    if (this.#closing === 0) this.#closing = 1;
    this.#client.destroy();
    this.#broker?.destroy();
  }

  #onClientEnd = (): void => this.#clientLeft(true);

  #onClientClose = (): void => {
    // The other socket's close has ended all: this connection must not be the current one again.
    if (this.#ended) return;
    this.#owner.entered();
    this.#arena.flush(this);
    this.#clientLeft(false);
    if (this.#broker !== null && !this.#broker.destroyed) {
      this.out.closeWanted = true;
      this.#settle();
    }
    this.#checkEnded();
  };

  #clientLeft(clean: boolean): void {
    if (this.#clientEnd || !this.#enter()) return;
    this.#clientEnd = true;
    this.#arena.flush(this);
    this.#guard(() => this.#session.clientEnded(clean));
    this.#leave();
  }

  /** All other errors are told by 'close', which follows. */
  #onBrokerError = (error: NodeJS.ErrnoException): void => {
    if (!isTlsFault(error)) return;
    const message = `the broker ended the TLS connection: ${error.code}`;
    this.run(() => this.#session.brokerFailed('upstream-tls', message));
  };

  #onBrokerEnd = (): void => this.#brokerLeft(true);

  #onBrokerClose = (): void => {
    if (this.#ended) return;
    this.#owner.entered();
    this.#brokerLeft(false);
    this.#checkEnded();
  };

  #brokerLeft(clean: boolean): void {
    if (this.#brokerEnd || !this.#enter()) return;
    this.#brokerEnd = true;
    this.#guard(() => this.#session.brokerEnded(clean));
    this.#leave();
  }

  #onBrokerReady = (): void => {
    for (const buf of this.#kept.splice(0)) this.#arena.recycle(buf);
    this.#onWriterReady();
  };

  #onWriterReady = (): void => {
    if (this.#ended) return;
    this.#owner.entered();
    this.#adjust();
  };

  // === inside ===

  #consumer(client: boolean): Consumer {
    const { out } = this;
    const box = client ? out.brokerBox : out.clientBox;
    return {
      consume: (buf, start, end) => {
        out.open(buf, box);
        const used = client ? this.#session.fromClient(buf, start, end) : this.#session.fromBroker(buf, start, end);
        out.shut();
        this.#write();
        return used;
      },
      frameSize: () => (client ? this.#session.clientFrame : this.#session.brokerFrame),
      stopped: () => out.closeWanted || this.#closing > 0 || (client && out.held),
    };
  }

  #enter(): boolean {
    if (this.#ended || this.#closing > 0) return false;
    this.#owner.entered();
    this.#depth++;
    return true;
  }

  #leave(): void {
    if (--this.#depth === 0) this.#settle();
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fault(error);
    }
  }

  #fault(error: unknown): void {
    this.out.shut();
    this.#owner.fault(error);
  }

  #settle(): void {
    const { out } = this;
    this.#write();
    while (out.resumeWanted && !out.closeWanted) {
      out.resumeWanted = false;
      out.held = false;
      this.#depth++;
      this.#guard(() => this.#fromClient.replay());
      this.#depth--;
      this.#write();
    }
    if (out.closeWanted && this.#closing === 0) this.#finish();
    else if (out.brokerEndWanted && this.#broker?.writable) this.#broker.end();
    this.#adjust();
  }

  /** Writes what the session sent. */
  #write(): void {
    const { brokerBox, clientBox } = this.out;
    if (!brokerBox.empty) {
      const { bytes, borrowed } = brokerBox.take();
      const writer = this.#brokerWriter;
      if (writer === null) throw new Error('bytes for a broker that is not connected');
      if (!borrowed) writer.own(bytes);
      else if (!writer.lend(bytes)) this.#memoryFree = false;
    }
    if (!clientBox.empty) {
      const { bytes, borrowed } = clientBox.take();
      if (borrowed) this.#clientWriter.send(bytes, this.#fullRead);
      else this.#clientWriter.own(bytes);
    }
  }

  /** Flushes and ends both sides; the owner's tick destroys what is left after the deadline. */
  #finish(): void {
    this.#closing = Math.max(1, this.#owner.now());
    if (this.#client.writable) this.#client.end();
    if (this.#broker?.writable) this.#broker.end();
    // What still arrives is read and thrown away, so that both ends can be seen.
    this.#reader.discard();
    this.#broker?.resume();
  }

  #adjust(): void {
    if (!this.#ended && this.#closing === 0) this.#flow.adjust(this.out.held, this.out.brokerHeld);
  }

  #checkEnded(): void {
    if (this.#ended || !this.#client.destroyed || (this.#broker !== null && !this.#broker.destroyed)) return;
    this.#ended = true;
    this.#owner.ended();
  }
}

function realClock(): number {
  return performance.now();
}

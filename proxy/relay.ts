import type { Socket } from 'node:net';
import type { Out, Session } from '../adapters/seam.ts';
import type { Permit } from '../policies/decision.ts';
import type { Arena, BatchOwner } from './arena.ts';
import { EGRESS_SIZE, type Egress } from './egress.ts';
import { type Consumer, HEADROOM, Inlet } from './inlet.ts';
import { Outbox } from './outbox.ts';
import type { Reader } from './reader/reader.ts';
import { isTlsFault } from './upstream.ts';
import { Writer } from './writer.ts';

/** Answers that a client (or requests that a broker) has not taken; above it the other side is not read. */
const BACKLOG_PAUSE = 256 * 1024;
/** A read from the broker below this is small. */
const SMALL_READ = 16 * 1024;
/** Above it the connection is ended: the peer asks and does not read. */
const BACKLOG_LIMIT = 2 * 1024 * 1024;
/** Milliseconds for the last bytes after `close`. */
export const FLUSH_DEADLINE = 2000;

/** What the relay needs from the connection that owns it. */
export interface RelayOwner {
  /** Called at every entry from the event loop, so that a fault can be laid at the right door. */
  entered(): void;
  /** Opens the upstream connection; ends in `relay.brokerConnected` or `relay.brokerUnreachable`. */
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
 * Moves bytes between the two sockets of one connection and its session. Owns sockets, buffers
 * and flow control; knows no protocol. Every entry from the event loop runs the session, then
 * settles: what the session sent is written (one write per direction), a wish to resume or to
 * close is carried out, and reading on both sides is stopped or started again.
 */
export class Relay implements Out, BatchOwner {
  readonly #owner: RelayOwner;
  readonly #arena: Arena;
  readonly #egress: Egress;
  readonly #client: Socket;
  readonly #clientWriter: Writer;
  readonly #clientBox = new Outbox();
  readonly #fromClient: Inlet;
  #broker: Socket | null = null;
  #brokerWriter: Writer | null = null;
  readonly #brokerBox = new Outbox();
  readonly #fromBroker: Inlet;
  #session!: Session;
  #reader!: Reader;

  #current: Buffer | null = null;
  #currentIsClient = true;
  #depth = 0;
  #memoryFree = true;
  /** Batches that the broker's socket still reads. */
  readonly #kept: Buffer[] = [];
  #held = false;
  #resumeWanted = false;
  #closing = 0;
  #closeWanted = false;
  #brokerEndWanted = false;
  #clientPaused = false;
  #brokerPaused = false;
  #clientEnd = false;
  #brokerEnd = false;
  #fullRead = false;
  #smallReads = 0;
  #lastSmallRead = 0;
  #ended = false;

  constructor(owner: RelayOwner, arena: Arena, egress: Egress, client: Socket) {
    this.#owner = owner;
    this.#arena = arena;
    this.#egress = egress;
    this.#client = client;
    this.#clientWriter = new Writer(client, true, this.#onWriterReady);
    this.#fromClient = new Inlet(this.#consumer(true));
    this.#fromBroker = new Inlet(this.#consumer(false));
  }

  /** Begins to read the client. */
  start(session: Session, reader: Reader): void {
    this.#session = session;
    this.#reader = reader;
    const client = this.#client;
    client.on('end', this.#onClientEnd);
    client.on('close', this.#onClientClose);
    reader.start(this.#onClientBytes);
  }

  get clientPaused(): boolean {
    return this.#clientPaused;
  }

  get closing(): boolean {
    return this.#closing > 0;
  }

  // === Out: what the session may do ===

  forward(start: number, end: number, permit: Permit, rest = 0): void {
    const buf = this.#current;
    if (buf === null || !(permit > 0)) throw new Error('forward without a permit');
    (this.#currentIsClient ? this.#brokerBox : this.#clientBox).range(buf, start, end, rest);
  }

  toBroker(bytes: Uint8Array, permit: Permit): void {
    if (!(permit > 0)) throw new Error('bytes to the broker without a permit');
    if (this.#broker === null) return;
    if (!this.#brokerBox.inject(bytes)) throw new Error('injected bytes wait too long for a frame to end');
  }

  toClient(bytes: Uint8Array): void {
    if (!this.#clientBox.inject(bytes)) throw new Error('injected bytes wait too long for a frame to end');
  }

  hold(): void {
    this.#held = true;
    this.#resumeWanted = false;
  }

  resume(): void {
    if (this.#held) this.#resumeWanted = true;
  }

  dial(): void {
    this.#owner.dial();
  }

  endBroker(): void {
    this.#brokerEndWanted = true;
  }

  close(): void {
    this.#closeWanted = true;
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
    this.#smallReads = 0;
    this.#arena.receive(this, bytes, n);
  };

  /** `n` bytes of the broker are in the egress buffer. False: do not read on. */
  brokerBytes(n: number): boolean {
    if (!this.#enter()) return true;
    this.#fullRead = n === EGRESS_SIZE;
    try {
      this.#fromBroker.offer(this.#egress.buffer, HEADROOM, HEADROOM + n);
    } catch (error) {
      this.#fault(error);
    }
    this.#leave();
    if (this.#brokerPaused) return false;
    if (n < SMALL_READ && this.#isStream()) {
      this.#egress.wait(this.#moderated);
      return false;
    }
    return true;
  }

  /**
   * True when the broker sends a stream of small pieces that no request of the client explains:
   * then a pause of a millisecond gathers more per read and write. Question-and-answer traffic is
   * never delayed.
   */
  #isStream(): boolean {
    const now = performance.now();
    const gap = now - this.#lastSmallRead;
    this.#lastSmallRead = now;
    if (gap >= 0.5) this.#smallReads = 0;
    else this.#smallReads++;
    return this.#smallReads > 4;
  }

  #moderated = (): void => {
    if (!this.#brokerPaused && this.#closing === 0) this.#broker?.resume();
  };

  /** The upstream connection is there. */
  brokerConnected(broker: Socket, tls: boolean): void {
    if (this.#ended || this.#closing > 0) {
      broker.destroy();
      return;
    }
    this.#broker = broker;
    this.#brokerWriter = new Writer(broker, tls, this.#onBrokerReady);
    broker.on('error', this.#onBrokerError);
    broker.on('end', this.#onBrokerEnd);
    broker.on('close', this.#onBrokerClose);
    this.run(() => this.#session.brokerReady());
  }

  /** Runs a piece of the session from a timer or a callback, then settles. */
  run(work: () => void): void {
    if (!this.#enter()) return;
    try {
      work();
    } catch (error) {
      this.#fault(error);
    }
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
      if (this.#clientWriter.backlog > BACKLOG_LIMIT) this.#owner.slowClient();
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

  #onClientEnd = (): void => {
    if (this.#clientEnd || !this.#enter()) return;
    this.#clientEnd = true;
    this.#arena.flush(this);
    this.#guard(() => this.#session.clientEnded(true));
    this.#leave();
  };

  #onClientClose = (): void => {
    // The other socket's close has ended all: this connection must not be the current one again.
    if (this.#ended) return;
    this.#owner.entered();
    this.#arena.flush(this);
    if (!this.#clientEnd && this.#closing === 0 && this.#enter()) {
      this.#clientEnd = true;
      this.#guard(() => this.#session.clientEnded(false));
      this.#leave();
    }
    if (this.#broker !== null && !this.#broker.destroyed) {
      this.#closeWanted = true;
      this.#settle();
    }
    this.#checkEnded();
  };

  /** All other errors are told by 'close', which follows. */
  #onBrokerError = (error: NodeJS.ErrnoException): void => {
    if (!isTlsFault(error)) return;
    const words = `the broker ended the TLS connection: ${error.code}`;
    this.run(() => this.#session.brokerFailed('upstream-tls', words));
  };

  #onBrokerEnd = (): void => {
    if (this.#brokerEnd || !this.#enter()) return;
    this.#brokerEnd = true;
    this.#guard(() => this.#session.brokerEnded(true));
    this.#leave();
  };

  #onBrokerClose = (): void => {
    if (this.#ended) return;
    this.#owner.entered();
    if (!this.#brokerEnd && this.#closing === 0 && this.#enter()) {
      this.#brokerEnd = true;
      this.#guard(() => this.#session.brokerEnded(false));
      this.#leave();
    }
    this.#checkEnded();
  };

  #onBrokerReady = (): void => {
    for (const buf of this.#kept.splice(0)) this.#arena.recycle(buf);
    this.#onWriterReady();
  };

  #onWriterReady = (): void => {
    if (this.#ended) return;
    this.#owner.entered();
    this.#flow();
  };

  // === inside ===

  #consumer(client: boolean): Consumer {
    return {
      consume: (buf, start, end) => {
        this.#current = buf;
        this.#currentIsClient = client;
        const used = client ? this.#session.fromClient(buf, start, end) : this.#session.fromBroker(buf, start, end);
        this.#current = null;
        this.#write();
        return used;
      },
      frameSize: () => (client ? this.#session.clientFrame : this.#session.brokerFrame),
      stopped: () => this.#closeWanted || this.#closing > 0 || (client && this.#held),
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
    this.#current = null;
    this.#owner.fault(error);
  }

  #settle(): void {
    this.#write();
    while (this.#resumeWanted && !this.#closeWanted) {
      this.#resumeWanted = false;
      this.#held = false;
      this.#depth++;
      this.#guard(() => this.#fromClient.replay());
      this.#depth--;
      this.#write();
    }
    if (this.#closeWanted && this.#closing === 0) this.#finish();
    else if (this.#brokerEndWanted && this.#broker?.writable) this.#broker.end();
    this.#flow();
  }

  /** Writes what the session sent. */
  #write(): void {
    if (!this.#brokerBox.empty) {
      const { bytes, borrowed } = this.#brokerBox.take();
      const writer = this.#brokerWriter;
      if (writer === null) throw new Error('bytes for a broker that is not connected');
      if (!borrowed) writer.own(bytes);
      else if (!writer.lend(bytes)) this.#memoryFree = false;
    }
    if (!this.#clientBox.empty) {
      const { bytes, borrowed } = this.#clientBox.take();
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

  #flow(): void {
    if (this.#ended || this.#closing > 0) return;
    const pauseClient = this.#held || (this.#brokerWriter?.busy ?? false) || this.#clientWriter.backlog > BACKLOG_PAUSE;
    if (pauseClient !== this.#clientPaused) {
      this.#clientPaused = pauseClient;
      if (pauseClient) this.#reader.pause();
      else this.#reader.resume();
    }
    const pauseBroker = this.#clientWriter.busy || (this.#brokerWriter?.backlog ?? 0) > BACKLOG_PAUSE;
    if (pauseBroker !== this.#brokerPaused) {
      this.#brokerPaused = pauseBroker;
      if (pauseBroker) this.#broker?.pause();
      else this.#broker?.resume();
    }
  }

  #checkEnded(): void {
    if (this.#ended || !this.#client.destroyed || (this.#broker !== null && !this.#broker.destroyed)) return;
    this.#ended = true;
    this.#owner.ended();
  }
}

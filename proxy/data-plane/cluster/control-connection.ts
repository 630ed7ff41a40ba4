import type { Socket } from 'node:net';
import { readResponseHeader } from '../../../adapters/kafka/codec/header.ts';
import { frameRequest } from '../../../adapters/kafka/codec/message.ts';
import type { Api } from '../../../adapters/kafka/codec/schema.ts';
import { KafkaError } from '../../../adapters/kafka/error.ts';
import type { HostPort, UpstreamTarget } from '../../shared/listener-plan.ts';
import type { Timing } from '../../shared/timing.ts';
import { dial } from '../upstream/dial.ts';
import { ControlError, type FailureKind } from './failure.ts';
import { FrameReader } from './frame-reader.ts';

/** Bytes per read. */
const READ_SIZE = 64 * 1024;
/** Bytes of one answer. */
const MAX_ANSWER = 64 * 1024 * 1024;
/** Milliseconds for one answer. */
const REQUEST_DEADLINE = 10_000;
/** What brokers see in their request log. */
const CLIENT_ID = 'headgate';

/** Reads the body `[start, end)` of an answer. @throws KafkaError */
export type ReadAnswer<T> = (buf: Buffer, start: number, end: number) => T;

interface Waiting {
  readonly api: Api;
  readonly version: number;
  readonly correlationId: number;
  answered(frame: Buffer, body: number): void;
  failed(error: ControlError): void;
}

/**
 * One connection of our own to one broker: a request, its answer, the next request. Whatever is
 * not as it must be (another correlation id, bytes that nobody asked for, a malformed or late
 * answer) ends it.
 */
export class ControlConnection {
  readonly #address: HostPort;
  readonly #timing: Timing;
  readonly #onFailure: () => void;
  readonly #reader = new FrameReader(MAX_ANSWER);
  readonly #buffer = Buffer.allocUnsafeSlow(READ_SIZE);
  #socket: Socket | null = null;
  #waiting: Waiting | null = null;
  #correlationId = 0;
  #failure: ControlError | null = null;

  constructor(address: HostPort, timing: Timing, onFailure: () => void) {
    this.#address = address;
    this.#timing = timing;
    this.#onFailure = onFailure;
  }

  /** Why it ended; null while it is usable. */
  get failure(): ControlError | null {
    return this.#failure;
  }

  /** @param target how to dial; its addresses are not looked at @throws ControlError */
  async open(target: Omit<UpstreamTarget, 'addresses'>, signal: AbortSignal): Promise<void> {
    const onread = { buffer: this.#buffer, callback: (n: number) => this.#take(n) };
    const result = await dial({ ...target, addresses: [this.#address] }, onread, signal);
    if (!('socket' in result)) throw this.#end(new ControlError('dial', result.message));
    const { socket } = result;
    this.#socket = socket;
    if (this.#failure !== null) {
      socket.destroy();
      throw this.#failure;
    }
    socket.on('error', (error: NodeJS.ErrnoException) => void this.close('closed', error.code ?? error.message));
    const closed = (): void => void this.close('closed', 'the broker closed the connection');
    socket.on('end', closed);
    socket.on('close', closed);
    if (socket.destroyed) closed();
  }

  /** Sends one request; nothing else may be under way. Rejects with a ControlError: then the connection is over. */
  request<T>(api: Api, version: number, body: object, read: ReadAnswer<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const socket = this.#socket;
      if (this.#failure !== null) throw this.#failure;
      if (socket === null || this.#waiting !== null) throw new Error('a request while none can be sent');
      this.#correlationId = (this.#correlationId + 1) & 0x7fff_ffff;
      const correlationId = this.#correlationId;
      const frame = frameRequest(api, version, correlationId, CLIENT_ID, body);
      const late = (): void => void this.close('deadline', `no answer to ${api.name} within ${REQUEST_DEADLINE} ms`);
      const cancel = this.#timing.after(REQUEST_DEADLINE, late);
      this.#waiting = {
        api,
        version,
        correlationId,
        answered: (answer, start) => {
          const value = read(answer, start, answer.length);
          cancel();
          resolve(value);
        },
        failed: (error) => {
          cancel();
          reject(error);
        },
      };
      socket.write(frame);
    });
  }

  /** Ends the connection; what waits for an answer fails. Returns the reason that holds: the first one. */
  close(kind: FailureKind, message: string): ControlError {
    const { host, port } = this.#address;
    return this.#end(new ControlError(kind, `${host}:${port}: ${message}`));
  }

  #end(why: ControlError): ControlError {
    if (this.#failure !== null) return this.#failure;
    this.#failure = why;
    this.#socket?.destroy();
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.failed(why);
    this.#onFailure();
    return why;
  }

  #take(n: number): boolean {
    if (this.#failure !== null) return false;
    try {
      for (const frame of this.#reader.push(this.#buffer.subarray(0, n))) this.#answer(frame);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      this.close('malformed', error.message);
    }
    return this.#failure === null;
  }

  /** @throws KafkaError */
  #answer(frame: Buffer): void {
    const waiting = this.#waiting;
    if (waiting === null) throw new KafkaError('malformed', 'an answer that nothing was asked for');
    const { api, version, correlationId } = waiting;
    const body = readResponseHeader(api, version, frame, 0, frame.length);
    const id = frame.readInt32BE(0);
    if (id !== correlationId) throw new KafkaError('malformed', `correlation id ${id} instead of ${correlationId}`);
    waiting.answered(frame, body);
    this.#waiting = null;
  }
}

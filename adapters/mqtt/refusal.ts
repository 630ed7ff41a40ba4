import type { Rejection, Session, SessionHost } from '../seam.ts';
import { FixedHeader, readFixedHeader, TYPE } from './codec/fixed-header.ts';
import { Reader } from './codec/reader.ts';
import { MqttError } from './error.ts';
import { encodeConnack } from './packets/connack.ts';
import { readProtocol, UnsupportedProtocol, VERSION_NAMES } from './packets/connect.ts';
import { connackCodes, connackName, reasonString } from './rejection-codes.ts';

export interface RefusalOptions {
  /** Largest CONNECT in bytes. */
  readonly maxConnectSize: number;
  /** Milliseconds that the client has for its CONNECT. */
  readonly timeout: number;
}

/**
 * A session for a client that was refused before it could speak MQTT (its certificate, no
 * identity, too many handshakes): waits for the CONNECT, records the rejection with what the
 * client is sent, refuses it in its version and closes. A client that sends no CONNECT is recorded
 * when it is closed. Nothing is ever forwarded.
 */
export function createMqttRefusal(host: SessionHost, rejection: Rejection, options: RefusalOptions): Session {
  return new RefusalSession(host, rejection, options);
}

class RefusalSession implements Session {
  clientFrame = 0;
  readonly brokerFrame = 0;
  readonly #host: SessionHost;
  readonly #rejection: Rejection;
  readonly #options: RefusalOptions;
  readonly #header = new FixedHeader();
  readonly #born: number;
  #closed = false;
  #recorded = false;

  constructor(host: SessionHost, rejection: Rejection, options: RefusalOptions) {
    this.#host = host;
    this.#rejection = rejection;
    this.#options = options;
    this.#born = host.now();
  }

  fromClient(buf: Buffer, start: number, end: number): number {
    this.clientFrame = 0;
    if (this.#closed || start === end) return end;
    const header = this.#header;
    try {
      const complete = readFixedHeader(buf, start, end, header);
      const connect = buf[start] === TYPE.connect << 4;
      if (connect && !complete) return start;
      const size = header.end - start;
      if (connect && size <= this.#options.maxConnectSize) {
        if (header.end > end) {
          this.clientFrame = size;
          return start;
        }
        this.#host.out.toClient(this.#refuse(new Reader(buf, start, header.body, header.end)));
      }
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
      if (error instanceof UnsupportedProtocol && error.connack !== undefined) this.#host.out.toClient(error.connack);
    }
    this.#close();
    return end;
  }

  fromBroker(_buf: Buffer, _start: number, end: number): number {
    return end;
  }

  brokerReady(): void {
    this.#close();
  }

  brokerFailed(): void {
    this.#close();
  }

  clientEnded(): void {
    this.#close();
  }

  brokerEnded(): void {
    this.#close();
  }

  tick(now: number): void {
    if (now - this.#born >= this.#options.timeout) this.#close();
  }

  stop(): void {
    this.#close();
  }

  ended(): void {}

  /** The CONNACK; the rejection is recorded with it. */
  #refuse(r: Reader): Uint8Array {
    const version = readProtocol(r);
    const rejection = this.#rejection;
    const { v5, v311 = 5 } = connackCodes(rejection.cause);
    const code = version === 5 ? v5 : v311;
    this.#recorded = true;
    const id = this.#host.reject({
      ...rejection,
      sent: connackName(version, code),
      protocolVersion: VERSION_NAMES[version],
    });
    // The client's Maximum Packet Size is not read; 64 bytes are below any that is in use.
    return encodeConnack(version, code, reasonString(rejection.cause, id), 64);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#host.out.close();
    if (!this.#recorded) this.#host.reject(this.#rejection);
  }
}

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
  const header = new FixedHeader();
  const born = host.now();
  let closed = false;
  let recorded = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    host.out.close();
    if (!recorded) host.reject(rejection);
  };
  const refuse = (r: Reader): Uint8Array => {
    const version = readProtocol(r);
    const { v5, v311 = 5 } = connackCodes(rejection.cause);
    const code = version === 5 ? v5 : v311;
    recorded = true;
    const id = host.reject({
      ...rejection,
      sent: connackName(version, code),
      protocolVersion: VERSION_NAMES[version],
    });
    // The client's Maximum Packet Size is not read; 64 bytes are below any that is in use.
    return encodeConnack(version, code, reasonString(rejection.cause, id), 64);
  };
  const session = {
    clientFrame: 0,
    brokerFrame: 0,
    fromClient(buf: Buffer, start: number, end: number): number {
      session.clientFrame = 0;
      if (closed || start === end) return end;
      try {
        const complete = readFixedHeader(buf, start, end, header);
        const connect = buf[start] === TYPE.connect << 4;
        if (connect && !complete) return start;
        const size = header.end - start;
        if (connect && size <= options.maxConnectSize) {
          if (header.end > end) {
            session.clientFrame = size;
            return start;
          }
          host.out.toClient(refuse(new Reader(buf, start, header.body, header.end)));
        }
      } catch (error) {
        if (!(error instanceof MqttError)) throw error;
        if (error instanceof UnsupportedProtocol && error.connack !== undefined) host.out.toClient(error.connack);
      }
      close();
      return end;
    },
    fromBroker: (_buf: Buffer, _start: number, end: number): number => end,
    brokerReady: close,
    brokerFailed: close,
    clientEnded: close,
    brokerEnded: close,
    tick(now: number): void {
      if (now - born >= options.timeout) close();
    },
    stop: close,
    ended: () => {},
  };
  return session;
}

import { APIS } from '../../../adapters/kafka/apis/index.ts';
import { frameRequest } from '../../../adapters/kafka/codec/message.ts';
import type { Api } from '../../../adapters/kafka/codec/schema.ts';

/** A request as the codec writes it. */
export function ask(key: number, version: number, body: object, correlationId = 1): Buffer {
  return frameRequest(APIS.get(key) as Api, version, correlationId, 'evader', body);
}

/** The request with `cut` bytes of its end replaced by `hex`; its length tells the truth. */
export function ending(frame: Buffer, cut: number, hex: string): Buffer {
  return framed(Buffer.concat([frame.subarray(4, frame.length - cut), bytes(hex)]));
}

/** The request with `from` (its only occurrence) replaced by `to`, both in hex. */
export function altered(frame: Buffer, from: string, to: string): Buffer {
  const [before, after, ...more] = frame.subarray(4).toString('hex').split(from);
  if (before === undefined || after === undefined || more.length > 0) throw new Error(`${from} is not there once`);
  return framed(Buffer.from(before + to + after, 'hex'));
}

/** A frame of header (no client id) and body in hex. */
export function rawAsk(key: number, version: number, hex: string): Buffer {
  const header = Buffer.alloc(10);
  header.writeInt16BE(key, 0);
  header.writeInt16BE(version, 2);
  header.writeInt32BE(1, 4);
  header.writeInt16BE(-1, 8);
  return framed(Buffer.concat([header, bytes(hex)]));
}

export function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(message.length);
  return Buffer.concat([length, message]);
}

import { RECORD, record } from '../../support/raw-tls.ts';

const PADDING = 21; // RFC 7685
const MAX_FRAGMENT = 16 * 1024;
/** Of a record and of a handshake message. */
const RECORD_HEAD = 5;
const MESSAGE_HEAD = 4;

/**
 * The same ClientHello with a body of `size` bytes, filled up by the padding extension, in as few records as will do.
 * @param whole the one record that holds it
 */
export function paddedHello(whole: Buffer, size: number): Buffer[] {
  const body = whole.subarray(RECORD_HEAD + MESSAGE_HEAD);
  const extensionsAt = startOfExtensions(body);
  const extensions = body.subarray(extensionsAt + 2);
  const padding = Buffer.alloc(size - body.length);
  padding.writeUInt16BE(PADDING, 0);
  padding.writeUInt16BE(padding.length - 4, 2);
  const total = Buffer.alloc(2);
  total.writeUInt16BE(extensions.length + padding.length);
  const head = Buffer.alloc(MESSAGE_HEAD);
  head[0] = whole[RECORD_HEAD] as number;
  head.writeUIntBE(size, 1, 3);
  const message = Buffer.concat([head, body.subarray(0, extensionsAt), total, extensions, padding]);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += MAX_FRAGMENT) {
    records.push(record(RECORD.handshake, message.subarray(at, at + MAX_FRAGMENT)));
  }
  return records;
}

/** Where the length of the extensions stands (RFC 8446 4.1.2). */
function startOfExtensions(body: Buffer): number {
  let at = 2 + 32; // version, random
  at += 1 + (body[at] as number); // session id
  at += 2 + body.readUInt16BE(at); // cipher suites
  return at + 1 + (body[at] as number); // compression methods
}

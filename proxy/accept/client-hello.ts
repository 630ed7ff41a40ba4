import { Refused } from '../refused.ts';
import type { Step } from './gather.ts';

/**
 * A look at the ClientHello before any cryptography (RFC 8446, 4.1.2): tells TLS from other
 * protocols and names the server the client asked for. Bounded, reassembled over records and
 * segments, and fails closed: what this reader does not understand is refused, not passed on.
 *
 *   record    = type(1)=22  version(2)  length(2)  fragment
 *   handshake = type(1)=1   length(3)   version(2) random(32) session_id<0..32>
 *               cipher_suites<2..> compression<1..> [ extensions<0..2^16-1> ]
 */
export interface ClientHello {
  /** Server name as sent, lower-case; undefined when absent. */
  readonly sni?: string;
}

/** Bytes of handshake message; post-quantum hellos are about 1,600. */
const MAX_HELLO = 16 * 1024;
const MAX_WIRE = MAX_HELLO * 2;

function bad(reason: string): Refused {
  return new Refused('client-hello', `ClientHello: ${reason}`, 'handshake');
}

/** Step for `gather`: uses up nothing, TLS will read the same bytes. */
export function clientHelloStep(bytes: Buffer): Step<ClientHello> {
  if (bytes[0] !== 22) throw plainText(bytes);
  const parts: Buffer[] = [];
  let size = 0;
  let want = 4;
  let at = 0;
  while (size < want) {
    if (bytes.length < at + 5) return { need: at + 5 };
    if (bytes[at] !== 22 || bytes[at + 1] !== 3) throw bad('a record is not a TLS handshake record');
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > 16384) throw bad(`a record of ${length} bytes`);
    if (at + 5 + length > MAX_WIRE) throw bad('too many bytes');
    if (bytes.length < at + 5 + length) return { need: at + 5 + length };
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    size += length;
    at += 5 + length;
    if (want === 4 && size >= 4) {
      const head = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
      if (head[0] !== 1) throw bad('the first handshake message is not a ClientHello');
      const announced = head.readUIntBE(1, 3);
      if (announced > MAX_HELLO) throw bad(`announces ${announced} bytes, more than ${MAX_HELLO}`);
      want = 4 + announced;
    }
  }
  const message = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  return { value: parseHello(message.subarray(4, want)), used: 0 };
}

function parseHello(body: Buffer): ClientHello {
  const cursor = { at: 34 };
  if (body.length < 35) throw bad('too short');
  const vector = (width: 1 | 2, min: number): Buffer => {
    if (body.length < cursor.at + width) throw bad('a length is cut off');
    const length = width === 1 ? (body[cursor.at] as number) : body.readUInt16BE(cursor.at);
    const start = cursor.at + width;
    if (length < min || start + length > body.length) throw bad('a length is wrong');
    cursor.at = start + length;
    return body.subarray(start, start + length);
  };
  if (vector(1, 0).length > 32) throw bad('the session id is too long');
  if (vector(2, 2).length % 2 !== 0) throw bad('the list of cipher suites is cut off');
  vector(1, 1);
  if (cursor.at === body.length) return {};
  const extensions = vector(2, 0);
  if (cursor.at !== body.length) throw bad('bytes behind the extensions');
  for (let at = 0; at < extensions.length; ) {
    if (extensions.length < at + 4) throw bad('an extension is cut off');
    const type = extensions.readUInt16BE(at);
    const end = at + 4 + extensions.readUInt16BE(at + 2);
    if (end > extensions.length) throw bad('an extension is longer than the rest');
    if (type === 0) return { sni: serverName(extensions.subarray(at + 4, end)) };
    at = end;
  }
  return {};
}

/** RFC 6066, 3: a list with one host_name. */
function serverName(data: Buffer): string {
  if (data.length < 5 || data.readUInt16BE(0) !== data.length - 2 || data[2] !== 0)
    throw bad('server_name is malformed');
  const name = data.subarray(5);
  if (name.length !== data.readUInt16BE(3) || name.length === 0 || name.length > 255) {
    throw bad('server_name is malformed');
  }
  const text = name.toString('latin1');
  if (!/^[A-Za-z0-9._-]+$/.test(text)) throw bad('server_name holds characters that no host name has');
  return text.toLowerCase();
}

/** Names the protocol that was spoken instead of TLS. */
function plainText(bytes: Buffer): Refused {
  const text = bytes.toString('latin1', 0, Math.min(bytes.length, 16));
  if (/^(PROXY |\r\n\r\n\0\r\nQUIT\n)/.test(text)) {
    return new Refused('proxy-header', 'a PROXY header from an address that is not in proxyProtocol', 'accept');
  }
  if (/^(GET|HEAD|POST|PUT|DELETE|OPTIONS|CONNECT|PATCH|TRACE|PRI) /.test(text)) {
    return new Refused('plain-http', 'plain HTTP on a TLS port', 'handshake');
  }
  if (bytes[0] === 0x10 && /MQ(TT|Is)/.test(text)) {
    return new Refused('plain-mqtt', 'plain MQTT on a TLS port: the client must use TLS', 'handshake');
  }
  if (bytes.length >= 8 && bytes[0] === 0 && bytes.readInt16BE(4) >= 0 && bytes.readInt16BE(4) < 100) {
    return new Refused('plain-kafka', 'plain Kafka on a TLS port: the client must use TLS', 'handshake');
  }
  return new Refused('plain-text', 'the first byte is no TLS record', 'handshake');
}

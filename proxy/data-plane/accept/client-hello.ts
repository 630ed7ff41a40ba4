import { ClientHelloError } from '../../../policies/tls/byte-cursor.ts';
import { type ClientHelloFacts, readClientHello } from '../../../policies/tls/client-hello.ts';
import { Refused } from '../connection/refused.ts';
import { ClientHelloCapture } from './client-hello-capture.ts';
import type { Step } from './gather.ts';

/**
 * A look at the ClientHello before any cryptography (RFC 8446, 4.1.2): tells TLS from other
 * protocols and says what the client asked for and offers. Bounded, reassembled over records and
 * segments, and fails closed: what the reader does not understand is refused, not passed on.
 *
 *   record    = type(1)=22  version(2)  length(2)  fragment
 *   handshake = type(1)=1   length(3)   ...
 */

/** Bytes of handshake message; post-quantum hellos are about 1,600. */
const MAX_HELLO = 16 * 1024;
const MAX_WIRE = MAX_HELLO * 2;

function bad(reason: string): Refused {
  return new Refused('client-hello', `ClientHello: ${reason}`, 'handshake');
}

/** Step for `gather`: uses up nothing, TLS will read the same bytes. */
export function clientHelloStep(bytes: Buffer): Step<ClientHelloCapture> {
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
  return { value: new ClientHelloCapture(factsOf(message.subarray(0, want))), used: 0 };
}

function factsOf(message: Buffer): ClientHelloFacts {
  try {
    return readClientHello(message);
  } catch (error) {
    throw error instanceof ClientHelloError ? bad(error.message) : error;
  }
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

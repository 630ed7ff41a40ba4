/**
 * Reads a ClientHello (RFC 8446, 4.1.2; RFC 5246, 7.4.1.2) strictly and in one pass: every length
 * must fit exactly, no extension may come twice, every list is bounded. What is read here is told
 * to operators and routes the connection; the TLS library reads the same bytes again and judges.
 *
 *   type(1)=1 length(3) version(2) random(32) session_id<0..32> cipher_suites<2..2^16-2>
 *   compression<1..255> [ extensions<0..2^16-1> ]
 */
import { ByteCursor, ClientHelloError } from './byte-cursor.ts';

/** What a client offers, in its own order. Numbers are those of the IANA registry; GREASE values are kept. */
export interface ClientHelloFacts {
  /** The version field before the extensions; 0x0303 in every TLS 1.3 hello. */
  readonly legacyVersion: number;
  /** Of supported_versions; empty when the client did not send it (TLS 1.2 and older). */
  readonly versions: readonly number[];
  readonly cipherSuites: readonly number[];
  readonly groups: readonly number[];
  /** Groups for which a share came with the hello. */
  readonly keyShares: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  /** Protocol names, one character per byte. */
  readonly alpn: readonly string[];
  /** Server name in lower case; undefined when absent. */
  readonly sni: string | undefined;
  /** Types of all extensions. */
  readonly extensions: readonly number[];
  /** The client wants to resume a session or knows a shared key. */
  readonly hasPsk: boolean;
  /** The client means to send data before the handshake is over (0-RTT). */
  readonly earlyData: boolean;
}

/** The most entries of a list; the registry has about 370 cipher suites, and real clients stay far below all of these. */
export const MAX_ITEMS = { cipherSuites: 256, extensions: 64, list: 64 } as const;
/** Bytes of all protocol names with their lengths. */
export const MAX_ALPN_BYTES = 512;

const EXTENSION = {
  serverName: 0,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  alpn: 16,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  keyShare: 51,
} as const;

const CLIENT_HELLO = 1;
const NONE: readonly never[] = [];

/** @param message one whole handshake message, its four-byte header included. Throws ClientHelloError. */
export function readClientHello(message: Uint8Array): ClientHelloFacts {
  const cursor = new ByteCursor(message);
  if (cursor.u8('the type') !== CLIENT_HELLO) throw new ClientHelloError('the message is not a ClientHello');
  const body = cursor.vector(3, 0, 'the message');
  cursor.done('the message');
  const legacyVersion = body.u16('the version');
  body.skip(32, 'the random value');
  const session = body.vector(1, 0, 'the session id');
  if (session.left > 32) throw new ClientHelloError('the session id is longer than 32 bytes');
  const cipherSuites = numbers(body.vector(2, 2, 'cipher_suites'), MAX_ITEMS.cipherSuites, 'cipher_suites');
  if (!body.vector(1, 1, 'compression_methods').has(0)) {
    throw new ClientHelloError('compression_methods has no null method');
  }
  const offered = new Offered();
  if (body.left > 0) offered.read(body.vector(2, 0, 'the extensions'));
  body.done('the ClientHello');
  const { versions, groups, keyShares, signatureAlgorithms, alpn, sni, extensions, hasPsk, earlyData } = offered;
  return {
    legacyVersion,
    versions,
    cipherSuites,
    groups,
    keyShares,
    signatureAlgorithms,
    alpn,
    sni,
    extensions,
    hasPsk,
    earlyData,
  };
}

/** What the extensions say. */
class Offered {
  versions: readonly number[] = NONE;
  groups: readonly number[] = NONE;
  keyShares: readonly number[] = NONE;
  signatureAlgorithms: readonly number[] = NONE;
  alpn: readonly string[] = NONE;
  sni: string | undefined = undefined;
  hasPsk = false;
  earlyData = false;
  readonly extensions: number[] = [];

  read(block: ByteCursor): void {
    while (block.left > 0) {
      const type = block.u16('an extension');
      const data = block.vector(2, 0, 'an extension');
      // RFC 8446, 4.2: one of each type. Two server names would be two answers to one question.
      if (this.extensions.includes(type)) throw new ClientHelloError(`extension ${type} comes twice`);
      if (this.extensions.length === MAX_ITEMS.extensions) {
        throw new ClientHelloError(`more than ${MAX_ITEMS.extensions} extensions`);
      }
      // RFC 8446, 4.2.11.
      if (this.hasPsk) throw new ClientHelloError('pre_shared_key is not the last extension');
      this.extensions.push(type);
      this.#one(type, data);
    }
  }

  #one(type: number, data: ByteCursor): void {
    switch (type) {
      case EXTENSION.serverName:
        this.sni = serverName(data);
        break;
      case EXTENSION.supportedGroups:
        this.groups = list(data, 2, 'supported_groups');
        break;
      case EXTENSION.signatureAlgorithms:
        this.signatureAlgorithms = list(data, 2, 'signature_algorithms');
        break;
      case EXTENSION.supportedVersions:
        this.versions = list(data, 1, 'supported_versions');
        break;
      case EXTENSION.alpn:
        this.alpn = protocolNames(data);
        break;
      case EXTENSION.keyShare:
        this.keyShares = keyShares(data);
        break;
      case EXTENSION.preSharedKey:
        this.hasPsk = true;
        break;
      case EXTENSION.earlyData:
        data.done('early_data');
        this.earlyData = true;
    }
  }
}

/** A list of 16-bit numbers behind a length of `width` bytes, which is the whole extension. */
function list(data: ByteCursor, width: 1 | 2, what: string): number[] {
  const items = data.vector(width, 2, what);
  data.done(what);
  return numbers(items, MAX_ITEMS.list, what);
}

function numbers(items: ByteCursor, most: number, what: string): number[] {
  if (items.left > most * 2) throw new ClientHelloError(`${what} has more than ${most} entries`);
  const found: number[] = [];
  while (items.left > 0) found.push(items.u16(what));
  return found;
}

/** RFC 6066, 3: a list with one host_name. */
function serverName(data: ByteCursor): string {
  const names = data.vector(2, 1, 'server_name');
  data.done('server_name');
  if (names.u8('server_name') !== 0) throw new ClientHelloError('server_name holds no host name');
  const name = names.vector(2, 1, 'server_name');
  names.done('server_name');
  if (name.left > 255) throw new ClientHelloError('server_name is longer than 255 bytes');
  const text = name.text();
  if (!/^[A-Za-z0-9._-]+$/.test(text)) {
    throw new ClientHelloError('server_name holds characters that no host name has');
  }
  return text.toLowerCase();
}

/** RFC 7301, 3.1. */
function protocolNames(data: ByteCursor): string[] {
  const names = data.vector(2, 2, 'application_layer_protocol_negotiation');
  data.done('application_layer_protocol_negotiation');
  if (names.left > MAX_ALPN_BYTES) throw new ClientHelloError(`more than ${MAX_ALPN_BYTES} bytes of protocol names`);
  const found: string[] = [];
  while (names.left > 0) found.push(names.vector(1, 1, 'a protocol name').text());
  return found;
}

/** RFC 8446, 4.2.8. The list may be empty: then the client asks to be told the group. */
function keyShares(data: ByteCursor): number[] {
  const shares = data.vector(2, 0, 'key_share');
  data.done('key_share');
  const found: number[] = [];
  while (shares.left > 0) {
    if (found.length === MAX_ITEMS.list) throw new ClientHelloError(`more than ${MAX_ITEMS.list} key shares`);
    found.push(shares.u16('key_share'));
    shares.vector(2, 1, 'a key share');
  }
  return found;
}

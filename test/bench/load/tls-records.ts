/**
 * TLS 1.3 application records made outside of OpenSSL (RFC 8446, 5.2 and 7.3): the load generator
 * can then choose what one record holds and encrypt everything before the measured window, which
 * no option of node:tls allows (it joins queued writes, and fragments are at least 512 bytes).
 */
import { createCipheriv, createHmac } from 'node:crypto';

const HEADER = 5;
const TAG = 16;
const APPLICATION_DATA = 23;
/** What a record adds to its plaintext: header, inner content type, authentication tag. */
export const RECORD_OVERHEAD = HEADER + 1 + TAG;

/** HKDF-Expand-Label with an empty context, SHA-256, up to 32 bytes (RFC 8446, 7.1). */
export function expandLabel(secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`, 'latin1');
  const info = Buffer.concat([Buffer.from([length >> 8, length & 255, name.length]), name, Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}

/** Traffic secret of a line in NSS key-log format, if it is the client's application secret. */
export function clientSecret(keyLogLine: Buffer): Buffer | undefined {
  const [label, , secret] = keyLogLine.toString('latin1').trim().split(' ');
  return label === 'CLIENT_TRAFFIC_SECRET_0' && secret !== undefined ? Buffer.from(secret, 'hex') : undefined;
}

/** Encrypts one direction of one connection with TLS_AES_128_GCM_SHA256, from sequence number 0. */
export class RecordSealer {
  readonly #key: Buffer;
  readonly #iv: Buffer;
  readonly #nonce = Buffer.alloc(12);
  readonly #header = Buffer.from([APPLICATION_DATA, 3, 3, 0, 0]);
  #sequence = 0;

  constructor(trafficSecret: Buffer) {
    this.#key = expandLabel(trafficSecret, 'key', 16);
    this.#iv = expandLabel(trafficSecret, 'iv', 12);
  }

  /** `inner` is the plaintext followed by its content type (see `innerPlaintext`). Returns the end of the record in `out`. */
  sealInto(inner: Buffer, out: Buffer, at: number): number {
    const nonce = this.#nonce;
    this.#iv.copy(nonce);
    // The sequence number is 64 bits; 32 are more than any run needs.
    nonce.writeUInt32BE((this.#iv.readUInt32BE(8) ^ this.#sequence++) >>> 0, 8);
    this.#header.writeUInt16BE(inner.length + TAG, 3);
    const cipher = createCipheriv('aes-128-gcm', this.#key, nonce);
    cipher.setAAD(this.#header);
    out.set(this.#header, at);
    out.set(cipher.update(inner), at + HEADER);
    cipher.final();
    out.set(cipher.getAuthTag(), at + HEADER + inner.length);
    return at + HEADER + inner.length + TAG;
  }

  seal(plaintext: Buffer): Buffer {
    const out = Buffer.alloc(plaintext.length + RECORD_OVERHEAD);
    this.sealInto(innerPlaintext(plaintext), out, 0);
    return out;
  }
}

/** TLSInnerPlaintext without padding (RFC 8446, 5.2). */
export function innerPlaintext(plaintext: Buffer): Buffer {
  return Buffer.concat([plaintext, Buffer.from([APPLICATION_DATA])]);
}

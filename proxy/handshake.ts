import type { Socket } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import type { Cause } from '../policies/causes.ts';
import type { ClientAuth, TlsProfileName } from './config/model.ts';
import { Refused } from './refused.ts';
import { profileOptions } from './tls-profile.ts';

/** Bytes, not paths: what was hashed is what is used. */
export interface TlsMaterial {
  readonly profile: TlsProfileName;
  readonly certificate: string;
  readonly key: string;
  readonly passphrase?: string;
  readonly clientAuth: ClientAuth;
  /** PEM certificates of all trust stores of the listener: their names are told to clients. */
  readonly ca: readonly string[];
}

interface Pending {
  resolve(socket: TLSSocket): void;
  reject(error: Refused): void;
}

/** OpenSSL reason -> cause; anything else is tls-error. */
const CAUSE_BY_CODE: Readonly<Record<string, Cause>> = {
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'tls-too-old',
  ERR_SSL_VERSION_TOO_LOW: 'tls-too-old',
  ERR_SSL_NO_SHARED_CIPHER: 'no-shared-cipher',
  ERR_SSL_NO_SUITABLE_KEY_SHARE: 'no-shared-group',
  ERR_SSL_NO_SUITABLE_GROUPS: 'no-shared-group',
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: 'no-shared-signature',
  ERR_SSL_NO_SHARED_SIGNATURE_ALGORITHMS: 'no-shared-signature',
  ERR_SSL_WRONG_SIGNATURE_TYPE: 'no-shared-signature',
  ERR_SSL_BAD_SIGNATURE: 'bad-signature',
  ERR_SSL_HTTP_REQUEST: 'plain-http',
  ERR_SSL_EXCESSIVE_MESSAGE_SIZE: 'certificate-unreadable',
  ERR_SSL_EE_KEY_TOO_SMALL: 'weak-key',
  ERR_SSL_CA_KEY_TOO_SMALL: 'weak-key',
  ERR_SSL_CA_MD_TOO_WEAK: 'weak-key',
  ECONNRESET: 'aborted-by-client',
  EPIPE: 'aborted-by-client',
};

/**
 * The TLS server of one listener in one generation; immutable, never listening: sockets are
 * handed to it after the look at the ClientHello. Certificates are asked for and not judged here,
 * so that every refusal has its exact cause.
 */
export class TlsFront {
  readonly #server: tls.Server;
  readonly #pending = new WeakMap<Socket, Pending>();

  /** Throws when key, certificate or CA are unusable. */
  constructor(material: TlsMaterial) {
    this.#server = tls.createServer({
      ...profileOptions(material.profile),
      cert: material.certificate,
      key: material.key,
      ...(material.passphrase === undefined ? {} : { passphrase: material.passphrase }),
      ca: [...material.ca],
      requestCert: material.clientAuth !== 'none',
      rejectUnauthorized: false,
      allowHalfOpen: true,
      // The connection has its own deadline that really closes.
      handshakeTimeout: 0x7fffffff,
    });
    this.#server.on('secureConnection', (socket) => this.#settle(socket, null));
    this.#server.on('tlsClientError', (error, socket) => {
      this.#settle(socket, error);
      socket.destroy();
    });
  }

  /** Runs the handshake on a socket whose bytes are still unread. Rejects with Refused. */
  handshake(raw: Socket): Promise<TLSSocket> {
    return new Promise<TLSSocket>((resolve, reject) => {
      const left = (): void =>
        reject(new Refused('aborted-by-client', 'the client left during the handshake', 'handshake'));
      if (raw.destroyed) {
        left();
        return;
      }
      this.#pending.set(raw, { resolve, reject });
      // During the handshake a FIN is the end; its TLSSocket takes this over from the raw socket.
      raw.allowHalfOpen = false;
      raw.once('close', left);
      this.#server.emit('connection', raw);
    });
  }

  #settle(socket: TLSSocket, error: Error | null): void {
    const raw = (socket as TLSSocket & { _parent?: Socket })._parent;
    const pending = raw === undefined ? undefined : this.#pending.get(raw);
    if (raw === undefined || pending === undefined) {
      socket.destroy();
      return;
    }
    this.#pending.delete(raw);
    if (error === null) {
      socket.allowHalfOpen = true;
      raw.allowHalfOpen = true;
      pending.resolve(socket);
      return;
    }
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    pending.reject(new Refused(causeOf(code), words(code, error), 'handshake'));
  }
}

function causeOf(code: string): Cause {
  // An alert comes from the peer: most often it does not trust our certificate.
  if (code.includes('_ALERT_')) return 'aborted-by-client';
  return CAUSE_BY_CODE[code] ?? 'tls-error';
}

function words(code: string, error: Error): string {
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'the client ended the connection during the TLS handshake';
  const reason = (error as Error & { reason?: string }).reason ?? error.message;
  return `TLS handshake failed: ${reason} (${code})`;
}

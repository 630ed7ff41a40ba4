import { hash, X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import type { Cause } from '../../../policies/causes.ts';
import type { KeyPair, TlsMaterial } from '../../shared/listener-plan.ts';
import { profileOptions } from '../../shared/tls/profile-options.ts';
import { Refused } from '../connection/refused.ts';
import { dnsNames, ServerNames } from './server-names.ts';
import type { Staples } from './staples.ts';

const NO_STAPLES: Pick<Staples, 'find'> = { find: () => null };

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
  // The client does not have the key of the certificate that it shows.
  ERR_SSL_PROVIDER_SIGNATURE_FAILURE: 'bad-signature',
  ERR_SSL_HTTP_REQUEST: 'plain-http',
  ERR_SSL_EXCESSIVE_MESSAGE_SIZE: 'certificate-unreadable',
  ERR_SSL_EE_KEY_TOO_SMALL: 'weak-key',
  ERR_SSL_CA_KEY_TOO_SMALL: 'weak-key',
  ERR_SSL_CA_MD_TOO_WEAK: 'weak-key',
  // TLS 1.2: the key of the client certificate is on a curve that the profile leaves out.
  ERR_SSL_WRONG_CURVE: 'weak-key',
  ECONNRESET: 'aborted-by-client',
  EPIPE: 'aborted-by-client',
};

/** Part of OpenSSL that failed -> cause: what it reads of a client is its certificate and its signature. */
const CAUSE_BY_LIBRARY: Readonly<Record<string, Cause>> = {
  'asn1 encoding routines': 'certificate-unreadable',
  'rsa routines': 'bad-signature',
};

/**
 * The TLS servers of one listener in one generation, one for each certificate; immutable, never
 * listening: sockets are handed to them after the look at the ClientHello, which names the server
 * that is meant. Clients' certificates are asked for and not judged here, so that every refusal has
 * its exact cause.
 */
export class TlsFront {
  readonly #default: tls.Server;
  readonly #named: ServerNames<tls.Server>;
  readonly #staples: Pick<Staples, 'find'>;
  readonly #pending = new WeakMap<Socket, Pending>();

  /** Throws when key, certificate or CA are unusable. */
  constructor(material: TlsMaterial, staples: Pick<Staples, 'find'> = NO_STAPLES) {
    this.#staples = staples;
    this.#default = this.#create(material, material);
    this.#named = new ServerNames(
      material.certificates.map((pair) => [dnsNames(pair.certificate), this.#create(material, pair)]),
    );
  }

  #create(material: TlsMaterial, { certificate, key, passphrase }: KeyPair): tls.Server {
    const server = tls.createServer({
      ...profileOptions(material.profile, material.pq),
      cert: certificate,
      key,
      ...(passphrase === undefined ? {} : { passphrase }),
      ca: [...material.ca],
      requestCert: material.clientAuth !== 'none',
      rejectUnauthorized: false,
      allowHalfOpen: true,
      // The connection has its own deadline that really closes.
      handshakeTimeout: 0x7fffffff,
    });
    server.on('secureConnection', (socket) => this.#settle(socket, null));
    server.on('tlsClientError', (error, socket) => {
      this.#settle(socket, error);
      socket.destroy();
    });
    // Without a listener Node does not stop in the middle of a handshake to ask.
    if (material.stapling !== undefined) {
      const sha256 = hash('sha256', new X509Certificate(certificate).raw, 'hex');
      server.on('OCSPRequest', (_certificate, _issuer, answer: (error: null, staple: Uint8Array | null) => void) =>
        answer(null, this.#staples.find(sha256, Date.now())),
      );
    }
    return server;
  }

  /** Runs the handshake on a socket whose bytes are still unread; `sni`: the name in its ClientHello. Rejects with Refused. */
  handshake(raw: Socket, sni: string | undefined): Promise<TLSSocket> {
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
      (this.#named.find(sni) ?? this.#default).emit('connection', raw);
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
    const { code = 'unknown', library = '' } = error as NodeJS.ErrnoException & { library?: string };
    pending.reject(new Refused(causeOf(code, library), failureMessage(code, error), 'handshake'));
  }
}

function causeOf(code: string, library: string): Cause {
  // An alert comes from the peer: most often it does not trust our certificate.
  if (code.includes('_ALERT_')) return 'aborted-by-client';
  return CAUSE_BY_CODE[code] ?? CAUSE_BY_LIBRARY[library] ?? 'tls-error';
}

function failureMessage(code: string, error: Error): string {
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'the client ended the connection during the TLS handshake';
  const reason = (error as Error & { reason?: string }).reason ?? error.message;
  return `TLS handshake failed: ${reason} (${code})`;
}

import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import tls, { type ConnectionOptions, type TLSSocket, type TlsOptions } from 'node:tls';
import { within } from '../../../support/wait.ts';
import { type Credentials, credentials, type KeyName } from './credentials.ts';

/** What both sides agreed on; names as OpenSSL has them. */
export interface Agreed {
  readonly version: string;
  readonly suite: string;
  readonly group: string;
  /** Type of the server's key. */
  readonly serverKey: string;
  /** Type of the client's key as the server saw it. */
  readonly clientKey: string | undefined;
  readonly reused: boolean;
}

/** A TLS server on loopback for one test: `await using`. */
export class TlsServer implements AsyncDisposable {
  readonly #server: tls.Server;
  readonly #sockets = new Set<Socket>();
  /** Codes of the handshakes that failed. */
  readonly errors: string[] = [];

  private constructor(server: tls.Server) {
    this.#server = server;
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      this.errors.push(error.code ?? 'unknown');
      socket.destroy();
    });
    server.on('connection', (socket) => this.#sockets.add(socket));
    server.on('secureConnection', (socket) => {
      socket.on('error', () => {});
      socket.write(socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType ?? 'none');
    });
  }

  /** With a certificate for each of `kinds`; OpenSSL keeps one of each type, EC being one type. */
  static async start(options: TlsOptions, kinds: readonly KeyName[]): Promise<TlsServer> {
    const shown: Credentials[] = kinds.map(credentials);
    const server = tls.createServer({
      ...options,
      cert: shown.map(({ cert }) => cert),
      key: shown.map(({ key }) => key),
      requestCert: true,
      rejectUnauthorized: false,
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TlsServer(server);
  }

  /** The connection of a client, after its handshake. */
  async connect(options: ConnectionOptions): Promise<TLSSocket> {
    const { port } = this.#server.address() as AddressInfo;
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
    const settled = new Promise<TLSSocket>((resolve, reject) => {
      socket.once('secureConnect', () => resolve(socket));
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed in the handshake')));
    });
    return within('the handshake', settled);
  }

  /** Runs a handshake to the server's answer, so that the server, too, is satisfied. Rejects when either side is not. */
  async agree(options: ConnectionOptions): Promise<Agreed> {
    const socket = await this.connect(options);
    const info = socket.getEphemeralKeyInfo() as { readonly name?: string } | null;
    const agreed = {
      version: socket.getProtocol() ?? '',
      suite: socket.getCipher().name,
      group: info?.name ?? '',
      serverKey: socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType ?? '',
      reused: socket.isSessionReused(),
    };
    const clientKey = await answerOf(socket);
    socket.destroy();
    return { ...agreed, clientKey: clientKey === 'none' ? undefined : clientKey };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }
}

/** The first that a server of this file says, which is after its own end of the handshake. */
export async function answerOf(socket: TLSSocket): Promise<string> {
  const answer = new Promise<string>((resolve, reject) => {
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString()));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server closed without an answer')));
  });
  return within('the answer', answer);
}

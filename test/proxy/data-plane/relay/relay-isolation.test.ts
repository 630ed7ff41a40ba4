/**
 * No byte of one client ever appears at another: clients with patterns of their own send and
 * receive through relays that share one arena and one broker read buffer, some of them stalled, some
 * fast, and every shared buffer is overwritten the moment the relay says that it is free.
 * (Plain to plain does not exist: the client side is always TLS.)
 */
import assert from 'node:assert/strict';
import net, { type AddressInfo, type Socket } from 'node:net';
import test from 'node:test';
import tls, { type TLSSocket } from 'node:tls';
import type { Session } from '../../../../adapters/seam.ts';
import { PERMIT_SESSION } from '../../../../policies/decision.ts';
import { createAuthority } from '../../../../proxy/cli/pki/authority.ts';
import { readerOf } from '../../../../proxy/data-plane/reader/select.ts';
import { Arena, type BatchOwner } from '../../../../proxy/data-plane/relay/arena.ts';
import { BrokerReadBuffer } from '../../../../proxy/data-plane/relay/broker-read-buffer.ts';
import { Relay, type RelayOwner } from '../../../../proxy/data-plane/relay/relay.ts';
import { dial } from '../../../../proxy/data-plane/upstream/dial.ts';
import type { ReaderTier } from '../../../../proxy/shared/plane-start.ts';

const CLIENTS = 6;
const BYTES = 8 * 1024 * 1024;
const SCRIBBLE = 0xee;

const authority = await createAuthority({ commonName: 'isolation test CA' });
const server = await authority.issue({ subject: 'CN=localhost', dns: ['localhost'], eku: 'server' });

/** Byte `index` of the stream of `client`; never the scribble. */
function patternByte(client: number, index: number): number {
  return ((index * 7 + (index >> 9) * 13 + client * 41) % 233) & 0xff;
}

function pattern(client: number, from: number, n: number): Buffer {
  const bytes = Buffer.allocUnsafe(n);
  for (let i = 0; i < n; i++) bytes[i] = patternByte(client, from + i);
  return bytes;
}

/** Writes the pattern in pieces of changing size, heeding back-pressure, and ends. */
function pour(socket: Socket, client: number): void {
  let sent = 0;
  let step = 0;
  const more = (): void => {
    while (sent < BYTES) {
      const n = Math.min(BYTES - sent, [100, 1500, 17_000, 64, 200_000, 4096][(step++ + client) % 6] as number);
      const ok = socket.write(pattern(client, sent, n));
      sent += n;
      if (!ok) {
        socket.once('drain', more);
        return;
      }
    }
    socket.end();
  };
  more();
}

/** Checks every byte; a third of the peers stalls, a third jitters, a third is fast. */
function expectPattern(socket: Socket, client: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = 0;
    let chunks = 0;
    socket.on('data', (bytes: Buffer) => {
      for (let i = 0; i < bytes.length; i++) {
        if (bytes[i] === patternByte(client, seen + i)) continue;
        reject(new Error(`client ${client}: byte ${seen + i} is ${bytes[i]}, not ${patternByte(client, seen + i)}`));
        socket.destroy();
        return;
      }
      seen += bytes.length;
      const pause = pauseAfter(client, chunks++);
      if (pause > 0) {
        socket.pause();
        setTimeout(() => socket.resume(), pause);
      }
    });
    socket.on('end', () =>
      seen === BYTES ? resolve() : reject(new Error(`client ${client}: ${seen} of ${BYTES} bytes`)),
    );
    socket.on('error', reject);
  });
}

/** Milliseconds; the first stall is long enough to fill every kernel buffer on the way. */
function pauseAfter(client: number, chunk: number): number {
  if (client % 3 === 0) return chunk === 0 ? 300 : chunk % 40 === 0 ? 30 : 0;
  return client % 3 === 1 && chunk % 10 === 0 ? 2 : 0;
}

/** Forwards everything both ways. */
function passThrough(relay: () => Relay, onReady: (ready: () => void) => void): Session {
  const pass = (_buf: Buffer, start: number, end: number): number => {
    relay().out.forward(start, end, PERMIT_SESSION);
    return end;
  };
  // Closing ends both directions: only when both peers have said their last.
  let ends = 0;
  const ended = (): void => {
    if (++ends === 2) relay().out.close();
  };
  return {
    fromClient: pass,
    fromBroker: pass,
    clientFrame: 0,
    brokerFrame: 0,
    brokerReady: () => onReady(() => relay().out.resume()),
    brokerFailed: () => assert.fail('the broker must be reached'),
    clientEnded: () => {
      relay().out.endBroker();
      ended();
    },
    brokerEnded: ended,
    tick: () => {},
    stop: () => {},
    ended: () => {},
  };
}

/** Overwrites a batch as soon as its owner says that the memory is free. */
class ScribblingArena extends Arena {
  readonly #owners = new Map<BatchOwner, BatchOwner>();

  #wrap(owner: BatchOwner): BatchOwner {
    let wrapped = this.#owners.get(owner);
    if (wrapped === undefined) {
      wrapped = {
        take(buf, start, end) {
          const free = owner.take(buf, start, end);
          if (free) buf.fill(SCRIBBLE);
          return free;
        },
      };
      this.#owners.set(owner, wrapped);
    }
    return wrapped;
  }

  override receive(owner: BatchOwner, record: Uint8Array, n: number): void {
    super.receive(this.#wrap(owner), record, n);
  }

  override recycle(buf: Buffer): void {
    super.recycle(buf.fill(SCRIBBLE));
  }

  override flush(owner?: BatchOwner): void {
    super.flush(owner === undefined ? undefined : (this.#owners.get(owner) ?? owner));
  }
}

function listen(server: net.Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

async function run(tier: ReaderTier, version: 'TLSv1.2' | 'TLSv1.3', upstreamTls: boolean): Promise<void> {
  const arena = new ScribblingArena();
  const brokerBuffer = new BrokerReadBuffer();
  const secure = { cert: server.cert, key: server.key, minVersion: version, maxVersion: version };
  const checks: Promise<void>[] = [];
  const open = new Set<Socket>();
  const onBroker = (socket: Socket): void => {
    open.add(socket);
    // The first byte names the client.
    socket.once('readable', () => {
      const first = socket.read(1) as Buffer;
      const client = first[0] as number;
      checks.push(expectPattern(socket, client));
      pour(socket, client + 100);
    });
  };
  const brokerServer = upstreamTls
    ? tls.createServer({ ...secure, allowHalfOpen: true } as tls.TlsOptions, onBroker)
    : net.createServer({ allowHalfOpen: true }, onBroker);
  const brokerPort = await listen(brokerServer);

  const front = tls.createServer({ ...secure, allowHalfOpen: true } as tls.TlsOptions);
  front.on('secureConnection', (socket: TLSSocket) => {
    open.add(socket);
    socket.on('error', () => {});
    const owner: RelayOwner = {
      entered() {},
      dial() {
        const onread = {
          buffer: brokerBuffer.read,
          callback(n: number) {
            const more = relay.brokerBytes(n);
            brokerBuffer.buffer.fill(SCRIBBLE);
            return more;
          },
        };
        const target = {
          addresses: [{ host: '127.0.0.1', port: brokerPort }],
          connectTimeout: 5000,
          ...(upstreamTls ? { tls: { ca: authority.cert, pins: [], serverName: 'localhost' } } : {}),
        };
        void dial(target, onread, new AbortController().signal).then((result) => {
          assert.ok('socket' in result, JSON.stringify(result));
          open.add(result.socket);
          relay.brokerConnected(result.socket, result.tls);
        });
      },
      ended() {},
      slowClient: () => assert.fail('slow clients are paused, not cut'),
      fault: (error) => assert.fail(error as Error),
      now: () => performance.now(),
    };
    const relay: Relay = new Relay(owner, arena, brokerBuffer, socket);
    const session = passThrough(
      () => relay,
      (ready) => ready(),
    );
    relay.start(session, readerOf(tier)(socket));
    relay.run(() => {
      relay.out.hold();
      relay.out.dial();
    });
  });
  const port = await listen(front);

  try {
    for (let client = 0; client < CLIENTS; client++) {
      const target: tls.ConnectionOptions & net.TcpNetConnectOpts & { allowHalfOpen: boolean } = {
        port,
        host: '127.0.0.1',
        servername: 'localhost',
        ca: authority.cert,
        allowHalfOpen: true,
      };
      const socket = tls.connect(target);
      open.add(socket);
      checks.push(expectPattern(socket, client + 100));
      socket.once('secureConnect', () => {
        socket.write(Buffer.from([client]));
        pour(socket, client);
      });
    }
    await Promise.all(checks);
    // The brokers' side registers its checks as connections come in.
    await Promise.all(checks);
    assert.equal(checks.length, 2 * CLIENTS);
  } finally {
    for (const socket of open) socket.destroy();
    front.close();
    brokerServer.close();
  }
}

for (const tier of ['user-buffer', 'push', 'data'] as const) {
  for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
    for (const upstreamTls of [false, true]) {
      const name = `reader ${tier}, ${version}, broker ${upstreamTls ? 'TLS' : 'plain'}: every byte arrives at its own client`;
      test(name, { timeout: 60_000 }, () => run(tier, version, upstreamTls));
    }
  }
}

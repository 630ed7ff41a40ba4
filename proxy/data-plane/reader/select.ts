import net from 'node:net';
import tls from 'node:tls';
import type { ReaderTier } from '../../shared/plane-start.ts';
import { DataReader } from './data.ts';
import { PushReader } from './push.ts';
import type { ReaderFactory } from './reader.ts';
import { UserBufferReader } from './user-buffer.ts';

/** Node majors on which the user-buffer tier was measured and proven byte-exact. */
const USER_BUFFER_MAJORS = [26];
const SELF_TEST_BYTES = 512 * 1024;
const SELF_TEST_DEADLINE = 5000;

const FACTORIES: Readonly<Record<ReaderTier, ReaderFactory>> = {
  'user-buffer': (socket) => new UserBufferReader(socket),
  push: (socket) => new PushReader(socket),
  data: (socket) => new DataReader(socket),
};

export interface SelectedReader {
  readonly tier: ReaderTier;
  readonly create: ReaderFactory;
  /** Why a faster tier is not used; empty when the fastest is. */
  readonly notes: readonly string[];
}

/** The factory of a tier that passed its self-test. */
export function readerOf(tier: ReaderTier): ReaderFactory {
  return FACTORIES[tier];
}

/** Chooses the tier: the configured one, or the fastest that passes the self-test. Throws when a configured one fails it. */
export async function selectReader(wanted: 'auto' | ReaderTier): Promise<SelectedReader> {
  const notes: string[] = [];
  const tiers: readonly ReaderTier[] = wanted === 'auto' ? ['user-buffer', 'push', 'data'] : [wanted];
  for (const tier of tiers) {
    const problem = await problemOf(tier, wanted === 'auto');
    if (problem === null) return { tier, create: FACTORIES[tier], notes };
    notes.push(`${tier}: ${problem}`);
  }
  throw new Error(`no reader tier passed its self-test (${notes.join('; ')})`);
}

async function problemOf(tier: ReaderTier, auto: boolean): Promise<string | null> {
  const major = Number(process.versions.node.split('.')[0]);
  if (auto && tier === 'user-buffer' && !USER_BUFFER_MAJORS.includes(major)) return `not proven on Node ${major}`;
  try {
    await selfTest(FACTORIES[tier]);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Sends a pattern over a loopback TLS connection, with pauses, and expects every byte and the end. */
async function selfTest(create: ReaderFactory): Promise<void> {
  const psk = { psk: Buffer.alloc(32, 7), identity: 'self-test' };
  const versions = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: 'PSK-AES128-GCM-SHA256' } as const;
  const server = tls.createServer({ ...versions, pskCallback: () => psk.psk, allowHalfOpen: true });
  const listener = net.createServer({ allowHalfOpen: true }, (raw) => server.emit('connection', raw));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error('self-test timed out')), SELF_TEST_DEADLINE);
  let client: tls.TLSSocket | undefined;
  let served: tls.TLSSocket | undefined;
  server.on('tlsClientError', reject);
  server.on('secureConnection', (socket) => {
    served = socket;
    let seen = 0;
    const reader = create(socket);
    socket.on('error', reject);
    socket.on('end', () => {
      if (seen === SELF_TEST_BYTES) resolve();
      else reject(new Error(`${seen} of ${SELF_TEST_BYTES} bytes arrived`));
    });
    reader.start((bytes, n) => {
      for (let i = 0; i < n; i += 997) {
        if (bytes[i] !== patternAt(seen + i)) reject(new Error('bytes arrived changed'));
      }
      const before = seen;
      seen += n;
      if (before >> 16 !== seen >> 16) {
        reader.pause();
        setImmediate(() => reader.resume());
      }
    });
  });
  try {
    await new Promise<void>((done, fail) => {
      listener.once('error', fail);
      listener.listen(0, '127.0.0.1', done);
    });
    const { port } = listener.address() as net.AddressInfo;
    client = tls.connect({
      ...versions,
      port,
      host: '127.0.0.1',
      pskCallback: () => psk,
      checkServerIdentity: () => undefined,
    });
    client.on('error', reject);
    const data = Buffer.alloc(SELF_TEST_BYTES);
    for (let i = 0; i < data.length; i++) data[i] = patternAt(i);
    client.end(data);
    client.resume();
    await promise;
  } finally {
    clearTimeout(timer);
    client?.destroy();
    served?.destroy();
    listener.close();
  }
}

function patternAt(index: number): number {
  return (index * 31 + (index >> 8)) & 0xff;
}

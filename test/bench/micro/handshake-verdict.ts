/**
 * CPU of a mutual TLS handshake on the server's side: with Node's own verification of the client's chain, and with
 * our verdict in its place, at first sight of a chain and of a chain that was seen before.
 */
import type { AddressInfo } from 'node:net';
import tls, { type TLSSocket } from 'node:tls';
import { parseCertificate } from '../../../policies/x509/certificate.ts';
import { SignatureCache } from '../../../policies/x509/chain/signature-cache.ts';
import { presentedChain } from '../../../proxy/data-plane/tls/presented-chain.ts';
import { profileOptions } from '../../../proxy/shared/tls/profile-options.ts';
import { Helper } from '../control.ts';
import type { GeneratorApi } from '../load/generator-api.ts';
import { table } from '../report.ts';
import { paired, spread, spreadText } from '../stats.ts';
import { type BenchChain, type VerdictBench, verdictBench, verdictOf } from './verdict.ts';

const LANES = 8;
/** Handshakes before each window, and verdicts before the first: what a worker runs is compiled. */
const WARM_UP = 30;
const WARM_UP_VERDICTS = 20_000;

/** What a server does with a client whose handshake is finished; throws when it is not trusted. */
type Look = (socket: TLSSocket) => unknown;

interface Way {
  readonly title: string;
  /** Does OpenSSL's verdict count? */
  readonly native: boolean;
  readonly look: Look;
}

const OWN = "Node's own verification";

function waysOf({ trust, twoStores }: VerdictBench): Way[] {
  const seen = new SignatureCache();
  const ours = (title: string, look: (presented: readonly Buffer[]) => unknown): Way => ({
    title: `our verdict, ${title}`,
    native: false,
    look: (socket) => look(presentedChain(socket)),
  });
  return [
    { title: OWN, native: true, look: () => {} },
    // Who a client is has to be read by whoever decides about it.
    {
      title: 'the same, and the facts of the certificate',
      native: true,
      look: (socket) => parseCertificate(socket.getPeerX509Certificate()?.raw as Buffer).facts,
    },
    ours('first sight', (presented) => verdictOf(presented, twoStores)),
    ours('its signatures seen before', (presented) => verdictOf(presented, twoStores, seen)),
    ours('seen before', (presented) => verdictOf(presented, trust, seen)),
  ];
}

/** Microseconds of CPU of this process for each of `count` handshakes. */
async function measure(
  { server: { cert, key }, ca }: VerdictBench,
  { native, look }: Way,
  client: BenchChain,
  count: number,
  load: Helper<GeneratorApi>,
): Promise<number> {
  let failure: unknown;
  const server = tls.createServer({
    ...profileOptions('mozilla-modern'),
    cert,
    key,
    ca,
    requestCert: true,
    rejectUnauthorized: native,
  });
  server.on('tlsClientError', (error) => {
    failure = error;
  });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {});
    try {
      look(socket);
      socket.write('x');
    } catch (error) {
      failure = error;
      socket.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 64 }, resolve));
  try {
    const endpoint = {
      port: (server.address() as AddressInfo).port,
      tls: { ca, cert: client.cert, key: client.key },
    };
    await load.call('bareHandshakes', { endpoint, count: WARM_UP, lanes: LANES });
    const before = process.cpuUsage();
    await load.call('bareHandshakes', { endpoint, count, lanes: LANES });
    const { user, system } = process.cpuUsage(before);
    if (failure !== undefined) throw failure;
    return (user + system) / count;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** One row for each chain and way: microseconds, and the ratio to Node's own verification in the same round. */
export async function handshakeTable(count: number, rounds: number): Promise<string> {
  const bench = await verdictBench();
  await using load = new Helper<GeneratorApi>(new URL('../load/generator.ts', import.meta.url));
  const rows: string[][] = [];
  const seen = new SignatureCache();
  for (let i = 0; i < WARM_UP_VERDICTS; i++) {
    for (const { presented } of bench.chains)
      for (const trust of [bench.trust, bench.twoStores]) verdictOf(presented, trust, seen);
  }
  for (const client of bench.chains) {
    const ways = waysOf(bench);
    const samples = new Map<string, number[]>(ways.map(({ title }) => [title, []]));
    for (let round = 0; round < rounds; round++) {
      // No way always runs first.
      for (let i = 0; i < ways.length; i++) {
        const way = ways[(i + round) % ways.length] as Way;
        samples.get(way.title)?.push(await measure(bench, way, client, count, load));
      }
    }
    for (const [title, values] of samples) {
      const ratios = paired(values, samples.get(OWN) ?? [], (a, b) => a / b);
      rows.push([client.title, title, spreadText(spread(values), 0), spreadText(spread(ratios), 3)]);
    }
  }
  return table(['chain', 'handshake', 'CPU us', `x ${OWN}`], rows);
}

if (import.meta.main) console.log(await handshakeTable(Number(process.argv[2] ?? 300), Number(process.argv[3] ?? 9)));

/** ns and bytes of the verdict on a client's chain, outside of any handshake. */
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';

import { parseCertificate } from '../../../policies/x509/certificate.ts';
import { SignatureCache } from '../../../policies/x509/chain/signature-cache.ts';
import { verifyClientChain } from '../../../proxy/shared/trust/verify-client-chain.ts';
import { nsPerOp } from './timing.ts';
import { listsOf, objectionOf, verdictBench, verdictOf } from './verdict.ts';

const LIST_ENTRIES = 100_000;
const KEPT = 10_000;

type Row = readonly [name: string, value: number];

/** Nanoseconds of one verdict: at first sight of a chain, and of a chain that was seen before. */
export async function verdictNs(): Promise<Row[]> {
  const bench = await verdictBench('require');
  const { trust, twoStores } = bench;
  const long = listsOf(bench, LIST_ENTRIES);
  return bench.chains.flatMap(({ title, presented }): Row[] => {
    const seen = new SignatureCache();
    const verdict = verifyClientChain(presented, trust, Date.now(), seen);
    return [
      [
        `verdict: ${title}, first sight`,
        perVerdict(() => verifyClientChain(presented, twoStores, Date.now(), new SignatureCache())),
      ],
      [
        `verdict: ${title}, its signatures seen before`,
        perVerdict(() => verifyClientChain(presented, twoStores, Date.now(), seen)),
      ],
      [`verdict: ${title}, seen before`, perVerdict(() => verifyClientChain(presented, trust, Date.now(), seen))],
      [`verdict: ${title}, in lists of ${LIST_ENTRIES} entries`, perVerdict(() => objectionOf(verdict, trust, long))],
    ];
  });
}

function perVerdict(run: () => unknown): number {
  return nsPerOp((n) => {
    for (let i = 0; i < n; i++) run();
  }, 50);
}

/** Bytes that are kept of a client's chain for as long as its session lives. */
export async function verdictBytes(): Promise<Row[]> {
  v8.setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const bench = await verdictBench();
  return bench.chains.flatMap(({ title, presented }) => {
    const signatures = new SignatureCache();
    const copies = () => presented.map((der) => Buffer.from(der));
    const facts = bytesEach(gc, () => parseCertificate(copies()[0] as Buffer).facts);
    const whole = bytesEach(gc, () => verdictOf(copies(), bench.twoStores, signatures));
    return [
      [`facts of the certificate (${title})`, facts],
      [`beside them, to judge it again (${title})`, whole - facts],
    ] as Row[];
  });
}

function bytesEach(gc: () => void, make: () => unknown): number {
  const used = (): number => {
    gc();
    gc();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const kept: unknown[] = Array.from({ length: KEPT }, () => null);
  for (let i = 0; i < 100; i++) make();
  const before = used();
  for (let i = 0; i < KEPT; i++) kept[i] = make();
  const after = used();
  return (after - before) / kept.length;
}

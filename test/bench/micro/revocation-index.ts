/**
 * What a revocation list of a hundred thousand entries costs; also alone: `node test/bench/micro/revocation-index.ts`.
 */
import { hash } from 'node:crypto';
import { buildRevocationIndex } from '../../../policies/revocation/build-index.ts';
import { readCrl } from '../../../policies/revocation/crl.ts';
import { RevocationIndex } from '../../../policies/revocation/index.ts';
import { KeyMaker } from '../../../policies/revocation/index-layout.ts';
import { largeCrl, largeSerial } from '../../policies/revocation/support/crl-writer.ts';
import { ecdsa, testKey, verifySignature } from '../../policies/revocation/support/signing.ts';
import { table } from '../report.ts';
import { nsPerOp } from './timing.ts';

const ENTRIES = 100_000;
/** Keys in turn, so that the table is looked at all over. */
const ASKED = 65_536;

const repeat = (run: (i: number) => unknown, first?: number): number =>
  nsPerOp((n) => {
    for (let i = 0; i < n; i++) run(i);
  }, first);

export function revocationNs(): (readonly [name: string, ns: number])[] {
  const der = largeCrl(ENTRIES);
  const issuerKeyHash = hash('sha256', 'issuer', 'buffer');
  const list = { complete: readCrl(der), delta: undefined };
  const lists = [{ name: 'bench', issuerKeyHash, list, freshUntil: 0 }];
  const buffer = buildRevocationIndex(lists);
  const index = new RevocationIndex(buffer);
  const maker = new KeyMaker().issuer(issuerKeyHash);
  const serials = Array.from({ length: ASKED }, (_, i) => largeSerial(i));
  const revoked = serials.map((serial) => maker.key(serial, 0, serial.length));
  const absent = Array.from({ length: ASKED }, (_, i) => hash('sha256', `absent ${i}`, 'buffer'));
  const key = testKey();
  const signature = ecdsa(der, key);
  const algorithm = { oid: '1.2.840.10045.4.3.2', der };
  const size = `${(buffer.byteLength / ENTRIES).toFixed(1)} bytes an entry`;
  return [
    [`revocation: read a list of ${ENTRIES} entries`, repeat(() => readCrl(der), 1)],
    ['revocation: check its signature', repeat(() => verifySignature(der, algorithm, signature, key.spki), 1)],
    [`revocation: build the index, ${size}`, repeat(() => buildRevocationIndex(lists), 1)],
    ['revocation: open it in a thread', repeat(() => new RevocationIndex(buffer))],
    ['revocation: probe for a revoked one', repeat((i) => index.probe(revoked[i % ASKED] as Uint8Array))],
    ['revocation: probe for another', repeat((i) => index.probe(absent[i % ASKED] as Uint8Array))],
    ['revocation: look-up with its hash', repeat((i) => index.lookup(issuerKeyHash, serials[i % ASKED] as Uint8Array))],
  ];
}

if (import.meta.main) {
  const rows = revocationNs().map(([name, ns]) => [name, ns.toFixed(0)]);
  console.log(table(['operation', 'ns'], rows));
}

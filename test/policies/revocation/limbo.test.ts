/** The cases with revocation lists of C2SP x509-limbo, where they are at hand. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { buildRevocationIndex } from '../../../policies/revocation/build-index.ts';
import { coverage } from '../../../policies/revocation/coverage.ts';
import { readCrl } from '../../../policies/revocation/crl.ts';
import type { CrlIssuer } from '../../../policies/revocation/crl-check.ts';
import { CrlError } from '../../../policies/revocation/crl-error.ts';
import { revocationFacts } from '../../../policies/revocation/facts.ts';
import { RevocationIndex } from '../../../policies/revocation/index.ts';
import { type NamedCrl, selectLists } from '../../../policies/revocation/issuer-lists.ts';
import { readBlocks } from '../../../policies/revocation/pem.ts';
import { revocationVerdict } from '../../../policies/revocation/verdict.ts';
import { type Certificate, parseCertificate } from '../../../policies/x509/certificate.ts';
import { readVectors, withoutVectors } from '../../support/vectors.ts';
import { sha256, verifySignature } from './support/signing.ts';

interface Case {
  readonly id: string;
  readonly trusted_certs: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string;
  readonly expected_result: 'SUCCESS' | 'FAILURE';
  readonly crls?: readonly string[];
}

const FILE = 'x509-limbo-mtls.json.gz';
const skip = withoutVectors(FILE);
const cases = readVectors<{ testcases: readonly Case[] }>(FILE)
  .flatMap(({ testcases }) => testcases)
  .filter(({ crls = [] }) => crls.length > 0);

const certificateOf = (pem: string): Certificate => parseCertificate(new X509Certificate(pem).raw);

/** cRLSign of a keyUsage, if there is one. */
function signsCrls({ der, extensions }: Certificate): boolean {
  const usage = extensions.find(({ oid }) => oid === '2.5.29.15');
  // 03 length unused bits: cRLSign is bit 6.
  return usage === undefined || ((der[usage.value.content + 3] as number) & 0x02) !== 0;
}

function issuerOf(certificate: Certificate): CrlIssuer {
  const { der, subject, publicKey } = certificate;
  const spki = der.subarray(publicKey.start, publicKey.end);
  const name = der.subarray(subject.start, subject.end);
  return { name, spki, keyHash: sha256(spki), keyId: undefined, signsCrls: signsCrls(certificate) };
}

/** The verdict of a store that requires a list. */
function judge({ trusted_certs, peer_certificate, validation_time, crls = [] }: Case): 'SUCCESS' | 'FAILURE' {
  const leaf = certificateOf(peer_certificate);
  const issuer = issuerOf(certificateOf(trusted_certs[0] ?? ''));
  const lists: NamedCrl[] = [];
  for (const [i, pem] of crls.entries()) {
    try {
      for (const { der } of readBlocks(Buffer.from(pem))) lists.push({ name: `${i}`, crl: readCrl(der) });
    } catch (error) {
      assert.ok(error instanceof CrlError);
    }
  }
  const now = Date.parse(validation_time);
  const options = { now, skew: 0, maxStaleness: 0, highest: {}, verify: verifySignature };
  const { usable } = selectLists(lists, issuer, options);
  const index = new RevocationIndex(
    buildRevocationIndex(usable.map((list) => ({ ...list, issuerKeyHash: issuer.keyHash }))),
  );
  const entry = index.lookup(issuer.keyHash, Buffer.from(leaf.facts.serial, 'hex'));
  const facts = revocationFacts(
    {
      denied: undefined,
      revoked: entry && { entry, list: index.list(entry.list) },
      coverage: coverage(index.listsOf(issuer.keyHash), { isCa: false, points: [] }, now),
      ocsp: undefined,
    },
    now,
  );
  return revocationVerdict({ mode: 'require', onStale: 'deny' }, facts).ok ? 'SUCCESS' : 'FAILURE';
}

test('limbo has cases with revocation lists', { skip }, () => assert.equal(cases.length, 8));

for (const one of cases) {
  test(`limbo: ${one.id}: ${one.expected_result}`, () => assert.equal(judge(one), one.expected_result));
}

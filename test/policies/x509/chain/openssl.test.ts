import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { type TempDir, tempDir } from '../../../support/temp-dir.ts';
import { needsOpenssl } from '../openssl.ts';
import type { Issued } from './issue.ts';
import type { OpensslChain } from './openssl-chain.ts';
import { CHAINS } from './openssl-chains.ts';
import { NOW, store, validate, verdict } from './validating.ts';

const pem = (issued: readonly Issued[]) =>
  issued
    .map(({ der }) => `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`)
    .join('');

/** Undefined when `openssl verify` trusts the chain for TLS clients, else what it says. */
function opensslRefusal(dir: TempDir, { chain, trust, partial }: OpensslChain): string | undefined {
  const [leaf, ...presented] = chain;
  const { status, stdout, stderr } = spawnSync('openssl', [
    'verify',
    ...['-purpose', 'sslclient', '-auth_level', '2', '-attime', String(NOW / 1000)],
    ...['-no-CAfile', '-no-CApath', '-no-CAstore', '-CAfile', dir.write('trust.pem', pem(trust))],
    ...(presented.length > 0 ? ['-untrusted', dir.write('presented.pem', pem(presented))] : []),
    ...(partial === true ? ['-partial_chain'] : []),
    dir.write('leaf.pem', pem([leaf])),
  ]);
  return status === 0 ? undefined : `${stderr}${stdout}`;
}

describe('chains are judged as OpenSSL judges them', needsOpenssl, () => {
  let dir: TempDir;
  before(() => {
    dir = tempDir();
  });
  after(() => dir[Symbol.asyncDispose]());

  for (const item of CHAINS) {
    test(`${item.what}${item.differs === undefined ? '' : ` (differently: ${item.differs})`}`, () => {
      // OpenSSL takes a leaf without extKeyUsage for every purpose.
      const result = validate(item.chain, [store('plant', item.trust, item.partial)], { eku: 'lenient' });
      const theirs = opensslRefusal(dir, item);
      const told = `ours: ${verdict(result)}; OpenSSL: ${theirs ?? 'OK'}`;
      assert.equal(result.ok === (theirs === undefined), item.differs === undefined, told);
    });
  }
});

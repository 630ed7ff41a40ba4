import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { SignatureCache } from '../../../../policies/x509/chain/signature-cache.ts';
import { createAuthority, type Issued } from '../../../../proxy/cli/pki/authority.ts';
import { ChainVerdictCache, chainKey } from '../../../../proxy/shared/trust/chain-verdict-cache.ts';
import { ListenerTrust } from '../../../../proxy/shared/trust/listener-trust.ts';
import { ChainRefused, verifyClientChain } from '../../../../proxy/shared/trust/verify-client-chain.ts';

const HOUR = 3_600_000;
const now = Date.now();
const plant = await createAuthority({ commonName: 'Plant CA' });
const other = await createAuthority({ commonName: 'Other CA' });
const store = (certificates: string) =>
  ({
    certificates,
    anchors: 'roots',
    pins: [],
    revocation: { mode: 'off', ocspHosts: [], maxStaleness: 0, onStale: 'deny' },
  }) as const;
const trustIn = (...authorities: readonly (typeof plant)[]) =>
  new ListenerTrust(Object.fromEntries(authorities.map(({ cert }, i) => [`store-${i}`, store(cert)])), {
    clientAuth: 'required',
    eku: 'strict',
    clockSkew: 0,
    profile: 'mozilla-modern',
  });
const chainOf = (...parts: readonly Pick<Issued, 'cert'>[]) => parts.map(({ cert }) => new X509Certificate(cert).raw);
const device = (more = {}) => plant.issue({ subject: 'CN=pump-1', ...more });
const look = (presented: readonly Buffer[], trust: ListenerTrust, at = now) =>
  verifyClientChain(presented, trust, at, new SignatureCache());

test('a chain that comes again has the verdict that it had, another chain one of its own', async () => {
  const trust = trustIn(plant);
  const chain = chainOf(await device());
  const verdict = look(chain, trust);
  assert.equal(look(chain.map(Buffer.from), trust), verdict);
  const another = look(chainOf(await device()), trust);
  assert.notEqual(another, verdict);
  assert.notEqual(another.facts.serial, verdict.facts.serial);
  assert.equal(trustIn(plant).seen?.find(chainKey(chain), now), undefined, 'another listener judges for itself');
});

test('what was found good does not outlive the certificate, nor count before its time', async () => {
  const times = { notBefore: new Date(now - HOUR), notAfter: new Date(now + HOUR) };
  const chain = chainOf(await device(times));
  const trust = trustIn(plant);
  look(chain, trust);
  for (const at of [now + HOUR + 1000, now - HOUR - 1000]) assert.throws(() => look(chain, trust, at), ChainRefused);
  look(chain, trust);
});

test('a refused chain is refused again, and is not kept', async () => {
  const trust = trustIn(other);
  const chain = chainOf(await device());
  for (let i = 0; i < 2; i++) assert.throws(() => look(chain, trust), ChainRefused);
  assert.equal(trust.seen?.find(chainKey(chain), now), undefined);
});

test('with several stores nothing is kept: a second path may become valid', () => {
  assert.equal(trustIn(plant, other).seen, null);
});

test('one octet more, less or other is another chain, and so is another order', async () => {
  const [a, b] = chainOf(await device(), plant) as [Buffer, Buffer];
  const flipped = (der: Buffer) => Buffer.concat([der.subarray(0, -1), Buffer.of((der.at(-1) as number) ^ 1)]);
  const moved = [a.subarray(0, -1), Buffer.concat([a.subarray(-1), b])];
  const keys = [[a, b], [a], [b, a], [flipped(a), b], [a, flipped(b)], moved].map(chainKey);
  assert.equal(new Set(keys).size, keys.length);
});

test('a certificate whose signature is another is not the one that was seen', async () => {
  const trust = trustIn(plant);
  const [leaf] = chainOf(await device()) as [Buffer];
  look([leaf], trust);
  const forged = Buffer.from(leaf);
  forged[forged.length - 1] = (forged.at(-1) as number) ^ 1;
  assert.throws(
    () => look([forged], trust),
    (error: unknown) => error instanceof ChainRefused && error.why === 'bad-signature',
  );
});

test('only so many are kept, the first that came goes first', async () => {
  const verdict = look(chainOf(await device()), trustIn(plant));
  const seen = new ChainVerdictCache(2);
  for (const key of ['a', 'b', 'a', 'c']) seen.keep(key, verdict);
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => seen.find(key, now) === verdict),
    [true, false, true],
  );
});

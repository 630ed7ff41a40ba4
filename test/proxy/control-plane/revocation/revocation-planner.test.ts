import assert from 'node:assert/strict';
import test from 'node:test';
import { createAuthority } from '../../../../proxy/cli/pki/authority.ts';
import type { GateConfig } from '../../../../proxy/control-plane/config/model.ts';
import { crlSources } from '../../../../proxy/control-plane/revocation/crl-sources.ts';
import { DistributionPoints } from '../../../../proxy/control-plane/revocation/distribution-points.ts';
import { RevocationPlanner } from '../../../../proxy/control-plane/revocation/revocation-planner.ts';
import { StateDir } from '../../../../proxy/control-plane/state/state-dir.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const authority = await createAuthority({ commonName: 'CA' });
const [first, second] = await Promise.all([1, 2].map((number) => authority.crl({ revoked: [], number })));

function inputs(crl: string | undefined) {
  const plan = { certificates: authority.cert, revocation: { mode: 'require', maxStaleness: 0 } };
  const lists = { files: [{ name: 'crl', bytes: Buffer.from(crl ?? '') }], urls: [] };
  const config = { trust: { s: { name: 's', plan, lists } } } as unknown as GateConfig;
  return { config, fetched: new Map(), sources: crlSources(new DistributionPoints(() => {})), denied: [] };
}

test('a preview of a newer list does not make the one in force an old one', async () => {
  await using dir = tempDir();
  const state = StateDir.open(dir.file('state'));
  const source = new RevocationPlanner(state);
  const planned = source.plan(inputs(first), Date.now());
  const kept = state.read('crl-numbers');
  const { lists } = source;
  const preview = source.preview(inputs(second), Date.now());
  assert.notEqual(preview.version, planned.version);
  assert.deepEqual([source.lists, state.read('crl-numbers')], [lists, kept]);
  const again = source.plan(inputs(first), Date.now());
  assert.equal(again.version, planned.version);
  assert.deepEqual(source.lists?.refused, []);
});

test('what was planned is kept: an older list is refused from then on', async () => {
  const source = new RevocationPlanner(null);
  source.plan(inputs(second), Date.now());
  const preview = source.preview(inputs(second), Date.now());
  assert.equal(preview.version, source.plan(inputs(second), Date.now()).version);
  source.plan(inputs(first), Date.now());
  assert.match(source.lists?.refused.join() ?? '', /number 1, but 2 was seen before/);
});

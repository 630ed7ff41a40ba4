import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { parse } from 'yaml';
import { compileIdentities } from '../../../../policies/identity/identity.ts';
import { facts, rdns } from '../../../policies/identity/facts.ts';
import { edit, SOUND, workspace } from './support.ts';

const DAY = 86_400_000;

interface Example {
  readonly subject: Readonly<Record<string, readonly string[]>>;
  readonly issuer: Readonly<Record<string, readonly string[]>>;
  readonly uri: readonly string[];
  readonly eku: readonly string[];
  readonly serial: string;
  readonly principal: string;
}

test('the certificates of docs/identities.md get the principals that it says', async () => {
  const text = readFileSync(new URL('../../../../docs/identities.md', import.meta.url), 'utf8');
  const [configuration = '', examples = ''] = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block);
  const [, own = ''] = /(identities:\n.*?)roles:\n/s.exec(SOUND) ?? [];
  await using dir = await workspace();
  const loaded = dir.load(edit(own, configuration).replace('plant/{CN}/#', 'plant/#'));
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const identify = compileIdentities(loaded.config.policy.identities, () => true);
  const certificates: readonly Example[] = parse(examples);
  assert.equal(certificates.length, 3);
  for (const { subject, issuer, uri, eku, serial, principal } of certificates) {
    const certificate = { ...facts(rdns(subject), { uri }), issuer: facts(rdns(issuer)).subject, eku, serial };
    const found = identify('devices', certificate, DAY);
    assert.equal(found.ok ? found.principal : 'none', principal, JSON.stringify(found));
  }
});

import assert from 'node:assert/strict';
import test from 'node:test';
import type { GateConfig } from '../../../../proxy/control-plane/config/model.ts';
import { reload } from '../../../../proxy/control-plane/generations/reload.ts';
import { rollback, settingsBefore } from '../../../../proxy/control-plane/generations/rollback.ts';
import { testPki } from '../../../support/pki.ts';
import { edit, SOUND, type Workspace, workspace } from '../config/support.ts';
import { running } from './reloading.ts';

const WIDE = edit('plant/{CN}/#', 'wide/#');

/** A gate with two generations behind it: `SOUND`, then `WIDE`. */
async function widened(dir: Workspace) {
  const it = await running(dir);
  dir.write('headgate.yaml', WIDE);
  assert.equal((await reload(it.deps)).changed, true);
  it.said.length = 0;
  const right = () => JSON.stringify(it.control.content?.config.policy.roles).includes('wide/#');
  assert.equal(right(), true);
  return { ...it, right };
}

test('there is nothing to go back to before other settings were in force, and that is no failed attempt', async () => {
  await using dir = await workspace();
  const { deps, control, results, said } = await running(dir);
  assert.equal(await rollback({ ...deps, control }), null);
  dir.write('headgate.yaml', `${SOUND}# a comment\n`);
  assert.equal((await reload(deps)).changed, false);
  assert.equal(await rollback({ ...deps, control }), null);
  assert.deepEqual(results.length, 1);
  assert.ok(!said.join().includes('rollback'));
});

test('one step back and again forward, each a generation of its own; the watch still goes by what it read', async () => {
  await using dir = await workspace();
  const { deps, control, seen, said, right } = await widened(dir);
  const { watched, loads } = seen;
  const back = await rollback({ ...deps, control });
  assert.deepEqual([back?.ok, back?.changed, back?.generation, right()], [true, true, 3, false]);
  assert.deepEqual([control.info().source, control.info().before?.id], ['rollback', 2]);
  assert.deepEqual(said, ['headgate_rollbacks_total ok', 'an operator went back to the settings before']);
  const forward = await rollback({ ...deps, control });
  assert.deepEqual([forward?.generation, right(), control.info().source], [4, true, 'files']);
  assert.deepEqual([seen.watched, seen.loads], [watched, loads]);
});

test('the files are taken again when they are asked for, also when they say what the rollback brought back', async () => {
  await using dir = await workspace();
  const { deps, control, right } = await widened(dir);
  await rollback({ ...deps, control });
  assert.deepEqual([(await reload(deps)).generation, right(), control.info().source], [4, true, 'files']);
  await rollback({ ...deps, control });
  dir.write('headgate.yaml', SOUND);
  const { changed, generation } = await reload(deps);
  assert.deepEqual([changed, generation, right(), control.info().source], [false, 5, false, 'files']);
});

test('a certificate that expired meanwhile does not come back', async () => {
  await using dir = await workspace();
  const { deps, control, other } = await running(dir);
  const expired = await (await testPki()).issue({
    subject: 'CN=localhost',
    eku: 'server',
    notBefore: new Date(Date.now() - 2e8),
    notAfter: new Date(Date.now() - 1e8),
  });
  const content = control.content as NonNullable<typeof control.content>;
  const listeners = content.config.listeners.map(({ listen, plan }) => ({
    listen,
    plan: { ...plan, tls: { ...plan.tls, certificate: expired.cert } },
  }));
  await control.apply(() => ({ ok: true, ...content, config: { ...content.config, listeners }, read: false }));
  dir.write('server.pem', other.cert);
  dir.write('server.key', other.key);
  assert.equal((await reload(deps)).ok, true);
  const refused = await rollback({ ...deps, control });
  assert.equal(refused?.ok, false);
  assert.match(refused?.errors.join() ?? '', /expired on/);
  assert.equal(control.listeners[0]?.tls.certificate, other.cert);
});

interface Side {
  readonly deny?: string;
  /** Store -> its certificates, and its lists by the age of their content. */
  readonly stores?: Readonly<
    Record<string, readonly [ca: string, mode: string, lists: Readonly<Record<string, string>>]>
  >;
}

function settings({ deny, stores = {} }: Side): GateConfig {
  const trust = Object.fromEntries(
    Object.entries(stores).map(([name, [ca, mode, lists]]) => {
      const files = Object.entries(lists).map(([file, text]) => ({ name: file, bytes: Buffer.from(text) }));
      return [name, { name, plan: { certificates: ca, revocation: { mode } }, lists: { files } }];
    }),
  );
  const used = Object.fromEntries(Object.entries(trust).map(([name, { plan }]) => [name, plan]));
  const listeners = [{ listen: [], plan: { name: 'plant', stores: used } }];
  const denyFile = { name: 'deny', entries: [deny] };
  return { listeners, trust, ...(deny !== undefined && { denyFile }) } as unknown as GateConfig;
}

const BACK: readonly (readonly [what: string, before: Side, now: Side, expected: Side])[] = [
  ['the deny file as it is now', { deny: 'old' }, { deny: 'now' }, { deny: 'now' }],
  ['a deny file that came since', {}, { deny: 'now' }, { deny: 'now' }],
  ['a deny file that is no longer named, too', { deny: 'old' }, {}, { deny: 'old' }],
  [
    'lists and terms as they are now, and certificates of before',
    { stores: { s: ['old', 'require', { crl: 'old' }] } },
    { stores: { s: ['now', 'prefer', { crl: 'now', more: 'now' }] } },
    { stores: { s: ['old', 'prefer', { crl: 'now', more: 'now' }] } },
  ],
  [
    'the lists of a store that is no longer there',
    { stores: { s: ['old', 'require', { crl: 'old' }], gone: ['old', 'require', { g: 'old' }] } },
    { stores: { s: ['now', 'require', {}], came: ['now', 'require', { c: 'now' }] } },
    { stores: { s: ['old', 'require', {}], gone: ['old', 'require', { g: 'old' }] } },
  ],
];

for (const [what, before, now, expected] of BACK) {
  test(`what a rollback revokes: ${what}`, () => {
    assert.deepEqual(settingsBefore(settings(before), settings(now)), settings(expected));
  });
}

import assert from 'node:assert/strict';
import test from 'node:test';
import type { ContentChanges } from '../../../../proxy/control-plane/api/dry-run.ts';
import { contentChanges } from '../../../../proxy/control-plane/generations/content-changes.ts';
import { planGeneration } from '../../../../proxy/control-plane/generations/generation-plan.ts';
import { NO_REVOCATION_PART } from '../../../support/no-revocation.ts';
import { testPki } from '../../../support/pki.ts';
import { SOUND, type Workspace, workspace } from '../config/support.ts';

const NOTHING = { added: [], removed: [], changed: [] };
const UNCHANGED: ContentChanges = {
  listeners: NOTHING,
  trust: NOTHING,
  identities: NOTHING,
  identityOrder: false,
  roles: NOTHING,
  revocation: false,
};

function side(dir: Workspace, text: string, version = 'none') {
  const read = dir.load(text);
  assert.ok(read.ok, JSON.stringify(read));
  const revocation = { ...NO_REVOCATION_PART, version };
  return { content: read, plan: planGeneration(read.config, revocation) };
}

const SECOND = `  - name: others
    when: { trust: devices, subject: { O: Others } }
    principal: "{CN}"
    roles: [device]
`;
const TWO = SOUND.replace('roles:\n  device', `${SECOND}roles:\n  device`);
const SWAPPED = SOUND.replace('  - name: devices\n', `${SECOND}  - name: devices\n`);

const CASES: readonly (readonly [what: string, before: string, after: string, expected: Partial<ContentChanges>])[] = [
  ['nothing', SOUND, `${SOUND}# a comment\n`, {}],
  ['a new identity', SOUND, TWO, { identities: { ...NOTHING, added: ['others'] } }],
  ['an identity that is gone', SWAPPED, SOUND, { identities: { ...NOTHING, removed: ['others'] } }],
  ['the order of identities', TWO, SWAPPED, { identityOrder: true }],
  ['a right', SOUND, SOUND.replace('plant/{CN}', 'other/{CN}'), { roles: { ...NOTHING, changed: ['device'] } }],
  [
    'an address of a listener',
    SOUND,
    SOUND.replace('127.0.0.1:8883', '127.0.0.1:8884'),
    { listeners: { ...NOTHING, changed: ['plant'] } },
  ],
  [
    'the name of a listener',
    SOUND,
    SOUND.replace('name: plant', 'name: works'),
    { listeners: { ...NOTHING, added: ['works'], removed: ['plant'] } },
  ],
];

for (const [what, before, after, expected] of CASES) {
  test(`told apart: ${what}`, async () => {
    await using dir = await workspace();
    assert.deepEqual(contentChanges(side(dir, before), side(dir, after)), { ...UNCHANGED, ...expected });
  });
}

test('other certificates in a file of the same name are another trust store', async () => {
  await using dir = await workspace();
  const before = side(dir, SOUND);
  dir.write('ca.pem', (await testPki()).ca + (await testPki()).ca);
  const { trust, roles } = contentChanges(before, side(dir, SOUND));
  assert.deepEqual([trust, roles], [{ ...NOTHING, changed: ['devices'] }, NOTHING]);
});

test('what is revoked is told', async () => {
  await using dir = await workspace();
  assert.deepEqual(contentChanges(side(dir, SOUND), side(dir, SOUND, 'other')), { ...UNCHANGED, revocation: true });
});

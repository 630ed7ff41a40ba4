/** `/api/reload` as a dry run, `/api/rollback`, and the commands that ask for them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { reloadCommand } from '../../../../proxy/cli/reload.ts';
import { rollbackCommand } from '../../../../proxy/cli/rollback.ts';
import { startAdmin } from '../../../../proxy/control-plane/admin/server.ts';
import type { DryRun } from '../../../../proxy/control-plane/api/dry-run.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { runCommand } from '../../cli/run-command.ts';
import { ask } from './ask.ts';
import { paperDeps } from './deps.test.ts';

async function setUp() {
  const place = tempDir();
  const paper = paperDeps();
  const socketPath = place.file('a.sock');
  const server = await startAdmin({ socket: socketPath, hosts: [] }, paper.deps);
  const headers = { 'content-type': 'application/json' };
  return {
    ...paper,
    socketPath,
    post: (path: string, body: string) => ask({ socketPath, path, method: 'POST', headers }, body),
    async [Symbol.asyncDispose]() {
      await server.close();
      await place[Symbol.asyncDispose]();
    },
  };
}

const NOTHING = { added: [], removed: [], changed: [] };
const DRY_RUN: Extract<DryRun, { ok: true }> = {
  ok: true,
  generation: 3,
  hash: 'beef',
  changed: true,
  changes: {
    listeners: { added: ['new'], removed: ['old'], changed: [] },
    trust: { ...NOTHING, changed: ['devices'] },
    identities: NOTHING,
    identityOrder: true,
    roles: NOTHING,
    revocation: true,
  },
  sessions: {
    live: 9,
    ends: [
      {
        listener: 'plant',
        identity: 'devices',
        reason: 'policy-changed',
        count: 7,
        examples: Array.from({ length: 7 }, (_, i) => ({ principal: `p${i}`, words: 'gone' })),
      },
    ],
  },
  rejections: {
    allowed: 2,
    maybeAllowed: 1,
    refused: 4,
    notAsked: 3,
    examples: [{ principal: 'p\u001b[1m', identity: 'devices', action: 'publish', resource: 'a/b' }],
  },
  reloadInterval: 10_000,
};

test('a dry run is answered, and is no reload', async () => {
  await using it = await setUp();
  it.state.dryRun = DRY_RUN;
  const { status, json } = await it.post('/api/reload', '{"dryRun":true}');
  assert.deepEqual([status, json], [200, { dryRun: DRY_RUN }]);
  assert.equal(it.state.reloads, 0);
  assert.equal((await it.post('/api/reload', '{"dryRun":false}')).status, 200);
  assert.equal(it.state.reloads, 1);
});

test('a dry run of files that would be refused says why', async () => {
  await using it = await setUp();
  const { status, json } = await it.post('/api/reload', '{"dryRun":true}');
  assert.deepEqual([status, json.error.code], [422, 'reload-refused']);
  const { code, err } = await runCommand(reloadCommand, '--admin', it.socketPath, '--dry-run');
  assert.deepEqual([code, err], [1, ['headgate reload: a reload would be refused: gate.yaml:3:1: no such key']]);
});

const BAD_BODIES: readonly (readonly [path: string, body: string])[] = [
  ['/api/reload', '{"dryRun":"yes"}'],
  ['/api/reload', '{"dryRun":true,"force":true}'],
  ['/api/rollback', '{"dryRun":true}'],
  ['/api/rollback', '[]'],
  ['/api/rollback', 'null'],
];

for (const [path, body] of BAD_BODIES) {
  test(`${path} refuses the body ${body}`, async () => {
    await using it = await setUp();
    const { status, json } = await it.post(path, body);
    assert.deepEqual([status, json.error.code, it.state.reloads], [400, 'bad-body', 0]);
  });
}

test('a rollback is answered; one that is refused, or has nothing to go back to, says so', async () => {
  await using it = await setUp();
  const nothing = await it.post('/api/rollback', '{}');
  assert.deepEqual([nothing.status, nothing.json.error.code], [409, 'nothing-before']);
  it.state.rollback = it.state.reload;
  const done = await it.post('/api/rollback', '{}');
  assert.deepEqual([done.status, done.json], [200, { rollback: it.state.reload }]);
  it.state.rollback = { ...it.state.reload, ok: false, generation: 3, errors: ['the address is in use'] };
  const refused = await it.post('/api/rollback', '{}');
  assert.deepEqual([refused.status, refused.json.error.code], [422, 'rollback-refused']);
  assert.match(refused.json.error.message, /generation 3 stays in force: the address is in use/);
});

test('people are told what differs, who would end and what would be allowed; nothing controls their terminal', async () => {
  await using it = await setUp();
  it.state.dryRun = DRY_RUN;
  const { code, out } = await runCommand(reloadCommand, '--admin', it.socketPath, '--dry-run');
  assert.equal(code, 0);
  assert.deepEqual(out, [
    '+ listener new',
    '- listener old',
    '~ trust store devices',
    '~ identities are tried in another order',
    '~ what is revoked or denied',
    'sessions: 7 of 9 would end',
    '  7 of devices on plant: policy-changed',
    ...[0, 1, 2, 3, 4].map((i) => `    p${i}: gone`),
    '    …',
    'rejections of the last hour: 2 would be allowed, 1 may be, 4 would not, 3 cannot be decided again',
    '  + p\\x1b[1m (devices) publish a/b',
    'nothing was changed: generation 3 stays in force; the new one would be beef',
    'the files are watched (reloadInterval 10000 ms): this change is loaded without a request',
  ]);
  it.state.dryRun = { ...DRY_RUN, changed: false };
  assert.deepEqual((await runCommand(reloadCommand, '--admin', it.socketPath, '--dry-run')).out, [
    'a reload would change nothing',
    'nothing was changed: generation 3 stays in force',
  ]);
});

const COMMANDS = [
  ['reload', reloadCommand],
  ['rollback', rollbackCommand],
] as const;

for (const [name, command] of COMMANDS) {
  test(`headgate ${name} reports changes and no changes, also as JSON; wrong usage and no gate are failures`, async () => {
    await using it = await setUp();
    const run = (...argv: string[]) => runCommand(command, '--admin', it.socketPath, ...argv);
    it.state.rollback = it.state.reload;
    assert.match((await run()).out.join('\n'), /^generation 4 is in force on every worker/);
    assert.deepEqual(JSON.parse((await run('--json')).out.join('')), it.state.reload);
    it.state.reload = { ...it.state.reload, changed: false };
    it.state.rollback = it.state.reload;
    assert.match((await run()).out.join('\n'), /^unchanged: generation 4/);
    const usage = await run('--force');
    assert.equal(usage.code, 2);
    assert.match(usage.err.join(), new RegExp(`usage: headgate ${name} `));
    const nowhere = await runCommand(command, '--admin', `${it.socketPath}-gone`);
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.err.join(), /is headgate running/);
  });
}

/** What the commands say of rules, roles and listeners in shadow. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { diffCommand } from '../../../proxy/cli/diff.ts';
import { explainCommand } from '../../../proxy/cli/explain.ts';
import { rejectionsCommand } from '../../../proxy/cli/rejections.ts';
import { testCommand } from '../../../proxy/cli/test.ts';
import { startAdmin } from '../../../proxy/control-plane/admin/server.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { paperDeps } from '../control-plane/admin/deps.test.ts';
import { edit } from '../control-plane/config/support.ts';
import { draft } from '../data-plane/draft.ts';
import { CONFIG } from './explain/support.ts';
import { runCommand } from './run-command.ts';

const DENY = '- publish: "plant/+/firmware/#"\n';
const RULE = edit(DENY, `- { publish: "plant/+/firmware/#", mode: shadow }\n`, CONFIG);
const ROLE = edit('  device:\n', '  device:\n    mode: shadow\n', CONFIG);
const LISTENER = edit('  - name: plant\n', '  - name: plant\n    mode: shadow\n', CONFIG);
const RULE_ID = 'roles.device.mqtt.deny[0]';

async function run(command: typeof diffCommand, config: string, ...argv: string[]) {
  await using dir = tempDir();
  dir.write('old.yaml', CONFIG);
  dir.write('new.yaml', config);
  dir.write('pump.yaml', 'trust: devices\nsubject: { O: Acme, CN: pump-1 }\n');
  const { code, out, err } = await runCommand(command, ...argv.map((one) => one.replace('DIR', dir.path)));
  return { code, text: [...out, ...err].join('\n').replaceAll(`${dir.path}/`, '') };
}

const ASK = ['--facts', 'DIR/pump.yaml', '--mqtt', 'publish', '--topic'];

for (const [what, config, topic, expected] of [
  [
    'a rule',
    RULE,
    'plant/pump-1/firmware/x',
    [
      /roles\.device\.mqtt\.deny\[0\] .* would decide: holds this topic \(in shadow\)$/m,
      /^verdict: allow by roles\.device\.mqtt\.allow\[0\]; would be refused by roles\.device\.mqtt\.deny\[0\] \(denied\)$/m,
    ],
  ],
  [
    'a role',
    ROLE,
    'elsewhere',
    [
      /^verdict: allow by shadow; would be refused by default-deny \(denied\)$/m,
      /^ {2}in shadow mode: no rule of role device allows this publish$/m,
      /roles\.device\.mqtt\.deny\[0\] .*is about other topics \(in shadow\)$/m,
    ],
  ],
  [
    'a listener',
    LISTENER,
    'elsewhere',
    [/^verdict: deny by default-deny \(denied\)$/m, /^in shadow mode, where missing rights refuse nothing: plant$/m],
  ],
] as const) {
  test(`explain tells what ${what} in shadow would refuse`, async () => {
    const { code, text } = await run(explainCommand, config, '--config', 'DIR/new.yaml', ...ASK, topic);
    assert.equal(code, 0, text);
    for (const part of expected) assert.match(text, part);
  });
}

test('explain as data: the verdict, and what would refuse it', async () => {
  const { text } = await run(
    explainCommand,
    RULE,
    '--json',
    '--config',
    'DIR/new.yaml',
    ...ASK,
    'plant/pump-1/firmware/x',
  );
  const [question] = JSON.parse(text).questions;
  assert.deepEqual([question.verdict, question.shadow], ['allow', { ruleId: RULE_ID, cause: 'denied' }]);
});

test('diff: a deny that moves into shadow widens, and nothing but modes differs; back it narrows', async () => {
  const { code, text } = await run(diffCommand, RULE, 'DIR/old.yaml', 'DIR/new.yaml');
  assert.equal(code, 4);
  assert.match(text, /no longer denied by "plant\/\+\/firmware\/#"/);
  assert.match(text, /^ {2}in shadow: nothing -> deny publish "plant\/\+\/firmware\/#"$/m);
  assert.match(text, /^rules and roles are the same: they only move between shadow and enforce\nwider$/m);
  assert.equal((await run(diffCommand, RULE, 'DIR/new.yaml', 'DIR/old.yaml')).code, 3);
  const role = await run(diffCommand, ROLE, '--json', 'DIR/old.yaml', 'DIR/new.yaml');
  const { onlyModes, widens, narrows, clients } = JSON.parse(role.text);
  assert.deepEqual(
    [onlyModes, widens, narrows, clients[0].shadow],
    [true, true, false, { before: [], after: ['role device'] }],
  );
  const listener = await run(diffCommand, LISTENER, 'DIR/old.yaml', 'DIR/new.yaml');
  assert.match(listener.text, /^~ listeners: their mode/);
});

test('diff: a recorded decision that was let through is no rejection to ask again', async () => {
  await using dir = tempDir();
  const events = [draft({ shadow: true }), draft()].map((one) =>
    JSON.stringify({ ...one, kind: 'rejection', id: 'd-1', time: '2026-11-24T07:00:00.000Z', count: 2 }),
  );
  const files = [dir.write('old.yaml', CONFIG), dir.write('new.yaml', CONFIG)];
  const { out } = await runCommand(diffCommand, ...files, '--decisions', dir.write('audit.jsonl', events.join('\n')));
  assert.ok(out.includes('    2 cannot be decided again: it was let through, in shadow'), out.join('\n'));
});

const TESTS = 'config: new.yaml\nclients:\n  pump: { trust: devices, subject: { O: Acme, CN: pump-1 } }\ntests:\n';

for (const [config, expect, failure] of [
  [RULE, `{ shadow: { publish: plant/pump-1/firmware/x }, rule: "${RULE_ID}", cause: denied }`, undefined],
  [
    RULE,
    '{ shadow: { publish: plant/pump-1/firmware/x }, cause: qos-not-allowed }',
    /expected the cause qos-not-allowed/,
  ],
  [
    RULE,
    '{ allow: { publish: plant/pump-1/firmware/x } }',
    /expected allow, it is shadow by roles\.device\.mqtt\.deny\[0\]/,
  ],
  [RULE, '{ deny: { publish: plant/pump-1/firmware/x } }', /expected deny, it is shadow/],
  [RULE, '{ shadow: { publish: plant/pump-1/x } }', /expected shadow, it is allow/],
  [RULE, '{ shadow: { publish: elsewhere } }', /expected shadow, it is deny/],
  [ROLE, '{ shadow: { subscribe: "#" }, rule: default-deny }', undefined],
  [ROLE, '{ shadow: { connect: other }, cause: client-id }', undefined],
  [ROLE, '{ shadow: { operation: read, topic: hidden } }', undefined],
  [LISTENER, '{ deny: { publish: elsewhere } }', undefined],
] as const) {
  test(`policy tests, ${failure === undefined ? 'holds' : 'does not hold'}: ${expect}`, async () => {
    await using dir = tempDir();
    dir.write('new.yaml', config);
    const tests = dir.write('t.yaml', `${TESTS}  - { name: t, client: pump, expect: [${expect}] }\n`);
    const { code, out } = await runCommand(testCommand, tests);
    assert.equal(code, failure === undefined ? 0 : 1, out.join('\n'));
    if (failure !== undefined) assert.match(out[0] ?? '', failure);
  });
}

test('rejections: what was let through is marked, and --shadow shows it alone', async () => {
  await using dir = tempDir();
  const { deps, reject } = paperDeps();
  const server = await startAdmin({ socket: dir.file('a.sock'), hosts: [] }, deps);
  try {
    reject(draft());
    const { sent: _, ...unsent } = draft({ shadow: true });
    const tried = reject(unsent);
    const ask = (...argv: string[]) => runCommand(rejectionsCommand, '--admin', server.address, ...argv);
    const all = (await ask()).out;
    assert.equal(all.length, 3);
    const alone = (await ask('--shadow')).out;
    assert.equal(alone.length, 2);
    assert.match(alone[1] ?? '', new RegExp(`let through +${tried}$`));
    assert.ok((await ask('--id', tried)).out.some((line) => /^shadow: +true$/.test(line)));
  } finally {
    await server.close();
  }
});

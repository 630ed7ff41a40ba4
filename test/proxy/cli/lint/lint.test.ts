import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { lintCommand } from '../../../../proxy/cli/lint.ts';
import { edit, SOUND, SOUND_KAFKA } from '../../control-plane/config/support.ts';
import { runCommand } from '../run-command.ts';
import { AT, lint, RULE } from './support.ts';

test('a clean policy is one line, without the files that the configuration names', async () => {
  for (const text of [SOUND, SOUND_KAFKA]) {
    assert.deepEqual(await lint(text), { code: 0, out: [], err: ['FILE: no findings'] });
  }
});

for (const name of ['headgate.yaml', 'headgate.example.yaml']) {
  test(`what compose/ gives to copy has no finding: ${name}`, async () => {
    const text = readFileSync(join(import.meta.dirname, '../../../../compose', name), 'utf8');
    assert.deepEqual(await lint(text), { code: 0, out: [], err: ['FILE: no findings'] });
  });
}

test('a finding is printed with its place, its line and the fix', async () => {
  const { code, out, err } = await lint(edit(RULE, '        - publish: "#"\n'));
  assert.equal(code, 1);
  assert.deepEqual(out, [
    [
      `FILE:${AT}:20: warning: roles.device.mqtt.allow[0].publish: allows the client to publish to every topic [allow-everything]`,
      '            - publish: "#"',
      '                       ^',
      '  fix: Name the topics, with variables where each client has its own; or silence the finding and say who needs this.',
    ].join('\n'),
  ]);
  assert.deepEqual(err, ['FILE: 1 finding']);
});

test('findings come in the order of the file', async () => {
  const text = edit(
    RULE,
    `${RULE}        - subscribe: "#"\n        - publish: "plant/{CN}/a"\n      deny:\n        - publish: "plant/\u0430b"\n`,
  );
  const { findings } = JSON.parse((await lint(text, '--json')).out[0] ?? '');
  assert.deepEqual(
    findings.map(({ line, column, lint: id }: Record<string, unknown>) => [line, column, id]),
    [
      [AT + 1, 22, 'allow-everything'],
      [AT + 2, 20, 'redundant-rule'],
      [AT + 4, 20, 'look-alike'],
    ],
  );
});

test('--json prints the findings and the silenced ones as one object', async () => {
  const { code, out, err } = await lint(
    edit(
      RULE,
      '        - publish: "#"\n        - subscribe: "+/#" # headgate-lint-disable-line allow-everything: the console\n',
    ),
    '--json',
  );
  assert.equal(code, 1);
  assert.deepEqual(err, []);
  const fix =
    'Name the topics, with variables where each client has its own; or silence the finding and say who needs this.';
  const common = { file: 'FILE', lint: 'allow-everything', fix, severity: 'warning' };
  assert.deepEqual(JSON.parse(out.join('\n')), {
    ok: false,
    findings: [
      {
        ...common,
        line: AT,
        column: 20,
        path: 'roles.device.mqtt.allow[0].publish',
        message: 'allows the client to publish to every topic',
      },
    ],
    silenced: [
      {
        ...common,
        line: AT + 1,
        column: 22,
        path: 'roles.device.mqtt.allow[1].subscribe',
        message: 'allows the client to subscribe to every topic',
        reason: 'the console',
      },
    ],
  });
});

test('a broken configuration is no clean one', async () => {
  const broken: readonly (readonly [text: string, message: RegExp])[] = [
    [
      edit('publish: "plant', 'publsh: "plant'),
      /roles\.device\.mqtt\.allow\[0\]\.publsh: the key "publsh" is not known/,
    ],
    [edit('roles: [device]', 'roles: [devise]'), /no role is called "devise"/],
    [edit('{CN}/#', '{CM}/#'), /the variable \{CM\} is unknown/],
    [edit('trust: devices', 'trust: devicez'), /no trust store is called "devicez"/],
    ['listeners: [', /FILE:1/],
    ['', /the file is empty/],
  ];
  for (const [text, message] of broken) {
    const { code, out, err } = await lint(text);
    assert.equal(code, 2);
    assert.deepEqual(out, []);
    assert.match(err.join('\n'), message);
    const json = await lint(text, '--json');
    assert.equal(json.code, 2);
    assert.equal(JSON.parse(json.out[0] ?? '').ok, false);
  }
});

test('a line that holds a secret is not shown, wherever the file is broken', async () => {
  const text = edit(
    '      address: broker:1883',
    '      address: broker:1883\n      password: hunter2hunter2',
    edit('publish: "plant', 'publsh: "plant'),
  );
  const { err } = await lint(text);
  assert.doesNotMatch(err.join('\n'), /hunter2/);
});

test('wrong usage is reported with the right one', async () => {
  for (const argv of [[], ['--config'], ['--confg', 'x'], ['--config', 'x', 'y']]) {
    const { code, out, err } = await runCommand(lintCommand, ...argv);
    assert.equal(code, 2);
    assert.deepEqual(out, []);
    assert.match(err.at(-1) ?? '', /^usage: headgate lint --config FILE/);
  }
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { parse } from 'yaml';
import { importCommand } from '../../../../proxy/cli/import.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { SOUND, workspace } from '../../control-plane/config/support.ts';
import { TRUST } from './loaded.ts';

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await importCommand.run(argv, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** Files with names that YAML would take for something else, and the exit code. */
const FILES: readonly (readonly [kind: string, text: string, code: number])[] = [
  [
    'kafka-acls',
    [
      'Current ACLs for resource `ResourcePattern(resourceType=GROUP, name=a: "b" # é, patternType=LITERAL)`:',
      '\t(principal=User:true, host=*, operation=READ, permissionType=ALLOW)',
      '\t(principal=User:*, host=10.0.0.1, operation=ALL, permissionType=DENY)',
      'Current ACLs for resource `ResourcePattern(resourceType=GROUP, name=a\t\u0001, patternType=LITERAL)`:',
      '\t(principal=User:a, host=*, operation=READ, permissionType=DENY)',
    ].join('\n'),
    1,
  ],
  ['mosquitto', 'topic a/#\nuser 0x10\ntopic read ~\npattern s/%u\ntopic deny a\u0001/b\n', 1],
  ['mosquitto', 'user yes\ntopic write - a\ntopic read "b"', 0],
  ['emqx', '{allow, {user, "null"}, all, ["*a", "&b", "!c", "1e3"]}.\n{allow, all}.', 0],
];

for (const [kind, text, code] of FILES) {
  test(`what is printed for ${kind} is taken as a configuration`, async () => {
    await using dir = await workspace();
    const printed = await run(kind, dir.write('rules', text), '--trust', TRUST);
    assert.equal(printed.code, code, printed.err);
    const { identities } = parse(printed.out) as { identities: { name: string }[] };
    assert.ok(identities.length > 0);
    const around = `${SOUND.slice(0, SOUND.indexOf('identities:\n'))}${printed.out}\n`;
    const loaded = dir.load(around);
    assert.ok(loaded.ok, JSON.stringify(loaded, null, 1));
    assert.deepEqual(
      loaded.config.policy.identities.map(({ name }) => name),
      identities.map(({ name }) => name),
    );
  });
}

test('what is left out is reported with file and line, and with control characters escaped', async () => {
  await using dir = tempDir();
  const file = dir.write('acl', 'topic a\ntopic \u001b[2J{x}\u202e\n');
  const { code, err } = await run('mosquitto', file);
  assert.equal(code, 1);
  assert.equal(err, `${file}:2: left out: a brace stands for a variable here\n    topic \\u{1b}[2J{x}\\u{202e}`);
});

test('without --trust the trust store is called clients', async () => {
  await using dir = tempDir();
  const { code, out } = await run('mosquitto', dir.write('acl', 'user a\ntopic a'));
  assert.equal(code, 0);
  assert.deepEqual(parse(out).identities[0].when, { trust: 'clients', subject: { CN: 'a' } });
});

const WRONG: readonly (readonly [argv: readonly string[], message: RegExp])[] = [
  [
    [],
    /what to import is missing: kafka-acls, mosquitto, emqx\nusage: headgate import kafka-acls\|mosquitto\|emqx FILE/,
  ],
  [['nanomq', 'x'], /cannot read nanomq/],
  [['toString', 'x'], /cannot read toString/],
  [['emqx'], /one FILE is required/],
  [['emqx', 'a', 'b'], /one FILE is required/],
  [['emqx', 'a', '--trust', 'a b'], /--trust needs the name/],
  [['emqx', '--fast', 'a'], /--fast/],
  [['emqx', '/nowhere/acl.conf'], /\/nowhere\/acl.conf: the file/],
];

for (const [argv, message] of WRONG) {
  test(`wrong usage: ${argv.join(' ')}`, async () => {
    const { code, out, err } = await run(...argv);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, message);
  });
}

test('a file that is no text, or not of its kind, is refused with nothing printed', async () => {
  await using dir = tempDir();
  for (const [kind, content] of [
    ['mosquitto', Buffer.from([0xff, 0xfe])],
    ['emqx', '{allow, all'],
  ] as const) {
    const { code, out, err } = await run(kind, dir.write('acl', content));
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /^headgate import: .*acl: /);
  }
});

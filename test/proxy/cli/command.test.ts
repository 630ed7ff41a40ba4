import assert from 'node:assert/strict';
import test from 'node:test';
import { AdminRefused, AdminUnreachable } from '../../../proxy/cli/admin-errors.ts';
import { defineCommand, EXITS } from '../../../proxy/cli/command.ts';
import { COMMANDS, type CommandEntry } from '../../../proxy/cli/commands.ts';
import { UsageError } from '../../../proxy/cli/usage-error.ts';
import { runCommand } from './run-command.ts';

/** Prints what it was given, or throws it. */
function sample(fault?: Error) {
  return defineCommand({
    name: 'sample',
    usage: '[--file FILE] [--all]',
    options: {
      file: { type: 'string', value: 'FILE', help: 'the file' },
      all: { type: 'boolean', help: 'all of it\nat once' },
      hidden: { type: 'string' },
      pair: { type: 'string', shown: '--pair A --other B', help: 'two at once' },
    },
    notes: ['A note.'],
    exits: [EXITS.ok, [7, 'seven']],
    async run({ values, positionals }, io) {
      if (fault !== undefined) throw fault;
      io.out(JSON.stringify({ ...values, positionals }));
      return 7;
    },
  });
}

test('a command gets its options by name', async () => {
  const { code, out } = await runCommand(sample(), '--file', 'a', '--all', '--hidden', 'b');
  assert.deepEqual([code, JSON.parse(out.join())], [7, { file: 'a', all: true, hidden: 'b', positionals: [] }]);
});

for (const [what, argv, message] of [
  ['an unknown option', ['--nope'], /^headgate sample: Unknown option '--nope'/],
  ['an option without its value', ['--file'], /^headgate sample: .*--file/],
  ['a positional argument where there is none', ['x'], /^headgate sample: .*'x'/],
] as const) {
  test(`${what} is wrong usage`, async () => {
    const { code, out, err } = await runCommand(sample(), ...argv);
    assert.deepEqual([code, out], [2, []]);
    assert.match(err[0] ?? '', message);
    assert.equal(err.at(-1), 'usage: headgate sample [--file FILE] [--all]');
  });
}

for (const [fault, code, lines] of [
  [new UsageError('no'), 2, ['headgate sample: no', 'usage: headgate sample [--file FILE] [--all]']],
  [new AdminUnreachable('away'), 1, ['headgate sample: away']],
  [new AdminRefused(400, 'bad'), 1, ['headgate sample: bad']],
] as const) {
  test(`${fault.constructor.name} is exit code ${code} with its message`, async () => {
    assert.deepEqual(await runCommand(sample(fault)), { code, out: [], err: lines });
  });
}

test('any other error is for the caller', async () => {
  await assert.rejects(runCommand(sample(new RangeError('a fault'))), /^RangeError: a fault$/);
});

test('the help shows the rows of options that have one, notes and exit codes', () => {
  const out: string[] = [];
  const code = sample().help('Does it.', [], { out: (line) => out.push(line), err: assert.fail });
  assert.equal(code, 0);
  assert.deepEqual(out.join('\n').split('\n'), [
    'usage: headgate sample [--file FILE] [--all]',
    '',
    'Does it.',
    '',
    'options:',
    '  --file FILE         the file',
    '  --all               all of it',
    '                      at once',
    '  --pair A --other B  two at once',
    '',
    'A note.',
    '',
    'exit codes:',
    '  0  done',
    '  7  seven',
  ]);
});

for (const [name, entry] of Object.entries<CommandEntry>(COMMANDS)) {
  test(`the command that is typed ${name} is called ${name}`, async () => {
    assert.equal((await entry.load()).name, name);
  });
}

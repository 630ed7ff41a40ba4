import assert from 'node:assert/strict';
import test from 'node:test';
import { defineCommand, EXITS } from '../../../proxy/cli/command.ts';
import { defineGroup } from '../../../proxy/cli/command-group.ts';
import { runCommand } from './run-command.ts';

const one = defineCommand({
  name: 'group one',
  usage: 'DIR',
  options: {},
  positionals: true,
  exits: [EXITS.ok],
  async run({ positionals }, io) {
    io.out(positionals.join());
    return 5;
  },
});
const group = defineGroup({ name: 'group', members: { one: { summary: 'The first.', command: one } } });

function help(...rest: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const code = group.help('The group.', rest, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out, err };
}

test('the first argument chooses the member, which gets the others', async () => {
  assert.deepEqual(await runCommand(group, 'one', 'a', 'b'), { code: 5, out: ['a,b'], err: [] });
});

for (const typed of [[], ['two'], ['toString'], ['--all']]) {
  test(`${JSON.stringify(typed)} is no member: wrong usage, with the list`, async () => {
    const { code, out, err } = await runCommand(group, ...typed);
    assert.deepEqual([code, out], [2, []]);
    assert.ok(err.includes('  one  The first.'), err.join('\n'));
  });
}

test('help lists the members, or is that of one', () => {
  const all = help('--help');
  assert.deepEqual([all.code, all.err], [0, []]);
  assert.deepEqual(all.out.slice(0, 3), ['usage: headgate group COMMAND …', '', 'The group.']);
  assert.ok(all.out.includes('  one  The first.'));
  const member = help('one', 'a', '-h');
  assert.deepEqual([member.code, member.out.slice(0, 3)], [0, ['usage: headgate group one DIR', '', 'The first.']]);
});

test('the help of what is no member is wrong usage', () => {
  const { code, out, err } = help('two', '--help');
  assert.deepEqual([code, out, err[0]], [2, [], 'headgate group: unknown command "two"']);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { diffCommand } from '../../../../proxy/cli/diff.ts';
import { explainCommand } from '../../../../proxy/cli/explain.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { runCommand } from '../run-command.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const COMMANDS = { explain: explainCommand, diff: diffCommand };

test('the commands of the documentation print what it shows', async () => {
  const text = readFileSync(join(ROOT, 'docs/explain-and-diff.md'), 'utf8');
  const example = readFileSync(join(ROOT, 'compose/headgate.example.yaml'), 'utf8');
  const facts = /```yaml\n(.*?)```/s.exec(text)?.[1] ?? '';
  await using dir = tempDir();
  dir.write('headgate.example.yaml', example);
  dir.write('pump.yaml', facts);
  const narrower = example.replace('"plant/+/+/firmware/#"', '"plant/+/+/firmware/secret"');
  dir.write('new.yaml', narrower.replace('publish: 50/s', 'publish: 40/s'));
  const blocks = [...text.matchAll(/```console\n\$ headgate (explain|diff) ([^\n]*)\n(.*?)```/gs)];
  assert.equal(blocks.length, 2);
  for (const [, name, argv = '', shown] of blocks) {
    const named = argv.split(' ').map((one) => (one.endsWith('.yaml') ? dir.file(one) : one));
    const { out, err } = await runCommand(COMMANDS[name as keyof typeof COMMANDS], ...named);
    assert.deepEqual(err, []);
    // Places are as long as the names of the files are: columns are not compared.
    const plain = (lines: string) => lines.replaceAll(`${dir.path}/`, '').replace(/ {2,}/g, '  ');
    assert.equal(`${plain(out.join('\n'))}\n`, plain(shown ?? ''));
  }
});

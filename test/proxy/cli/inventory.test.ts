import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import test from 'node:test';
import { csvLines } from '../../../proxy/cli/inventory/csv.ts';
import { textLines } from '../../../proxy/cli/inventory/text.ts';
import { inventoryCommand } from '../../../proxy/cli/inventory.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { nextEvent } from '../../support/wait.ts';
import { sample } from './inventory/sample.ts';
import { runCommand } from './run-command.ts';

/** Answers `/api/endpoints` as the admin server does. */
async function paperAdmin(status: number, answer: unknown) {
  const dir = tempDir();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status).end(JSON.stringify(answer));
  });
  server.listen(dir.file('a.sock'));
  await nextEvent(server, 'listening');
  return {
    at: dir.file('a.sock'),
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await dir[Symbol.asyncDispose]();
    },
  };
}

test('each form shows what the gate answers; JSON is the answer itself', async () => {
  const inventory = await sample();
  await using admin = await paperAdmin(200, inventory);
  assert.deepEqual((await runCommand(inventoryCommand, '--admin', admin.at)).out, textLines(inventory));
  const csv = csvLines(inventory).map((line) => `${line}\r`);
  assert.deepEqual((await runCommand(inventoryCommand, '--admin', admin.at, '--csv')).out, csv);
  const { code, out } = await runCommand(inventoryCommand, '--admin', admin.at, '--json');
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(out.join('\n')), JSON.parse(JSON.stringify(inventory)));
  assert.deepEqual(admin.asked, Array(3).fill('GET /api/endpoints'));
});

const FAILURES: readonly (readonly [
  name: string,
  status: number,
  answer: unknown,
  argv: readonly string[],
  code: number,
  words: RegExp,
])[] = [
  ['the gate refuses', 401, { error: { message: 'a token is needed' } }, [], 1, /a token is needed/],
  ['somebody else answers', 200, { listeners: 3 }, [], 1, /is not headgate’s admin server/],
  ['nobody is there', 200, {}, ['--admin', '/nowhere.sock'], 1, /cannot reach headgate/],
  ['two forms', 200, {}, ['--json', '--csv'], 2, /exclude each other/],
  ['an unknown option', 200, {}, ['--xml'], 2, /--xml/],
  ['a token file that is not there', 200, {}, ['--token-file', '/nowhere'], 2, /--token-file: ENOENT/],
];

for (const [name, status, answer, argv, code, words] of FAILURES) {
  test(`${name}: exit code ${code}, and why`, async () => {
    await using admin = await paperAdmin(status, answer);
    const got = await runCommand(inventoryCommand, '--admin', admin.at, ...argv);
    assert.deepEqual([got.code, got.out], [code, []]);
    assert.match(got.err.join('\n'), /^headgate inventory: /);
    assert.match(got.err.join('\n'), words);
  });
}

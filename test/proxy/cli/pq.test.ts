import assert from 'node:assert/strict';
import test from 'node:test';
import { pqCommand } from '../../../proxy/cli/pq.ts';
import { startAdmin } from '../../../proxy/control-plane/admin/server.ts';
import type { ClientAgreements } from '../../../proxy/shared/events/batch.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { paperDeps } from '../control-plane/admin/deps.test.ts';
import { runCommand } from './run-command.ts';

async function admin() {
  const dir = tempDir();
  const { deps, report, state } = paperDeps();
  const at = dir.file('a.sock');
  const server = await startAdmin({ socket: at, hosts: [] }, deps);
  return {
    report,
    reporting: (...names: string[]) => {
      state.reporting = new Set(names);
    },
    run: (...argv: string[]) => runCommand(pqCommand, '--admin', at, ...argv),
    async [Symbol.asyncDispose]() {
      await server.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

const client = (principal: string, hybrid: number, classic: number): ClientAgreements => ({
  ...{ listener: 'mqtt', identity: 'devices', principal, hybrid, classic },
  last: classic > 0 ? 'classic' : 'hybrid',
  time: '2026-11-24T08:00:00.123Z',
  ...(classic > 0 && {
    offered: { ja4: 't12d', versions: ['TLS 1.2'], groups: ['x25519', 'P-256'], keyShares: [], alpn: [] },
  }),
});

test('the share of each listener, and the clients that would be refused, with what they offered', async () => {
  await using it = await admin();
  it.reporting('mqtt', 'kafka');
  it.report.receive([client('pump-1', 1, 3), client('pump-2', 8, 0)], 0);
  const { code, out, err } = await it.run();
  assert.equal(code, 0);
  assert.deepEqual(
    out.map((line) => line.split(/ {2,}/)),
    [
      ['LISTENER', 'HYBRID', 'CLASSIC', 'SHARE', 'CLIENTS', 'WOULD BE REFUSED'],
      ['mqtt', '9', '3', '75%', '2', '1'],
      ['kafka', '0', '0', '-', '0', '0'],
      [''],
      ['PRINCIPAL', 'IDENTITY', 'LISTENER', 'CLASSIC', 'HYBRID', 'LAST', 'AT', 'VERSIONS', 'GROUPS', 'JA4'],
      ['pump-1', 'devices', 'mqtt', '3', '1', 'classic', '2026-11-24T08:00:00Z', 'TLS 1.2', 'x25519 P-256', 't12d'],
    ],
  );
  assert.deepEqual(err, []);
});

test('all that is hybrid is never rounded up from nearly all', async () => {
  await using it = await admin();
  it.report.receive([client('pump-1', 99_999, 1)], 0);
  assert.match((await it.run()).out[1] ?? '', / 99\.9% /);
});

test('filters and limits reach the gate; what is not told is said', async () => {
  await using it = await admin();
  it.report.receive([client('pump-1', 0, 1), client('pump-2', 0, 2), client('pump-3', 1, 0)], 4);
  const { out, err } = await it.run('--limit', '1');
  assert.match(out.at(-1) ?? '', /^pump-2 /);
  assert.match(err.join('\n'), /^2 more clients.*\nnot complete: 4 handshakes belong to no listed client/);
  const json = JSON.parse((await it.run('--json', '--principal', 'pump-3', '--listener', 'mqtt')).out[0] ?? '');
  assert.deepEqual(json.clients, [client('pump-3', 1, 0)]);
  assert.equal(json.unattributed, 4);
});

test('without such a listener that is what is said', async () => {
  await using it = await admin();
  it.reporting();
  const { code, out, err } = await it.run();
  assert.deepEqual([code, out, err], [0, [], ['no matching listener has `pq: report`']]);
});

for (const [argv, code, words] of [
  [['--limit', '0'], 2, /--limit is a number from 1 to 1000/],
  [['--what'], 2, /--what'\nusage: headgate pq \[OPTIONS\]$/],
  [['--admin', '/nowhere.sock'], 1, /cannot reach headgate/],
] as const) {
  test(`${argv.join(' ')}: exit code ${code}, and why`, async () => {
    await using it = await admin();
    const got = await it.run(...argv);
    assert.deepEqual([got.code, got.out], [code, []]);
    assert.match(got.err.join('\n'), words);
  });
}

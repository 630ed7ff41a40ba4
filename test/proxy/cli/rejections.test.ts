import assert from 'node:assert/strict';
import test from 'node:test';
import { rejectionsCommand } from '../../../proxy/cli/rejections.ts';
import { startAdmin } from '../../../proxy/control-plane/admin/server.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { paperDeps } from '../control-plane/admin/deps.test.ts';
import { anonymous, draft } from '../data-plane/draft.ts';

function memory() {
  const out: string[] = [];
  const err: string[] = [];
  return { out, err, io: { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) } };
}

async function run(...argv: string[]) {
  const { out, err, io } = memory();
  const code = await rejectionsCommand.run(argv, io);
  return { code, out, err: err.join('\n') };
}

async function gate() {
  const place = tempDir();
  const paper = paperDeps();
  const server = await startAdmin({ socket: place.file('a.sock'), hosts: [] }, paper.deps);
  return {
    ...paper,
    at: server.address,
    async [Symbol.asyncDispose]() {
      await server.close();
      await place[Symbol.asyncDispose]();
    },
  };
}

test('rejections are a table: when, why, who, what, by which rule, what was sent, which id, how often', async () => {
  await using it = await gate();
  const early = it.reject(anonymous());
  const late = it.reject(draft());
  const { code, out } = await run('--admin', it.at);
  assert.equal(code, 0);
  assert.match(out[0] ?? '', /^TIME +CAUSE +WHO +WHAT +RULE +SENT +ID$/);
  assert.match(out[1] ?? '', new RegExp(`Z +no-certificate +198\\.51\\.100\\.1:1000 +handshake +- +- +${early}$`));
  const row = `denied +press-1 \\(devices\\) +publish plant/a/press-1/firmware +roles\\.device\\.mqtt\\.deny\\[0\\] +PUBACK 0x87 +${late}$`;
  assert.match(out[2] ?? '', new RegExp(row));
  // Columns stand under each other.
  assert.equal(out[0]?.indexOf('ID'), out[2]?.indexOf(late));
});

test('filters reach the server, and how often is shown', async () => {
  await using it = await gate();
  it.reject(draft());
  it.hub.receive(0, {
    events: [
      { ...draft({ principal: 'p2' }), kind: 'rejection', id: 'd-x', time: new Date().toISOString(), count: 842 },
    ],
    samples: [],
    dropped: { denied: 3 },
    droppedSamples: 0,
    agreements: [],
    lostAgreements: 0,
  });
  const { out, err } = await run(
    '--admin',
    it.at,
    '--principal',
    'p2',
    '--cause',
    'denied',
    '--since',
    '10m',
    '--limit',
    '5',
  );
  assert.equal(out.length, 2);
  assert.match(out[1] ?? '', /d-x +x842$/);
  assert.match(err, /^3 rejections since the start left no record/);
});

test('--id shows one rejection in full', async () => {
  await using it = await gate();
  const id = it.reject(
    draft({ certificate: { serial: '0A', sha256: 'ab', subject: 'CN=press-1', issuer: 'CN=ca', notAfter: '2027' } }),
  );
  const { out } = await run('--admin', it.at, '--id', id);
  assert.ok(out.includes(`decision:             ${id}`));
  assert.ok(out.includes('reason:               a rule denies it'));
  assert.ok(out.includes('certificate subject:  CN=press-1'));
});

test('--json prints one object per line', async () => {
  await using it = await gate();
  it.reject(draft({ resource: 'a' }));
  it.reject(draft({ resource: 'b' }));
  const { out } = await run('--admin', it.at, '--json');
  assert.deepEqual(
    new Set(out.map((line) => (JSON.parse(line) as { resource: string }).resource)),
    new Set(['a', 'b']),
  );
});

test('nothing found is said, and is no failure', async () => {
  await using it = await gate();
  const { code, out, err } = await run('--admin', it.at, '--principal', 'nobody');
  assert.deepEqual([code, out, err], [0, [], 'no matching rejections']);
});

test('--follow shows the last ones and goes on with each new one, once', async () => {
  await using it = await gate();
  // Happens after the stream was opened and before the list is made: it is in both.
  const query = it.hub.query.bind(it.hub);
  it.hub.query = (filter) => {
    it.reject(draft({ resource: 'past' }));
    return query(filter);
  };
  const end = new AbortController();
  const { out, io } = memory();
  const seen = Promise.withResolvers<void>();
  const watched = {
    ...io,
    out(line: string) {
      io.out(line);
      if (line.includes('past')) queueMicrotask(() => it.reject(draft({ resource: 'first' })));
      if (line.includes('first')) it.reject(draft({ resource: 'second' }));
      if (line.includes('second')) seen.resolve();
    },
  };
  const running = rejectionsCommand.run(['--admin', it.at, '--follow'], watched, end.signal);
  await seen.promise;
  end.abort();
  assert.equal(await running, 0);
  assert.equal(out.length, 4);
  assert.deepEqual(
    out.slice(1).map((line) => /past|first|second/.exec(line)?.[0]),
    ['past', 'first', 'second'],
  );
});

test('when headgate ends, --follow says so and exits 1', async () => {
  const place = tempDir();
  const { deps, reject } = paperDeps();
  const server = await startAdmin({ socket: place.file('a.sock'), hosts: [] }, deps);
  reject(draft());
  const { err, io } = memory();
  const shown = Promise.withResolvers<void>();
  const code = rejectionsCommand.run(['--admin', server.address, '--follow'], { ...io, out: () => shown.resolve() });
  await shown.promise;
  await server.close();
  assert.equal(await code, 1);
  assert.match(err.join('\n'), /the stream broke|ended the stream/);
  await place[Symbol.asyncDispose]();
});

const USAGE: readonly (readonly [string[], RegExp])[] = [
  [
    ['--cause', 'nonsense'],
    /unknown cause "nonsense"; the causes are:\n[\s\S]*no-certificate +the client sent no certificate/,
  ],
  [['--cause', 'constructor'], /unknown cause/],
  [['--since', 'yesterday'], /--since is a duration/],
  [['--limit', '0'], /--limit is a number from 1 to 1000/],
  [['--limit', 'x'], /--limit/],
  [['--wat'], /Unknown option '--wat'/],
  [['surplus'], /Unexpected argument 'surplus'/],
  [['--principal'], /argument missing/],
  [['--token-file', '/nonexistent'], /--token-file: ENOENT/],
];
for (const [argv, words] of USAGE) {
  test(`${argv.join(' ')} is wrong usage`, async () => {
    const { code, out, err } = await run(...argv);
    assert.deepEqual([code, out], [2, []]);
    assert.match(err, words);
  });
}

test('a socket that is not there is said in clear words', async () => {
  const { code, err } = await run('--admin', '/nonexistent/headgate.sock');
  assert.equal(code, 1);
  assert.match(
    err,
    /cannot reach headgate at \/nonexistent\/headgate\.sock: there is no such socket; is headgate running\?/,
  );
});

test('HEADGATE_ADMIN names the target where --admin does not', async () => {
  process.env['HEADGATE_ADMIN'] = 'http://127.0.0.1:9';
  try {
    const { code, err } = await run();
    assert.equal(code, 1);
    assert.match(err, /at http:\/\/127\.0\.0\.1:9: nothing listens there/);
  } finally {
    delete process.env['HEADGATE_ADMIN'];
  }
});

test('over TCP the token comes from a file or the environment', async () => {
  await using place = tempDir();
  const token = 'correct-horse-battery-staple';
  const { deps, reject } = paperDeps();
  const server = await startAdmin({ listen: { host: '127.0.0.1', port: 0 }, token, hosts: [] }, deps);
  try {
    reject(draft());
    const at = `http://${server.address}`;
    const without = await run('--admin', at);
    assert.equal(without.code, 1);
    assert.match(without.err, /a bearer token is required/);
    const { code, out } = await run('--admin', at, '--token-file', place.write('token', `${token}\n`));
    assert.deepEqual([code, out.length], [0, 2]);
  } finally {
    await server.close();
  }
});

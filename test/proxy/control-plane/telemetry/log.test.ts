import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';
import type { RejectionEvent } from '../../../../policies/event.ts';
import { logRejection, openLog } from '../../../../proxy/control-plane/telemetry/log.ts';
import { formatLogLine } from '../../../../proxy/control-plane/telemetry/log-text.ts';
import { draft } from '../../data-plane/draft.ts';

const EVENT: RejectionEvent = {
  ...draft({ certificate: { serial: '0A', sha256: 'ab', subject: 'CN=a b', issuer: 'CN=ca', notAfter: '2027' } }),
  kind: 'rejection',
  time: '2026-11-24T07:45:00.123Z',
  id: 'd-1-k3f91',
  count: 2,
};

function memory() {
  const lines: string[] = [];
  return { lines, write: (line: string) => void lines.push(line) };
}

test('a rejection is one JSON line with fixed keys', () => {
  const out = memory();
  const { logger } = openLog({ level: 'info', format: 'json' }, out);
  logRejection(logger, EVENT);
  assert.equal(out.lines.length, 1);
  const { time, ...rest } = JSON.parse(out.lines[0] ?? '') as Record<string, unknown>;
  const { kind: _, time: at, ...facts } = EVENT;
  assert.deepEqual(rest, { level: 'warn', event: 'rejection', at, ...facts, msg: 'rejected' });
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('as text the same line is readable', () => {
  const out = memory();
  const { logger } = openLog({ level: 'info', format: 'text' }, out);
  logRejection(logger, EVENT);
  assert.match(
    out.lines[0] ?? '',
    /^\S+Z WARN {2}rejected event=rejection at=2026-11-24T07:45:00\.123Z .*cause=denied reason="a rule denies it" .*certificate\.subject="CN=a b" .*count=2\n$/,
  );
});

test('the level holds, and a fault of headgate itself is an error', () => {
  const out = memory();
  const { logger } = openLog({ level: 'error', format: 'json' }, out);
  logRejection(logger, EVENT);
  logger.info('not shown');
  logRejection(logger, { ...EVENT, cause: 'internal-error' });
  assert.deepEqual(
    out.lines.map((line) => (JSON.parse(line) as { level: string }).level),
    ['error'],
  );
});

const TEXTS: readonly (readonly [string, string])[] = [
  ['{"time":"t","level":"info","msg":"started","workers":2,"ok":true}', 't INFO  started workers=2 ok=true\n'],
  [
    '{"time":"t","level":"error","msg":"m","empty":"","none":null,"list":["a"]}',
    't ERROR m empty="" list="[\\"a\\"]"\n',
  ],
  ['{"time":"t","level":"warn","msg":"m","a":{"b":{"c":"d=e"}}}', 't WARN  m a.b.c="d=e"\n'],
  ['no json\n', 'no json\n'],
];
for (const [json, text] of TEXTS) {
  test(`${JSON.stringify(json)} reads ${JSON.stringify(text)}`, () => assert.equal(formatLogLine(json), text));
}

test('on standard output all lines arrive before the process ends', async () => {
  const code = `
    const { openLog } = await import('./proxy/control-plane/telemetry/log.ts');
    const log = openLog({ level: 'info', format: 'json' });
    for (let n = 0; n < 500; n++) log.logger.info({ n }, 'line');
    log.flush();
    process.stderr.write(String(log.dropped()));
  `;
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code]);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, 500);
  assert.equal((JSON.parse(lines[499] ?? '') as { n: number }).n, 499);
  assert.equal(stderr, '0');
});

test('a reader of standard output that went away does not end the process', async () => {
  const code = `
    const { openLog } = await import('./proxy/control-plane/telemetry/log.ts');
    const log = openLog({ level: 'info', format: 'text' });
    const timer = setInterval(() => log.logger.info('line'), 1);
    setTimeout(() => { clearInterval(timer); log.flush(); process.stderr.write(log.dropped() > 0 ? 'survived' : 'no fault'); }, 200);
  `;
  const child = execFile(process.execPath, ['--input-type=module', '-e', code]);
  child.stdout?.destroy();
  let text = '';
  child.stderr?.on('data', (chunk: string) => (text += chunk));
  const [exit] = await new Promise<unknown[]>((resolve) => child.once('close', (...args) => resolve(args)));
  assert.deepEqual([exit, text], [0, 'survived']);
});

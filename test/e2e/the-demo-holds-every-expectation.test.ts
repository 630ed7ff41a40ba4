import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Child, runChild } from '../support/child.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { without } from '../support/require-tool.ts';
import { tempDir } from '../support/temp-dir.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/headgate.mjs');
/** Above the 120 s that the demo gives itself would be a hang. */
const DEADLINE = 110_000;
const NO_MOSQUITTO = without('mosquitto');

/** The demo with a folder for temporary files of its own, which must be empty at its end. */
function demoEnv(tmp: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { HEADGATE_MQTT: _, FORCE_COLOR: _color, ...env } = process.env;
  return { ...env, TMPDIR: tmp, ...more };
}

async function runDemo(tmp: string, more?: NodeJS.ProcessEnv) {
  const env = demoEnv(tmp, more);
  const result = await runChild(process.execPath, [PROGRAM, 'demo', '--exit'], { env, deadline: DEADLINE });
  const lines = result.stdout.trimEnd().split('\n');
  return { ...result, lines, counts: JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> };
}

test('the demo holds every expectation, fits the terminal and tidies up', async () => {
  await using tmp = tempDir();
  const { code, stdout, stderr, lines, counts } = await runDemo(tmp.path);
  assert.equal(code, 0, stdout + stderr);
  assert.equal(stderr, '');
  const { ok, steps, allowed, refused, skipped, failed } = counts;
  assert.deepEqual({ ok, failed }, { ok: true, failed: 0 });
  assert.deepEqual(
    { steps, allowed, refused, skipped },
    NO_MOSQUITTO
      ? { steps: 19, allowed: 9, refused: 10, skipped: 19 }
      : { steps: 38, allowed: 18, refused: 20, skipped: 0 },
  );
  assert.ok(!stdout.includes('\u001b'), 'no colours where standard output is no terminal');
  const account = lines.filter((line) => / (allowed|refused|partly {2}) /.test(line));
  assert.ok(account.length >= Number(steps), 'a line for each step');
  for (const line of account) assert.ok(line.length <= 100, `${line.length} columns: ${line}`);
  for (const cause of ['no-certificate', 'unknown-ca', 'expired', 'no-identity', 'limit-publish']) {
    assert.match(stdout, new RegExp(`refused ${cause} .* d-\\w+-\\w+`));
  }
  assert.match(stdout, /rejections --admin \S+ --principal pump-1\nTIME /);
  assert.deepEqual(readdirSync(tmp.path), []);
});

test('the demo takes the broker of HEADGATE_MQTT for the MQTT 5 devices', { skip: NO_MOSQUITTO }, async () => {
  await using tmp = tempDir();
  await using broker = await startMosquitto();
  const { code, stdout, counts } = await runDemo(tmp.path, { HEADGATE_MQTT: `127.0.0.1:${broker.port}` });
  assert.equal(code, 0, stdout);
  assert.equal(counts['skipped'], 0);
  assert.match(broker.log, / as sensor-7 /);
});

test('a broker of HEADGATE_MQTT that does not answer fails the demo by name, and nothing is left', async () => {
  await using tmp = tempDir();
  const { code, stderr, counts } = await runDemo(tmp.path, { HEADGATE_MQTT: '127.0.0.1:1' });
  assert.equal(code, 1);
  assert.match(stderr, /no broker answers at HEADGATE_MQTT=127\.0\.0\.1:1/);
  assert.deepEqual(counts, { ok: false, steps: 0, allowed: 0, refused: 0, skipped: 0, failed: 1 });
  assert.deepEqual(readdirSync(tmp.path), []);
});

test('the demo stays up until it is interrupted, then ends its processes and removes its files', async () => {
  await using tmp = tempDir();
  await using demo = new Child(process.execPath, [PROGRAM, 'demo'], { env: demoEnv(tmp.path) });
  await demo.printed('Ctrl-C ends the demo', DEADLINE);
  const [, socket = ''] = /--admin (\S+headgate\.sock)/.exec(demo.stdout) ?? [];
  assert.ok(existsSync(socket), 'the admin socket is there while the demo stays up');
  const asked = await runChild(process.execPath, [PROGRAM, 'rejections', '--admin', socket, '--principal', 'pump-1']);
  assert.match(asked.stdout, /denied +pump-1 \(devices\) +publish p1\/pump-1\/firmware/);
  assert.deepEqual(await demo.end('SIGINT', 20_000), { code: 0, signal: null });
  assert.deepEqual(readdirSync(tmp.path), []);
  const [, mosquitto] = /pid (\d+)/.exec(demo.stdout) ?? [];
  if (mosquitto !== undefined) assert.throws(() => process.kill(Number(mosquitto), 0), { code: 'ESRCH' });
});

test('the demo that is interrupted before it is complete says so by its exit code and leaves nothing', async () => {
  await using tmp = tempDir();
  await using demo = new Child(process.execPath, [PROGRAM, 'demo'], { env: demoEnv(tmp.path) });
  await demo.printed('publish p1/pump-1/temp', DEADLINE);
  assert.deepEqual(await demo.end('SIGTERM', 20_000), { code: 143, signal: null });
  assert.deepEqual(readdirSync(tmp.path), []);
});

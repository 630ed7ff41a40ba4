import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Child, runChild } from '../support/child.ts';
import { startKafka } from '../support/kafka.ts';
import { kafkajsDirect } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { without } from '../support/require-tool.ts';
import { tempDir } from '../support/temp-dir.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/headgate.mjs');
/** Above the 120 s that the demo gives itself would be a hang. */
const DEADLINE = 110_000;
const NO_MOSQUITTO = without('mosquitto');
const NO_KAFKA = requireKafka();
/** Steps of one protocol version, or of Kafka. */
const MQTT = { steps: 19, allowed: 9, refused: 10 };
const KAFKA = { steps: 15, allowed: 8, refused: 7 };

/** The demo with a folder for temporary files of its own, which must be empty at its end. */
function demoEnv(tmp: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { HEADGATE_MQTT: _, HEADGATE_KAFKA: _kafka, FORCE_COLOR: _color, ...env } = process.env;
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
  const played = [MQTT, ...(NO_MOSQUITTO ? [] : [MQTT]), ...(NO_KAFKA ? [] : [KAFKA])];
  const sum = (key: keyof typeof MQTT) => played.reduce((total, part) => total + part[key], 0);
  const steps = sum('steps');
  const skipped = 2 * MQTT.steps + KAFKA.steps - steps;
  assert.deepEqual(counts, { ok: true, steps, allowed: sum('allowed'), refused: sum('refused'), skipped, failed: 0 });
  if (NO_MOSQUITTO) assert.match(stdout, /19 steps skipped: .*HEADGATE_MQTT=host:port/);
  if (NO_KAFKA) assert.match(stdout, /15 steps skipped: .*HEADGATE_KAFKA=host:port/);
  else assert.match(stdout, /At the broker: 10 of 10 allowed records are there, in order, 0 of 2 refused\./);
  assert.ok(!stdout.includes('\u001b'), 'no colours where standard output is no terminal');
  const report = lines.filter((line) => / (allowed|refused|partly {2}) /.test(line));
  assert.ok(report.length >= steps, 'a line for each step');
  for (const line of report) assert.ok(line.length <= 100, `${line.length} columns: ${line}`);
  for (const cause of ['no-certificate', 'unknown-ca', 'expired', 'no-identity', 'limit-publish']) {
    assert.match(stdout, new RegExp(`refused ${cause} .* d-\\w+-\\w+`));
  }
  assert.match(stdout, /rejections --admin \S+ --principal pump-1\nTIME /);
  assert.deepEqual(readdirSync(tmp.path), []);
});

test('the demo takes the user’s own brokers, and leaves nothing there', {
  skip: NO_MOSQUITTO || NO_KAFKA,
}, async () => {
  await using tmp = tempDir();
  await using mosquitto = await startMosquitto();
  await using kafka = await startKafka();
  const { code, stdout, counts } = await runDemo(tmp.path, {
    HEADGATE_MQTT: `127.0.0.1:${mosquitto.port}`,
    HEADGATE_KAFKA: `127.0.0.1:${kafka.port}`,
  });
  assert.equal(code, 0, stdout);
  assert.equal(counts['skipped'], 0);
  assert.match(mosquitto.log, / as sensor-7 /);
  const admin = kafkajsDirect(kafka.port).admin();
  await admin.connect();
  try {
    // The demo's topics were there, or the coordinators would not be.
    assert.deepEqual((await admin.listTopics()).sort(), ['__consumer_offsets', '__transaction_state']);
    assert.deepEqual((await admin.listGroups()).groups, []);
  } finally {
    await admin.disconnect();
  }
});

for (const variable of ['HEADGATE_MQTT', 'HEADGATE_KAFKA']) {
  test(`a broker of ${variable} that does not answer fails the demo by name, and nothing is left`, async () => {
    await using tmp = tempDir();
    const { code, stderr, counts } = await runDemo(tmp.path, { [variable]: '127.0.0.1:1' });
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`no broker answers at ${variable}=127\\.0\\.0\\.1:1`));
    assert.deepEqual(counts, { ok: false, steps: 0, allowed: 0, refused: 0, skipped: 0, failed: 1 });
    assert.deepEqual(readdirSync(tmp.path), []);
  });
}

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
  const pids = [...demo.stdout.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
  assert.equal(pids.length, (NO_MOSQUITTO ? 0 : 1) + (NO_KAFKA ? 0 : 1));
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

/** The last needs Kafka: the first two find it being formatted and starting. */
const MOMENTS = ['certificates', 'publish p1/pump-1/temp', ...(NO_KAFKA ? [] : ['produce payroll'])];

for (const moment of MOMENTS) {
  test(`interrupted at "${moment}" the demo says so by its exit code and leaves nothing`, async () => {
    await using tmp = tempDir();
    await using demo = new Child(process.execPath, [PROGRAM, 'demo'], { env: demoEnv(tmp.path) });
    await demo.printed(moment, DEADLINE);
    assert.deepEqual(await demo.end('SIGTERM', 20_000), { code: 143, signal: null });
    assert.deepEqual(readdirSync(tmp.path), []);
    assert.deepEqual(processesOf(tmp.path), []);
  });
}

/** Command lines that name this folder; none where the system does not show them as files. */
function processesOf(folder: string): string[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  const lines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // it has ended meanwhile
      }
    });
  return lines.filter((line) => line.includes(folder));
}

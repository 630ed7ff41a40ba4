import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { type AuditHandle, FileSink } from '../../../adapters/sinks/file.ts';

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), 'headgate-audit-'));
  return { dir, path: join(dir, 'audit.jsonl'), [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}

async function lines(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8');
  assert.ok(text.endsWith('\n'));
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

/** Lets the sink's own retries run until the condition holds. */
async function until(condition: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(5000);
  while (!condition()) {
    signal.throwIfAborted();
    await new Promise(setImmediate);
  }
}

/** A file in memory whose next writes follow a script: bytes to take, or an error code. */
function scriptedFile(script: (number | string)[]) {
  let content = '';
  let opened = 0;
  const handle: AuditHandle = {
    async write(bytes, offset, length) {
      const step = script.shift() ?? length;
      if (typeof step === 'string') throw Object.assign(new Error(step), { code: step });
      content += Buffer.from(bytes.subarray(offset, offset + Math.min(step, length))).toString();
      return { bytesWritten: Math.min(step, length) };
    },
    async close() {},
  };
  return {
    openFile: async () => {
      opened++;
      return handle;
    },
    content: () => content,
    opened: () => opened,
  };
}

test('records become JSON lines in a file that only its owner reads', async () => {
  await using at = await folder();
  const sink = new FileSink({ path: at.path });
  for (let n = 0; n < 1000; n++) assert.equal(sink.write({ n, text: 'zwölf\n' }), true);
  await sink.close();
  assert.equal((await stat(at.path)).mode & 0o777, 0o600);
  const found = await lines(at.path);
  assert.equal(found.length, 1000);
  assert.deepEqual(found[999], { n: 999, text: 'zwölf\n' });
  assert.deepEqual(sink.stats, { written: 1000, dropped: 0, errors: 0, queued: 0 });
});

test('a file that exists is appended to and keeps its mode, and a torn last line is ended first', async () => {
  await using at = await folder();
  await writeFile(at.path, '{"old":1}\n{"torn', { mode: 0o640 });
  await chmod(at.path, 0o640);
  const sink = new FileSink({ path: at.path });
  sink.write({ fresh: true });
  await sink.close();
  assert.equal(await readFile(at.path, 'utf8'), '{"old":1}\n{"torn\n{"fresh":true}\n');
  assert.equal((await stat(at.path)).mode & 0o777, 0o640);
});

test('after rotation reopen writes to a new file of the old name', async () => {
  await using at = await folder();
  const sink = new FileSink({ path: at.path });
  sink.write({ n: 1 });
  await until(() => sink.stats.written === 1);
  await rename(at.path, `${at.path}.1`);
  sink.reopen();
  sink.write({ n: 2 });
  await sink.close();
  assert.deepEqual(await lines(`${at.path}.1`), [{ n: 1 }]);
  assert.deepEqual(await lines(at.path), [{ n: 2 }]);
});

test('beyond its bounds the sink drops and counts', async () => {
  const file = scriptedFile([]);
  const sink = new FileSink({ path: 'x', maxRecords: 3, openFile: file.openFile });
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((n) => sink.write({ n })),
    [true, true, true, false, false],
  );
  await sink.close();
  assert.equal(file.content(), '{"n":1}\n{"n":2}\n{"n":3}\n');
  assert.deepEqual(sink.stats, { written: 3, dropped: 2, errors: 0, queued: 0 });
  assert.equal(sink.write({ n: 6 }), false);
});

test('the bound in bytes holds as well', async () => {
  const sink = new FileSink({ path: 'x', maxBytes: 20, openFile: scriptedFile([]).openFile });
  assert.equal(sink.write({ text: 'aaaa' }), true);
  assert.equal(sink.write({ text: 'bbbb' }), false);
  await sink.close();
  assert.equal(sink.stats.dropped, 1);
});

test('a full disk costs nothing: the half-written line is completed when there is room', async () => {
  const errors: Error[] = [];
  const file = scriptedFile([5, 'ENOSPC', 'ENOSPC']);
  const sink = new FileSink({ path: 'x', retryMs: 1, openFile: file.openFile, onError: (error) => errors.push(error) });
  sink.write({ n: 1 });
  sink.write({ n: 2 });
  await until(() => sink.stats.written === 2);
  assert.equal(file.content(), '{"n":1}\n{"n":2}\n');
  assert.equal(file.opened(), 1);
  assert.equal(sink.stats.errors, 2);
  assert.equal(errors.length, 2);
  await sink.close();
});

test('after another fault the file is opened anew and the cut line written whole', async () => {
  const file = scriptedFile([11, 'EBADF']);
  const sink = new FileSink({ path: 'x', retryMs: 1, openFile: file.openFile });
  sink.write({ n: 1 });
  sink.write({ n: 2 });
  await until(() => sink.stats.written === 2);
  assert.equal(file.content(), '{"n":1}\n{"n{"n":2}\n');
  assert.equal(file.opened(), 2);
  await sink.close();
});

test('a missing folder is counted and tried again until it is there', async () => {
  await using at = await folder();
  const path = join(at.dir, 'later', 'audit.jsonl');
  const sink = new FileSink({ path, retryMs: 1 });
  sink.write({ n: 1 });
  await until(() => sink.stats.errors > 0);
  await mkdir(join(at.dir, 'later'));
  await until(() => sink.stats.written === 1);
  await sink.close();
  assert.deepEqual(await lines(path), [{ n: 1 }]);
});

test('close ends at its deadline and counts what was lost', async () => {
  const sink = new FileSink({ path: '/nonexistent/audit.jsonl', retryMs: 60_000 });
  sink.write({ n: 1 });
  await until(() => sink.stats.errors > 0);
  await sink.close(20);
  await sink.close();
  assert.equal(sink.stats.dropped, 1);
  assert.equal(sink.stats.queued, 0);
});

test('a write that never returns does not hold up closing', async () => {
  const stuck: AuditHandle = { write: () => new Promise(() => {}), close: () => new Promise(() => {}) };
  const sink = new FileSink({ path: 'x', openFile: async () => stuck });
  sink.write({ n: 1 });
  await sink.close(10);
  assert.deepEqual(sink.stats, { written: 0, dropped: 1, errors: 0, queued: 0 });
});

test('records written in any turn of the event loop all arrive', async () => {
  const file = scriptedFile([]);
  const sink = new FileSink({ path: 'x', openFile: file.openFile });
  for (let n = 0; n < 300; n++) {
    sink.write({ n });
    for (let hop = 0; hop < n % 9; hop++) await undefined;
  }
  await until(() => sink.stats.written === 300);
  await sink.close();
});

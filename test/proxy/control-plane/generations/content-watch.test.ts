import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import test from 'node:test';
import { VirtualTimeScheduler } from 'rxjs';
import { contentHash } from '../../../../proxy/control-plane/config/files.ts';
import { ContentWatch } from '../../../../proxy/control-plane/generations/content-watch.ts';
import { type TempDir, tempDir } from '../../../support/temp-dir.ts';

const INTERVAL = 1000;

/** Counts what a watch fires in so many polls, one after the other. */
function watching(interval = INTERVAL) {
  const clock = new VirtualTimeScheduler();
  const watch = new ContentWatch(interval, clock);
  let fired = 0;
  watch.changes$.subscribe(() => fired++);
  return {
    watch,
    polls(count: number): number {
      fired = 0;
      clock.maxFrames = clock.frame + count * INTERVAL;
      clock.flush();
      return fired;
    },
  };
}

const take = (watch: ContentWatch, files: readonly string[]): void => watch.watch(files, contentHash(files));

test('nothing is fired while nothing changes, and what changed is fired until it was read', async () => {
  await using dir = tempDir();
  const files = [dir.write('a', '1'), dir.file('missing')];
  const { watch, polls } = watching();
  take(watch, files);
  assert.equal(polls(3), 0);
  dir.write('a', '2');
  assert.equal(polls(2), 2);
  take(watch, files);
  assert.equal(polls(2), 0);
});

const CHANGES: readonly (readonly [name: string, change: (dir: TempDir) => void])[] = [
  ['other content of the same length', (dir) => dir.write('a', '9')],
  ['a file that goes', (dir) => rmSync(dir.file('a'))],
  ['a file that comes', (dir) => dir.write('missing', '')],
  ['another file in a directory', (dir) => dir.write('listed/b', '')],
  [
    'a swapped symbolic link to a directory',
    (dir) => {
      symlinkSync('v2', dir.file('next'));
      renameSync(dir.file('next'), dir.file('data'));
    },
  ],
];

for (const [name, change] of CHANGES) {
  test(`a change: ${name}`, async () => {
    await using dir = tempDir();
    for (const folder of ['listed', 'v1', 'v2']) mkdirSync(dir.file(folder));
    dir.write('a', '1');
    dir.write('v1/tls.crt', 'one');
    dir.write('v2/tls.crt', 'two');
    symlinkSync('v1', dir.file('data'));
    const { watch, polls } = watching();
    take(watch, [dir.file('a'), dir.file('missing'), dir.file('listed'), dir.file('data/tls.crt')]);
    assert.equal(polls(1), 0);
    change(dir);
    assert.equal(polls(1), 1);
  });
}

test('without an interval nothing is looked at', async () => {
  await using dir = tempDir();
  const { watch, polls } = watching(0);
  take(watch, [dir.write('a', '1')]);
  dir.write('a', '2');
  assert.equal(polls(10), 0);
});

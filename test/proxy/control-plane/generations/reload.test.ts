import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { lastValueFrom, VirtualTimeScheduler } from 'rxjs';
import { type ReloadDeps, reload, reloadWhenWhole } from '../../../../proxy/control-plane/generations/reload.ts';
import type { Credentials } from '../../../support/pki.ts';
import { waitFor } from '../../../support/wait.ts';
import { edit, type Workspace, workspace } from '../config/support.ts';
import { otherPair, REFUSED, running } from './reloading.ts';

const OK = ['headgate_reloads_total ok', 'configuration loaded'];

/** Starts what a change on disk starts; `until` lets it look up to this millisecond. */
function noticed(deps: ReloadDeps) {
  const clock = new VirtualTimeScheduler();
  const done = lastValueFrom(reloadWhenWhole(deps, clock));
  const until = async (ms: number): Promise<void> => {
    clock.maxFrames = ms;
    clock.flush();
    // What a look has started comes out in promises.
    await setImmediate();
  };
  return { done, until };
}

test('a change that is whole is read once and taken at once', async () => {
  await using dir = await workspace();
  const { deps, other, said, seen } = await running(dir);
  dir.write('server.pem', other.cert);
  dir.write('server.key', other.key);
  const { done, until } = noticed(deps);
  await until(0);
  const { ok, changed } = await done;
  assert.deepEqual([ok, changed, seen.loads], [true, true, 1]);
  assert.deepEqual(said, OK);
});

const HALVES: readonly (readonly [name: string, write: (dir: Workspace, other: Credentials) => void])[] = [
  ['the certificate without its key', (dir, { cert }) => dir.write('server.pem', cert)],
  ['the key without its certificate', (dir, { key }) => dir.write('server.key', key)],
  ['half a certificate', (dir, { cert }) => dir.write('server.pem', cert.slice(0, cert.length / 2))],
  ['half a key', (dir, { key }) => dir.write('server.key', key.slice(0, key.length / 2))],
  ['an empty certificate', (dir) => dir.write('server.pem', '')],
  ['an empty key', (dir) => dir.write('server.key', '')],
];

for (const [name, write] of HALVES) {
  test(`${name} is waited for, and nothing is said meanwhile`, async () => {
    await using dir = await workspace();
    const { deps, other, said, seen, control, results } = await running(dir);
    const watched = seen.watched;
    write(dir, other);
    const { done, until } = noticed(deps);
    await until(4900);
    assert.deepEqual([seen.loads, said, results, seen.watched], [10, [], [], watched]);
    dir.write('server.pem', other.cert);
    dir.write('server.key', other.key);
    await until(5000);
    assert.deepEqual(await done.then(({ ok, changed }) => [ok, changed]), [true, true]);
    assert.deepEqual(said, OK);
    assert.notEqual(seen.watched, watched);
    assert.equal(control.info().id, 2);
  });

  test(`${name} is refused after 5 s, and the last good pair goes on`, async () => {
    await using dir = await workspace();
    const { deps, other, said, seen, control } = await running(dir);
    const before = control.content;
    const { watched } = seen;
    write(dir, other);
    const { done, until } = noticed(deps);
    await until(5000);
    const { ok, errors } = await done;
    assert.equal(ok, false);
    assert.match(errors.join(), /server\.(pem|key)/);
    assert.deepEqual(said, REFUSED);
    assert.equal(control.content, before);
    // What is broken is not tried again before it changes.
    assert.notEqual(seen.watched, watched);
  });

  test(`${name} is refused at once where an operator asks`, async () => {
    await using dir = await workspace();
    const { deps, other, said, seen } = await running(dir);
    write(dir, other);
    assert.equal((await reload(deps)).ok, false);
    assert.deepEqual([seen.loads, said], [1, REFUSED]);
  });
}

test('whatever else is wrong is refused at once, also beside a half', async () => {
  await using dir = await workspace();
  const { deps, other, said } = await running(dir);
  dir.write('server.pem', other.cert);
  dir.write('headgate.yaml', edit('roles: [device]', 'roles: [devise]'));
  const { done, until } = noticed(deps);
  await until(0);
  assert.equal((await done).ok, false);
  assert.deepEqual(said, REFUSED);
});

test('what changed while another reload went first is read again', async () => {
  await using dir = await workspace();
  const { deps, control, other, seen } = await running(dir);
  const { promise, resolve } = Promise.withResolvers<{ ok: false; errors: string[] }>();
  const first = control.apply(() => promise);
  dir.write('server.pem', other.cert);
  dir.write('server.key', other.key);
  const { done, until } = noticed(deps);
  await until(0);
  const third = await otherPair();
  dir.write('server.pem', third.cert);
  dir.write('server.key', third.key);
  resolve({ ok: false, errors: ['first'] });
  await first;
  assert.equal((await done).ok, true);
  assert.equal(control.listeners[0]?.tls.certificate, third.cert);
  assert.equal(seen.loads, 2);
});

test('what ends the gate ends the waiting', async () => {
  await using dir = await workspace();
  const { deps, other, seen, said } = await running(dir);
  dir.write('server.pem', other.cert);
  const clock = new VirtualTimeScheduler();
  const subscription = reloadWhenWhole(deps, clock).subscribe();
  clock.maxFrames = 1000;
  clock.flush();
  subscription.unsubscribe();
  clock.maxFrames = 10_000;
  clock.flush();
  assert.deepEqual([seen.loads, said], [3, []]);
});

test('a fault of reading is a refusal', async () => {
  await using dir = await workspace();
  const { deps, said } = await running(dir);
  const broken = {
    ...deps,
    load(): never {
      throw new Error('no memory');
    },
  };
  const { done, until } = noticed(broken);
  await until(0);
  assert.deepEqual((await done).errors, ['no memory']);
  assert.deepEqual(said, REFUSED);
});

test('with the real clock the second half is taken within a second', async () => {
  await using dir = await workspace();
  const { deps, other, seen } = await running(dir);
  dir.write('server.pem', other.cert);
  const done = lastValueFrom(reloadWhenWhole(deps));
  await waitFor('a first look', () => seen.loads > 0);
  dir.write('server.key', other.key);
  assert.equal((await done).ok, true);
});

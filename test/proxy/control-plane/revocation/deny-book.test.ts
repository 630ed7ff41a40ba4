import assert from 'node:assert/strict';
import test from 'node:test';
import { DenyBook, DenyBookError } from '../../../../proxy/control-plane/revocation/deny-book.ts';
import { StateDir, StateError } from '../../../../proxy/control-plane/state/state-dir.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const ENTRY = { serial: '4A01', issuer: 'CN=Plant CA,O=Acme' };

test('entries outlive a restart where there is a state directory, and only there', async () => {
  await using dir = tempDir();
  const state = StateDir.open(dir.file('state'));
  const book = new DenyBook(state);
  const { id } = book.add(ENTRY);
  assert.match(id, /^n-[0-9a-f]{10}$/);
  assert.equal(book.durable, true);
  const again = new DenyBook(StateDir.open(dir.file('state')));
  assert.deepEqual(again.entries, [{ id, ...ENTRY }]);
  assert.deepEqual(again.remove(id), { id, ...ENTRY });
  assert.deepEqual(new DenyBook(state).entries, []);
  assert.equal(new DenyBook(null).durable, false);
});

for (const [what, written, message] of [
  ['a text', '4A01', /^an entry is an object such as/],
  ['a list', [ENTRY], /^an entry is an object such as/],
  ['nothing', null, /^an entry is an object such as/],
  ['an id of its own', { id: 'n-0', ...ENTRY }, /^the id of an entry is given to it$/],
  ['a key that is not known', { ...ENTRY, until: 'noon' }, /until/],
  ['nothing to match', {}, /\w/],
] as const) {
  test(`what is no entry is refused and not kept: ${what}`, () => {
    const book = new DenyBook(null);
    assert.throws(
      () => book.add(written),
      (error: Error) =>
        error instanceof DenyBookError && message.test(error.message) && !/entry\[0\]/.test(error.message),
    );
    assert.deepEqual(book.entries, []);
  });
}

test('an entry that is not there cannot be taken back', () => {
  const book = new DenyBook(null);
  const { id } = book.add(ENTRY);
  assert.throws(() => book.remove('n-0'), { name: 'DenyBookError', message: 'there is no entry "n-0"' });
  assert.deepEqual(book.entries, [{ id, ...ENTRY }]);
});

test('what cannot be written does not count as denied', () => {
  const full = {
    read: () => undefined,
    write() {
      throw new StateError('the disk is full');
    },
  };
  const book = new DenyBook(full as unknown as StateDir);
  assert.throws(() => book.add(ENTRY), StateError);
  assert.deepEqual(book.entries, []);
});

test('a state that was tampered with ends the start', async () => {
  await using dir = tempDir();
  const state = StateDir.open(dir.file('state'));
  state.write('deny', [{ id: 'n-1', serial: 'not hexadecimal' }]);
  assert.throws(() => new DenyBook(state), {
    name: 'StateError',
    message: /^the state "deny" is not what was written \(/,
  });
});

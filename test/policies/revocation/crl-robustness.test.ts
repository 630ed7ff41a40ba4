import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { forEachEntry, readCrl } from '../../../policies/revocation/crl.ts';
import { MAX_ENTRIES, readEntry, type VisitEntry, walkEntries } from '../../../policies/revocation/crl-entries.ts';
import { CrlError } from '../../../policies/revocation/crl-error.ts';
import { utcTime } from '../../../policies/revocation/utc-time.ts';
import { DerReader, X509Error } from '../../../policies/x509/der.ts';
import { readTime } from '../../../policies/x509/time.ts';
import { extension, generalizedTime, utcTime as utcTimeDer } from '../x509/der-writer.ts';
import { forMutationsOf } from '../x509/mutations.ts';
import { crl, crlNumber, entry, namedPoint, reasonCode, scopeOf } from './support/crl-writer.ts';

const genuine = crl({
  entries: [
    entry([0x4a, 0x01]),
    entry([0x00, 0xff], '250601000000Z', reasonCode(1)),
    entry([9], '250601000000Z', extension('2.5.29.24', generalizedTime('20250101000000Z')), reasonCode(4)),
  ],
  extensions: [crlNumber(7), scopeOf(namedPoint('http://crl.example/1.crl'))],
});

/** Reads `der`; any error but CrlError fails the test. */
function readsOrRefuses(der: Uint8Array): boolean {
  let list: ReturnType<typeof readCrl>;
  try {
    list = readCrl(der);
  } catch (error) {
    assert.ok(error instanceof CrlError, `${error}`);
    return false;
  }
  let visited = 0;
  forEachEntry(list, (bytes, start, end, date, reason) => {
    visited++;
    assert.ok(bytes === der && start < end && end - start <= 20 && end <= der.length);
    assert.ok(Number.isSafeInteger(date) && reason >= 0 && reason <= 10);
  });
  assert.equal(visited, list.count);
  return true;
}

test('the list that is mutated below is read', () => assert.ok(readsOrRefuses(genuine)));

test('random bytes are refused with CrlError and nothing else', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => assert.equal(readsOrRefuses(bytes), false)));
});

test('a mutated list is read or refused with CrlError, never anything else', () => {
  forMutationsOf(genuine, readsOrRefuses);
});

test('every flipped bit is read or refused, and every truncation refused', () => {
  let read = 0;
  for (let at = 0; at < genuine.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const der = Buffer.from(genuine);
      der[at] = (der[at] as number) ^ (1 << bit);
      if (readsOrRefuses(der)) read++;
    }
    assert.equal(readsOrRefuses(genuine.subarray(0, at)), false);
  }
  assert.ok(read > 100, `${read}`);
});

const RULES = { extensions: true, delta: false };

/** What the one way and the other read in one entry: nearly all take the fast one, which must not know better. */
function bothWays(der: Uint8Array): readonly [fast: string, slow: string] {
  const outcome = (read: (visit: VisitEntry) => void): string => {
    let found = '';
    try {
      read((bytes, start, end, date, reason) => {
        found = `${Buffer.from(bytes.subarray(start, end)).toString('hex')} ${date} ${reason}`;
      });
    } catch (error) {
      assert.ok(error instanceof X509Error);
      return 'refused';
    }
    return found;
  };
  const slow = (visit: VisitEntry) => {
    if (readEntry(der, 0, der.length, RULES, visit) !== der.length) throw new X509Error('more than one entry', 0);
  };
  return [outcome((visit) => walkEntries(der, 0, der.length, RULES, visit)), outcome(slow)];
}

const invalidityDate = (text: string) => extension('2.5.29.24', generalizedTime(text));

test('entries are read alike in the fast way and in the one that explains', () => {
  const field = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, '0'));
  const date = fc
    .tuple(field(99), field(13), field(32), field(24), field(60), field(60))
    .map((fields) => `${fields.join('')}Z`);
  const extensions = fc.array(
    fc.oneof(
      fc.nat(12).map(reasonCode),
      fc.tuple(fc.constantFrom('19', '20', '21'), date).map(([century, text]) => invalidityDate(century + text)),
      fc.constant(invalidityDate('20250101000000Z')),
    ),
    { maxLength: 3 },
  );
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 22 }),
      fc.oneof(date, fc.constant('250601000000Z')),
      extensions,
      (serial, when, list) => {
        const [fast, slow] = bothWays(entry([...serial], when, ...list));
        assert.equal(fast, slow);
        if (fast !== 'refused') accepted++;
      },
    ),
    { numRuns: 10_000 },
  );
  assert.ok(accepted > 1000, `${accepted}`);
});

test('the same holds when any octet of an entry is changed', () => {
  const usual = entry([0, 0xff], '250601000000Z', reasonCode(1), invalidityDate('20250101000000Z'));
  let accepted = 0;
  for (let at = 0; at < usual.length; at++) {
    for (let octet = 0; octet < 256; octet++) {
      const der = Buffer.from(usual);
      der[at] = octet;
      const [fast, slow] = bothWays(der);
      if (fast !== slow) assert.fail(`${der.toString('hex')}: ${fast}, ${slow}`);
      if (fast !== 'refused') accepted++;
    }
  }
  assert.ok(accepted > 500, `${accepted}`);
});

test('dates of entries are read as readTime reads them, for every day from 1950 to 2049', () => {
  const day = 86_400_000;
  for (let time = Date.UTC(1950, 0, 1, 12, 34, 56); time < Date.UTC(2050, 0, 1); time += day) {
    const text = `${new Date(time).toISOString().slice(2, 19).replace(/\D/g, '')}Z`;
    if (utcTime(Buffer.from(text), 0) !== time) assert.fail(text);
  }
});

test('what is no date is none for both readers', () => {
  const text = fc
    .tuple(fc.stringMatching(/^[0-9]{12}$/), fc.nat(12), fc.constantFrom('0', '9', '/', ':', 'Z', ' ', '3', '2', '1'))
    .map(([digits, at, char]) => `${digits}Z`.slice(0, at) + char + `${digits}Z`.slice(at + 1));
  fc.assert(
    fc.property(text, (written) => {
      let expected = Number.NEGATIVE_INFINITY;
      try {
        expected = readTime(new DerReader(utcTimeDer(written)), 'a date');
      } catch {}
      assert.equal(utcTime(Buffer.from(written), 0), expected, written);
    }),
    { numRuns: 5000 },
  );
});

test('the number of entries is bounded', () => {
  const plain = entry([1]);
  const bytes = Buffer.alloc(plain.length * (MAX_ENTRIES + 1), plain);
  const rules = { extensions: true, delta: false };
  assert.equal(
    walkEntries(bytes, 0, plain.length * MAX_ENTRIES, rules, () => {}),
    MAX_ENTRIES,
  );
  assert.throws(() => walkEntries(bytes, 0, bytes.length, RULES, () => {}), /more than 5000000 entries/);
});

test('the largest lists that are accepted cost a bounded number of steps', () => {
  const nested = (depth: number): Buffer => (depth === 0 ? Buffer.alloc(0) : crlNested(nested(depth - 1)));
  const hostile = [
    Buffer.alloc(100_000, 0x30),
    crl({ entries: Array.from({ length: 2000 }, () => entry([1], '250601000000Z', extension('1.2.3', nested(20)))) }),
    crl({ entries: Array.from({ length: 5000 }, () => entry([1], '250601000000Z', reasonCode(1))) }),
  ];
  for (const der of hostile) {
    let looks = 0;
    const counted = new Proxy(new Uint8Array(der), {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) looks++;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    try {
      readCrl(counted);
    } catch (error) {
      assert.ok(error instanceof CrlError);
    }
    assert.ok(looks > 0 && looks < 6 * der.length + 1000, `${looks} looks at ${der.length} bytes`);
  }
});

function crlNested(inner: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x30, inner.length]), inner]);
}

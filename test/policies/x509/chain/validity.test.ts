import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { utcTime } from '../der-writer.ts';
import { client, ecKey, root } from './issue.ts';
import { NOW, validate } from './validating.ts';

const HOUR = 3_600_000;
const anchor = root();

describe('validity', () => {
  const leaf = client(anchor, {
    key: ecKey(),
    notBefore: utcTime('260601000000Z'),
    notAfter: utcTime('260601010000Z'),
  });
  const CLOCK = [
    { what: 'the first millisecond', now: NOW, expect: undefined },
    { what: 'a second early', now: NOW - 1000, expect: 'clock-skew-suspected' },
    { what: 'a second early, tolerated', now: NOW - 1000, skew: 1000, expect: undefined },
    { what: 'two seconds early, one tolerated', now: NOW - 2000, skew: 1000, expect: 'clock-skew-suspected' },
    { what: 'a day early', now: NOW - 24 * HOUR, expect: 'clock-skew-suspected' },
    { what: 'more than a day early', now: NOW - 24 * HOUR - 1000, expect: 'not-yet-valid' },
    { what: 'within the last second', now: NOW + HOUR + 999, expect: undefined },
    { what: 'a second late', now: NOW + HOUR + 1000, expect: 'clock-skew-suspected' },
    { what: 'a second late, tolerated', now: NOW + HOUR + 1000, skew: 1000, expect: undefined },
    { what: 'five minutes late', now: NOW + HOUR + 300_000, expect: 'clock-skew-suspected' },
    { what: 'more than five minutes late', now: NOW + HOUR + 301_000, expect: 'expired' },
  ];
  for (const { what, now, skew = 0, expect } of CLOCK) {
    test(`${what}`, () => {
      const result = validate([leaf], [anchor], { now, skew });
      assert.equal(result.ok ? undefined : result.cause, expect);
    });
  }
});

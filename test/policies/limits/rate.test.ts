import assert from 'node:assert/strict';
import test from 'node:test';
import { parseByteRate, parseDuration, parseRate, perSecond, RateError } from '../../../policies/limits/rate.ts';

test('rates are read as they are written', () => {
  const cases: [string, number][] = [
    ['50/s', 50],
    ['6/min', 0.1],
    ['3600/h', 1],
    ['1/h', 1 / 3600],
  ];
  for (const [text, expected] of cases) assert.equal(perSecond(parseRate(text)), expected, text);
  assert.deepEqual(parseRate('6/min'), { count: 6, seconds: 60 });
});

test('byte rates know the binary units', () => {
  const cases: [string, number][] = [
    ['64KiB/s', 65_536],
    ['20MiB/s', 20_971_520],
    ['1000B/s', 1000],
    ['1GiB/s', 1_073_741_824],
    ['60KiB/min', 1024],
  ];
  for (const [text, expected] of cases) assert.equal(perSecond(parseByteRate(text)), expected, text);
});

test('durations are milliseconds', () => {
  const cases: [string, number][] = [
    ['500ms', 500],
    ['5s', 5000],
    ['10min', 600_000],
    ['1h', 3_600_000],
  ];
  for (const [text, expected] of cases) assert.equal(parseDuration(text), expected, text);
});

test('the largest that can be written', () => {
  const most = 2 ** 50;
  assert.equal(parseRate(`${most}/s`).count, most);
  assert.equal(parseByteRate(`${most}B/s`).count, most);
  assert.equal(parseDuration(`${most}ms`), most);
  for (const read of [
    () => parseRate(`${most + 1}/s`),
    () => parseByteRate(`${most / 1024 + 1}KiB/s`),
    () => parseDuration(`${most + 1}ms`),
  ])
    assert.throws(read, RateError);
});

test('everything else is refused with a sentence that says what would be right', () => {
  const cases: [(text: string) => unknown, string, RegExp][] = [
    [parseRate, '', /is not a rate such as 50\/s/],
    [parseRate, '50', /is not a rate/],
    [parseRate, '50 /s', /is not a rate/],
    [parseRate, '-5/s', /is not a rate/],
    [parseRate, '0.5/s', /is not a rate/],
    [parseRate, '50/s\n', /is not a rate/],
    [parseRate, ' 50/s', /is not a rate/],
    [parseRate, '50/S', /per s, min or h, not per "S"/],
    [parseRate, '50/day', /not per "day"/],
    [parseRate, '50/constructor', /not per "constructor"/],
    [parseRate, '0/s', /never let anything pass/],
    [parseRate, '64KiB/s', /has the unit "KiB"/],
    [parseRate, '9999999999999999/s', /too large/],
    [parseRate, '99999999999999999999/s', /is not a rate/],
    [parseByteRate, '64/s', /needs a unit of bytes/],
    [parseByteRate, '64kb/s', /needs a unit of bytes/],
    [parseByteRate, '64toString/s', /needs a unit of bytes/],
    [parseByteRate, '0KiB/s', /never let anything pass/],
    [parseByteRate, '64KiB', /is not a rate of bytes/],
    [parseByteRate, '9999999GiB/s', /too large/],
    [parseDuration, '5', /is not a duration/],
    [parseDuration, '5 s', /is not a duration/],
    [parseDuration, ' 5s', /is not a duration/],
    [parseDuration, '5s ', /is not a duration/],
    [parseDuration, '5d', /is not a duration/],
    [parseDuration, '0s', /longer than nothing/],
    [parseDuration, '9999999999999999h', /too long/],
  ];
  for (const [parse, text, message] of cases) {
    assert.throws(
      () => parse(text),
      (error) => error instanceof RateError && message.test(error.message),
      JSON.stringify(text),
    );
  }
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { renderDocument } from '../../../../docs/make/configuration.ts';
import { renderProblem } from '../../../../proxy/control-plane/config/print.ts';
import { parsePath, pathText } from '../../../../proxy/control-plane/config/problem.ts';
import { editDistance, nearest } from '../../../../proxy/control-plane/config/suggest.ts';
import {
  durationText,
  hostPortText,
  readDuration,
  readHostPort,
  readIp,
  readPortRange,
  readRange,
  readSize,
  sizeText,
} from '../../../../proxy/control-plane/config/units.ts';

test('docs/configuration.md is in step with the schema', () => {
  const file = join(import.meta.dirname, '../../../../docs/configuration.md');
  assert.equal(readFileSync(file, 'utf8'), renderDocument(), 'run `npm run docs`');
});

test('durations and sizes are numbers with a unit, and nothing else', () => {
  const durations = { '500ms': 500, '10s': 10_000, '5min': 300_000, '2h': 7_200_000, '7d': 604_800_000, '0s': 0 };
  for (const [text, ms] of Object.entries(durations)) assert.equal(readDuration(text), ms);
  const sizes = { '0B': 0, '512B': 512, '256KiB': 262_144, '1MiB': 1_048_576, '2GiB': 2_147_483_648 };
  for (const [text, bytes] of Object.entries(sizes)) assert.equal(readSize(text), bytes);
  for (const text of [
    '',
    '10',
    's',
    '-1s',
    '1.5s',
    '1 s',
    '1m',
    '1S',
    '99999999999999999s',
    '9007199254740993GiB',
    '1constructor',
    ' 1s',
  ]) {
    assert.equal(readDuration(text), undefined, text);
    assert.equal(readSize(text), undefined, text);
  }
  assert.deepEqual([0, 1500, 60_000, 90_000, 86_400_000].map(durationText), ['0s', '1500ms', '1min', '90s', '1d']);
  assert.deepEqual([0, 1000, 1536, 1_048_576].map(sizeText), ['0B', '1000B', '1536B', '1MiB']);
});

test('addresses are host and port, IPv6 in brackets and canonical', () => {
  const good = [
    ['mosquitto:1883', 'mosquitto', 1883],
    ['a-b.example.com:1', 'a-b.example.com', 1],
    ['127.0.0.1:0', '127.0.0.1', 0],
    ['[::]:8883', '::', 8883],
    ['[FD00:0:0::1]:65535', 'fd00::1', 65_535],
  ] as const;
  for (const [text, host, port] of good) {
    assert.deepEqual(readHostPort(text), { host, port });
    assert.deepEqual(readHostPort(hostPortText({ host, port })), { host, port });
  }
  for (const text of [
    '',
    'a',
    ':1',
    'a:',
    'a:65536',
    'a:x',
    '::1:1',
    '[::1]',
    '[a]:1',
    '[1.2.3.4]:1',
    '1.2.3:1',
    '1.2.3.256:1',
    'a b:1',
    '-a:1',
    'a..b:1',
    'a:1:2',
    'a/b:1',
    'a@b:1',
  ]) {
    assert.equal(readHostPort(text), undefined, text);
  }
});

test('ranges are an address with or without a prefix', () => {
  const good = {
    '10.0.0.0/8': '10.0.0.0/8',
    '192.0.2.7': '192.0.2.7/32',
    '::/0': '::/0',
    'FD00::0/8': 'fd00::/8',
    '::1': '::1/128',
  };
  for (const [text, range] of Object.entries(good)) assert.equal(readRange(text), range);
  for (const text of ['', '10.0.0.0/33', '::/129', '10.0.0/8', 'a/8', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8']) {
    assert.equal(readRange(text), undefined, text);
  }
});

test('ranges of ports begin at 1 and go up', () => {
  const good = { '9094-9193': [9094, 9193], '1-65535': [1, 65_535], '9094-9094': [9094, 9094] };
  for (const [text, [first, last]] of Object.entries(good)) assert.deepEqual(readPortRange(text), { first, last });
  for (const text of [
    '',
    '9094',
    '9094-',
    '-9094',
    '0-10',
    '2-1',
    '1-65536',
    '1 - 2',
    '1-2-3',
    'a-b',
    '100000-100001',
  ]) {
    assert.equal(readPortRange(text), undefined, text);
  }
});

test('an IP address has one text, and no zone', () => {
  const good = { '10.0.0.1': '10.0.0.1', '::': '::', 'FD00:0:0::1': 'fd00::1', '::ffff:10.0.0.1': '::ffff:a00:1' };
  for (const [text, ip] of Object.entries(good)) assert.equal(readIp(text), ip);
  for (const text of ['', 'localhost', '10.0.0', '10.0.0.300', '[::1]', 'fe80::1%eth0', '::1 ']) {
    assert.equal(readIp(text), undefined, text);
  }
});

test('the nearest word is the one a slip of the fingers away', () => {
  assert.equal(editDistance('kitten', 'sitting'), 3);
  assert.equal(editDistance('ab', 'ba'), 1);
  assert.equal(editDistance('', 'abc'), 3);
  const words = ['listeners', 'trust', 'identities', 'roles', 'reader'];
  const cases = {
    listener: 'listeners',
    Trust: 'trust',
    tursts: 'trust',
    rolse: 'roles',
    identitys: 'identities',
    kafka: undefined,
    x: undefined,
  };
  for (const [typed, expected] of Object.entries(cases)) assert.equal(nearest(typed, words), expected, typed);
});

test('paths are read as they are written', () => {
  const paths = [[], ['roles', 'device', 'mqtt', 'allow', 0, 'publish'], ['listeners', 12]];
  for (const path of paths) assert.deepEqual(parsePath(pathText(path)), path);
  assert.equal(pathText(['listeners', 0, 'tls', 'key']), 'listeners[0].tls.key');
});

test('a problem is printed with its place, its line and its fix', () => {
  const problem = {
    file: 'gate.yaml',
    line: 7,
    column: 6,
    path: 'a.b',
    message: 'is wrong',
    fix: 'put it right',
    severity: 'error',
    excerpt: '\tkey: value',
  } as const;
  assert.equal(
    renderProblem(problem),
    'gate.yaml:7:6: error: a.b: is wrong\n    \tkey: value\n    \t    ^\n  fix: put it right',
  );
});

test('a terminal does not obey what stands in the file', () => {
  const text = renderProblem({
    file: 'gate.yaml',
    line: 1,
    column: 1,
    path: '',
    message: 'the key "\u001b[2J" is not known',
    severity: 'error',
    excerpt: '\u001b[2J\u202e: 1\u009b',
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.match(text, /\\u001b\[2J/);
});

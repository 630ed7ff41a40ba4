import assert from 'node:assert/strict';
import test from 'node:test';
import { AddressError, addressKey } from '../../../../proxy/shared/tables/index.ts';

const keys: [string, string][] = [
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:201', '192.0.2.1'],
  ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
];
for (const [ip, key] of keys) {
  test(`${ip} counts as ${key}`, () => assert.equal(addressKey(ip), key));
}

test('what is no address is a named error', () => {
  for (const text of [
    '',
    'localhost',
    '192.0.2',
    '192.0.2.1:80',
    '[::1]',
    '1:2:3',
    '::ffff:192.0.2.256',
    '2001:db8::/64',
  ]) {
    assert.throws(() => addressKey(text), AddressError, text);
  }
});

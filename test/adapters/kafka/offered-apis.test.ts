import assert from 'node:assert/strict';
import test from 'node:test';
import { APIS, KAFKA_API_NAMES } from '../../../adapters/kafka/apis/index.ts';
import { offeredApi, offeredVersions } from '../../../adapters/kafka/offered-apis.ts';

const NONE_HIDDEN = { hideApis: [] };

/** [API, version, is it offered?] */
const CASES: readonly [key: number, version: number, offered: boolean][] = [
  // Produce 0 to 2 are told and refused, as brokers do.
  [0, 2, false],
  [0, 3, true],
  [0, 13, true],
  [0, 14, false],
  [1, 3, false],
  [3, 0, true],
  [3, -1, false],
  [18, 5, true],
  [18, 6, false],
  [18, -1, false],
  [22, 5, true],
  // Unstable in Kafka.
  [22, 6, false],
  // Between brokers, controllers, and for tokens.
  [4, 0, false],
  [38, 1, false],
  [58, 0, false],
  [83, 0, false],
  [-1, 0, false],
  [32767, 0, false],
];

for (const [key, version, offered] of CASES) {
  test(`API ${key} in version ${version} is ${offered ? '' : 'not '}offered`, () => {
    assert.equal(offeredApi(key, version, NONE_HIDDEN)?.key, offered ? key : undefined);
  });
}

test('everything that an operator may hide is there, and nothing else', () => {
  const names = [...offeredVersions(NONE_HIDDEN).keys()].map((key) => APIS.get(key)?.name);
  assert.deepEqual(names.toSorted(), [...KAFKA_API_NAMES].sort());
});

for (const name of KAFKA_API_NAMES) {
  const hidden = name !== 'ApiVersions';
  test(`${name} ${hidden ? 'can' : 'cannot'} be hidden`, () => {
    const offered = offeredVersions({ hideApis: [name] });
    assert.equal(
      [...offered.keys()].some((key) => APIS.get(key)?.name === name),
      !hidden,
    );
    assert.equal(offered.size, KAFKA_API_NAMES.length - (hidden ? 1 : 0));
  });
}

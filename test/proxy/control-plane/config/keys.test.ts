import assert from 'node:assert/strict';
import test from 'node:test';
import { everyKey } from '../../../../proxy/control-plane/config/keys.ts';
import { CONFIGURATION_KEYS } from '../../../../proxy/control-plane/config/load.ts';

test('every key has a description, and every value a kind', () => {
  for (const { path, facts, children, named, element } of everyKey(CONFIGURATION_KEYS)) {
    assert.ok(facts.description !== undefined && facts.description.length > 5, path);
    const plain = children.size === 0 && named === undefined && element === undefined;
    assert.ok(!plain || facts.type !== undefined, path);
  }
});

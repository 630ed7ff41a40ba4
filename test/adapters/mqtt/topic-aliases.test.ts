import assert from 'node:assert/strict';
import test from 'node:test';
import { MqttError } from '../../../adapters/mqtt/error.ts';
import { TopicAliases } from '../../../adapters/mqtt/topic-aliases.ts';

const fails = (code: number) => (error: unknown) => error instanceof MqttError && error.code === code;

test('an alias is its last topic, as a copy', () => {
  const table = new TopicAliases(2);
  const buf = Buffer.from('xok/ax');
  table.set(1, buf, 1, 5);
  buf.fill(0);
  assert.equal(Buffer.from(table.get(1)).toString(), 'ok/a');
  table.set(1, Buffer.from('b'), 0, 1);
  assert.equal(Buffer.from(table.get(1)).toString(), 'b');
});

test('aliases above the offer and unknown ones are refused', () => {
  const table = new TopicAliases(2);
  assert.throws(() => table.get(2), fails(0x82));
  assert.throws(() => table.get(3), fails(0x94));
  assert.throws(() => table.set(3, Buffer.from('a'), 0, 1), fails(0x94));
});

test('64 KiB of topics are kept, one byte more is not', () => {
  const table = new TopicAliases(10);
  const half = Buffer.alloc(32768, 'a');
  table.set(1, half, 0, 32768);
  table.set(2, half, 0, 32768);
  assert.throws(() => table.set(3, half, 0, 1), fails(0x97));
});

test('all topics together stay within 64 KiB; a replaced one gives its bytes back', () => {
  const table = new TopicAliases(10);
  const big = Buffer.alloc(30000, 'a');
  const other = Buffer.alloc(30000, 'b');
  table.set(1, big, 0, 30000);
  table.set(2, big, 0, 30000);
  table.set(2, other, 0, 30000);
  table.set(2, other, 0, 30000);
  assert.throws(() => table.set(3, big, 0, 30000), fails(0x97));
});

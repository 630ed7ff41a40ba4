import assert from 'node:assert/strict';
import test from 'node:test';
import { EventLog } from '../../../../proxy/cli/demo/event-log.ts';

const even = (items: readonly number[]) => items.find((item) => item % 2 === 0);

test('an event that is already there resolves at once, from the mark on', async () => {
  const events = new EventLog<number>();
  events.push(2);
  events.push(4);
  assert.equal(await events.until('an even number', 0, even), 2);
  assert.equal(await events.until('an even number', 1, even), 4);
});

test('what comes later answers those who wait', async () => {
  const events = new EventLog<number>();
  const { mark } = events;
  const waiting = events.until('an even number', mark, even);
  events.push(1);
  events.push(6);
  assert.equal(await waiting, 6);
});

test('nobody waits for ever: the error says for what', async () => {
  await assert.rejects(new EventLog<number>().until('an even number', 0, even, 1), /an even number: not within/);
});

/** What Produce requests say, hide or leave out: rows 18, 19, 21, 25, 27, 47. */
import { API } from '../../../adapters/kafka/apis/index.ts';
import type { Evasion, World } from './evasion.ts';
import { ask } from './frames.ts';

const MAGIC = 16;
const ATTRIBUTES = 22;
const TRANSACTIONAL = 0x10;
const UNKNOWN = 'dW5rbm93bnVua25vd251bg';
const ZERO = 'AAAAAAAAAAAAAAAAAAAAAA';

type Topics = readonly (readonly [topic: string, records: readonly (Buffer | null)[]])[];

function produce(version: number, topics: Topics, more: object = {}): Buffer {
  return ask(API.produce, version, {
    transactionalId: null,
    acks: -1,
    timeoutMs: 5000,
    topicData: topics.map(([topic, records]) => ({
      ...(version >= 13 ? { topicId: topic } : { name: topic }),
      partitionData: records.map((batch, index) => ({ index, records: batch })),
    })),
    ...more,
  });
}

function answer(version: number, codes: Readonly<Record<string, number>>) {
  const responses = Object.entries(codes).map(([topic, errorCode]) => ({
    ...(version >= 13 ? { topicId: topic } : { name: topic }),
    partitionResponses: [{ errorCode }],
  }));
  return [{ key: API.produce, version, body: { responses } }];
}

function changed(batch: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(batch);
  copy[at] = value;
  return copy;
}

/** One partition of orders.a. */
function one(
  row: number,
  name: string,
  records: (batch: Buffer) => Buffer | null,
  code: number,
  more: object = {},
): Evasion {
  return {
    row,
    name,
    sends: ({ batch }) => [produce(9, [['orders.a', [records(batch)]]], more)],
    answers: answer(9, { 'orders.a': code }),
  };
}

const denied = ['denied'] as const;
const id = (world: World, topic: string) => world.ids[topic] as string;
const transactional = (batch: Buffer) => changed(batch, ATTRIBUTES, TRANSACTIONAL);

export const RECORDS: readonly Evasion[] = [
  { ...one(0, 'what is allowed is written, so that the batch proves something', (batch) => batch, 0), written: 1 },
  one(18, 'no records', () => null, 87),
  one(18, 'records that are shorter than any batch', (batch) => batch.subarray(0, 60), 87),
  one(
    18,
    'two batches in one partition, of which only the first would be looked at',
    (batch) => Buffer.concat([batch, batch]),
    87,
  ),
  one(18, 'a transactional batch behind a plain one', (batch) => Buffer.concat([batch, transactional(batch)]), 87),
  one(19, 'records of format 1, which hide the transactional bit', (batch) => changed(batch, MAGIC, 1), 87),
  one(19, 'records of format 0', (batch) => changed(batch, MAGIC, 0), 87),
  { ...one(27, 'transactional records without a transactional id', transactional, 53), rejected: denied },
  {
    ...one(27, 'transactional records with the id of others', transactional, 53, { transactionalId: 'other-1' }),
    rejected: denied,
  },
  {
    row: 21,
    name: 'the id of a topic that must not be written',
    sends: (world) => [produce(13, [[id(world, 'secret'), [world.batch]]])],
    answers: (world) => answer(13, { [id(world, 'secret')]: 29 }),
    rejected: denied,
  },
  ...[
    [UNKNOWN, 'an id that no topic has'],
    [ZERO, 'the id of nothing'],
  ].map(
    ([topic, name]): Evasion => ({
      row: 21,
      name: name as string,
      sends: ({ batch }) => [produce(13, [[topic as string, [batch]]])],
      answers: answer(13, { [topic as string]: 100 }),
    }),
  ),
  {
    row: 25,
    name: 'the forbidden topic twice, and the allowed one between',
    sends: ({ batch }) => [
      produce(9, [
        ['secret', [batch]],
        ['orders.a', [batch]],
        ['secret', [batch]],
      ]),
    ],
    answers: [{ key: API.produce, version: 9, body: {} }],
    rejected: denied,
    written: 1,
  },
  {
    row: 47,
    name: 'the forbidden topic without wanting an answer',
    sends: ({ batch }) => [produce(9, [['secret', [batch]]], { acks: 0 })],
    closed: 'denied',
  },
  {
    row: 60,
    name: 'a forbidden topic and a missing one are answered alike',
    sends: ({ batch }) => [
      produce(9, [
        ['secret', [batch]],
        ['missing', [batch]],
      ]),
    ],
    answers: answer(9, { secret: 29, missing: 29 }),
    rejected: denied,
  },
];

/** Bytes that a broker and a gate could read differently: rows 1 to 17. */
import { API } from '../../../adapters/kafka/apis/index.ts';
import type { Evasion } from './evasion.ts';
import { altered, ask, bytes, ending, rawAsk } from './frames.ts';

const metadata = (version = 12) => ask(API.metadata, version, { topics: [{ name: 'orders.a' }] });
const groups = () => ask(API.listGroups, 4, { statesFilter: [] });
const fetch = () => ask(API.fetch, 15, { maxWaitMs: 0, minBytes: 0, topics: [] });
const closes = (row: number, name: string, frame: () => Buffer): Evasion => ({
  row,
  name,
  sends: () => [frame()],
  closed: 'malformed',
});
const notOffered = (row: number, name: string, key: number, version: number): Evasion => ({
  row,
  name,
  sends: () => [rawAsk(key, version, '00000000')],
  closed: 'unsupported-protocol',
});

export const PARSING: readonly Evasion[] = [
  closes(1, 'a tagged field that is longer than its size says', () =>
    ending(fetch(), 1, '01 01 04 ffffffff ffffffffffffffff 00'),
  ),
  closes(1, 'a tagged field that is shorter than its size says', () =>
    ending(fetch(), 1, '01 01 0e ffffffff ffffffffffffffff 00 00'),
  ),
  {
    row: 1,
    name: 'the same tagged field with its true size is read',
    sends: () => [ending(fetch(), 1, '01 01 0d ffffffff ffffffffffffffff 00')],
    answers: [{ key: API.fetch, version: 15, body: { errorCode: 0 } }],
  },
  closes(2, 'the same tag twice', () => ending(metadata(), 1, '02 0500 0500')),
  closes(2, 'tags in descending order', () => ending(metadata(), 1, '02 0600 0500')),
  {
    row: 3,
    name: 'an unknown tag that is well formed does no harm',
    sends: () => [ending(metadata(), 1, '01 3701 ff')],
    answers: [{ key: API.metadata, version: 12, body: { topics: [{ name: 'orders.a', errorCode: 0 }] } }],
  },
  closes(3, 'an unknown tag that reaches beyond the frame', () => ending(metadata(), 1, '01 3709 ff')),
  closes(4, 'bytes behind the body', () => ending(metadata(), 0, '00')),
  closes(4, 'a second request behind the body', () => ending(metadata(), 0, groups().toString('hex'))),
  closes(5, 'a count in more bytes than it needs', () => ending(groups(), 2, '8100 00')),
  closes(5, 'a count whose fifth byte has bits beyond 32', () => ending(groups(), 2, '8180808010 00')),
  closes(5, 'a count of six bytes', () => ending(groups(), 2, '818080808000 00')),
  closes(6, 'the compact length 0xffffffff', () => ending(groups(), 2, 'ffffffff0f 00')),
  closes(6, 'the compact length 0x80000000', () => ending(groups(), 2, '8080808008 00')),
  closes(7, 'the client id length -2', () => altered(metadata(), '0006657661646572', 'fffe')),
  closes(7, 'the array length -2', () => rawAsk(API.metadata, 1, 'fffffffe')),
  closes(7, 'the string length -2', () => rawAsk(API.metadata, 1, '00000001 fffe')),
  closes(8, 'a negative number of tagged fields', () => ending(metadata(), 1, 'ffffffff0f')),
  closes(10, 'a boolean that is 2', () => rawAsk(API.metadata, 4, '00000000 02')),
  closes(10, 'a marker of a struct that is neither 1 nor -1', () =>
    ending(
      ask(API.describeTopicPartitions, 0, { topics: [{ name: 'orders.a' }], responsePartitionLimit: 10, cursor: null }),
      2,
      'fe 00',
    ),
  ),
  closes(10, 'a marker of a struct that is 2', () =>
    ending(
      ask(API.describeTopicPartitions, 0, {
        topics: [{ name: 'orders.a' }],
        responsePartitionLimit: 10,
        cursor: { topicName: 'orders.a', partitionIndex: 0 },
      }),
      16,
      '02 09 6f72646572732e61 00000000 00 00',
    ),
  ),
  closes(11, 'a surrogate in UTF-8 in a topic name', () => rawAsk(API.metadata, 1, '00000001 0003 eda080')),
  closes(11, 'an overlong form in a topic name', () => rawAsk(API.metadata, 1, '00000001 0002 c0ae')),
  ...['secret\0', 'SECRET', 'ѕecret', ' secret', '../secret'].map(
    (name): Evasion => ({
      row: 12,
      name: `the group ${JSON.stringify(name)}, which looks like another`,
      sends: () => [ask(API.heartbeat, 4, { groupId: name, generationId: 1, memberId: 'm' })],
      answers: [{ key: API.heartbeat, version: 4, body: { errorCode: 30 } }],
      rejected: ['denied'],
    }),
  ),
  notOffered(13, 'a version above the range', API.metadata, 14),
  notOffered(13, 'a version below the range', API.fetch, 3),
  notOffered(13, 'a negative version', API.metadata, -1),
  notOffered(13, 'an API that does not exist', 999, 0),
  ...[
    ['LeaderAndIsr', 4],
    ['WriteTxnMarkers', 27],
    ['CreateAcls', 30],
    ['AlterConfigs', 33],
    ['CreateDelegationToken', 38],
    ['AlterUserScramCredentials', 51],
    ['Vote', 52],
    ['Envelope', 58],
    ['BrokerRegistration', 62],
    ['PushTelemetry', 72],
    ['ShareFetch', 78],
    ['StreamsGroupHeartbeat', 88],
  ].map(([name, key]) => notOffered(40, `${name}, which is not offered`, key as number, 0)),
  {
    row: 14,
    name: 'ApiVersions in an unknown version, with a body that means nothing',
    sends: () => [rawAsk(API.apiVersions, 127, '00 deadbeef')],
    answers: [{ key: API.apiVersions, version: 0, body: { errorCode: 35 } }],
  },
  {
    row: 15,
    name: 'no client id',
    sends: () => [altered(metadata(), '0006657661646572', 'ffff')],
    answers: [{ key: API.metadata, version: 12, body: { topics: [{ errorCode: 0 }] } }],
  },
  closes(15, 'a client id that is not UTF-8', () => altered(metadata(), '657661646572', 'ff7661646572')),
  closes(16, 'a frame of a negative size', () => bytes('ffffffff 0003 0000 00000001')),
  closes(16, 'a frame of no bytes', () => bytes('00000000 0003 0000 00000001')),
  {
    row: 16,
    name: 'a frame that says to be of 2 GiB',
    sends: () => [bytes('7fffffff 0000 0009 00000001')],
    closed: 'packet-too-large',
  },
  closes(17, 'a million topics in a few bytes', () => rawAsk(API.metadata, 1, '000f4240 0001 61')),
  closes(17, 'two billion topics', () => rawAsk(API.metadata, 1, '7fffffff 0001 61')),
];

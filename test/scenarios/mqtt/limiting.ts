import type { LimitKind } from '../../../adapters/seam.ts';
import type { OnExceed } from '../../../policies/limits/table.ts';
import type { Scenario } from './scenario.ts';

const both = [4, 5] as const;
const pub = (topic: string, more: object = {}) => ({ cmd: 'publish', topic, payload: 'x', qos: 0, ...more });
const only = (limited: LimitKind, outcome: number) => (kind: LimitKind) => (kind === limited ? outcome : 0);

/** Bytes to the client are free until the CONNACK is through. */
function outAfterConnack(outcome: number): (kind: LimitKind, n: number) => number {
  let seen = 0;
  return (kind) => (kind === 'bytesOut' && seen++ > 0 ? outcome : 0);
}

const v5 = { cmd: 'connect', clientId: 'dev-1', clean: true, keepalive: 60, protocolId: 'MQTT', protocolVersion: 5 };
const ok5 = { cmd: 'connack', sessionPresent: false, reasonCode: 0 };
const out = (onExceed: OnExceed) => ({ perSecond: 1, burst: 1, onExceed });
const subscribing = (messageId: number, topics: readonly string[]) => ({
  cmd: 'subscribe',
  messageId,
  subscriptions: topics.map((topic) => ({ topic, qos: 0 })),
});

/** Bytes are free until the CONNECT is through. */
function bytesAfterConnect(outcome: number): (kind: LimitKind, n: number) => number {
  let seen = 0;
  return (kind) => (kind === 'bytes' && seen++ > 0 ? outcome : 0);
}

export const LIMITING: readonly Scenario[] = [
  {
    name: 'a client over its rate is forwarded, then not read until its time has come',
    versions: both,
    given: {},
    plan: { take: only('publish', 700) },
    steps: [
      {
        when: [{ client: pub('ok/a') }, { client: pub('ok/b') }, { tick: 699 }],
        sees: { toBroker: [{ topic: 'ok/a' }], held: true },
      },
      { when: [{ tick: 1 }], sees: { toBroker: [{ topic: 'ok/b' }], held: true } },
    ],
  },
  {
    name: 'the deadline of a packet that came with the pause counts from the end of the pause',
    versions: [4],
    given: {},
    plan: { take: only('publish', 4000) },
    steps: [
      { when: [{ client: '3007 0004 6f6b2f61 78 30' }, { tick: 4000 }, { tick: 2999 }], sees: { toBroker: [{}] } },
      { when: [{ tick: 1 }], sees: { closed: true, rejected: [{ cause: 'packet-timeout' }] } },
    ],
  },
  ...([300, 700] as const).map(
    (count): Scenario => ({
      name: `of two waits the longer one counts: ${count} ms for the message, ${1000 - count} ms for its bytes`,
      versions: [4],
      given: {},
      plan: { take: (kind) => (kind === 'publish' ? count : kind === 'bytes' ? 1000 - count : 0) },
      steps: [
        {
          when: [{ client: pub('ok/a') }, { client: pub('ok/b') }, { tick: 699 }],
          sees: { toBroker: [{ topic: 'ok/a' }], held: true },
        },
        { when: [{ tick: 1 }], sees: { toBroker: [{ topic: 'ok/b' }] } },
      ],
    }),
  ),
  {
    name: 'a denied message is charged as well',
    versions: [4],
    given: {},
    plan: { take: only('publish', 700) },
    steps: [{ when: [{ client: pub('no/a') }], sees: { held: true, rejected: [{ cause: 'denied' }] } }],
  },
  {
    name: 'a message that would wait too long is refused with 0x97',
    versions: [5],
    given: {},
    plan: { take: only('publish', -1) },
    steps: [
      {
        when: [
          { client: pub('ok/a') },
          { client: pub('ok/a', { qos: 1, messageId: 1 }) },
          { client: pub('ok/a', { qos: 2, messageId: 2 }) },
        ],
        sees: {
          toClient: [
            { cmd: 'puback', reasonCode: 0x97, properties: { reasonString: 'limit exceeded d-2' } },
            { cmd: 'pubrec', reasonCode: 0x97 },
          ],
          rejected: [
            { cause: 'limit-publish', sent: undefined },
            { cause: 'limit-publish', sent: 'PUBACK 0x97' },
            { cause: 'limit-publish', sent: 'PUBREC 0x97' },
          ],
        },
      },
    ],
  },
  {
    name: 'a 3.1.1 message over the limit is acknowledged and dropped',
    versions: [4],
    given: {},
    plan: { take: bytesAfterConnect(-1) },
    steps: [
      {
        when: [{ client: pub('ok/a', { qos: 1, messageId: 1 }) }],
        sees: { toClient: ['40020001'], rejected: [{ cause: 'limit-bytes' }] },
      },
    ],
  },
  {
    name: 'onExceed: disconnect says message rate too high',
    versions: [5],
    given: {},
    plan: { onExceed: 'disconnect', take: only('publish', -1) },
    steps: [
      {
        when: [{ client: pub('ok/a') }],
        sees: { toClient: [{ reasonCode: 0x96 }], closed: true, rejected: [{ cause: 'limit-publish' }] },
      },
    ],
  },
  {
    name: 'onExceed: disconnect for bytes says quota exceeded',
    versions: [5],
    given: {},
    plan: { onExceed: 'disconnect', take: bytesAfterConnect(-1) },
    steps: [
      {
        when: [{ client: '40020001' }],
        sees: { toClient: [{ reasonCode: 0x97 }], closed: true, rejected: [{ cause: 'limit-bytes' }] },
      },
    ],
  },
  {
    name: 'a SUBSCRIBE over the limit is refused filter by filter',
    versions: [4],
    given: {},
    plan: { take: only('requests', -1) },
    steps: [
      {
        when: [
          {
            client: {
              cmd: 'subscribe',
              messageId: 3,
              subscriptions: [
                { topic: 'ok/a', qos: 0 },
                { topic: 'ok/b', qos: 0 },
              ],
            },
          },
        ],
        sees: { toClient: ['900400038080'], rejected: [{ cause: 'limit-requests', sent: 'SUBACK 0x80' }] },
      },
    ],
  },
  {
    name: 'a ping over the limit is forwarded and slows the client down',
    versions: both,
    given: {},
    plan: { onExceed: 'reject', take: only('requests', -1) },
    steps: [
      { when: [{ client: 'c000' }, { client: 'c000' }, { tick: 999 }], sees: { toBroker: ['c000'], held: true } },
      { when: [{ tick: 1 }], sees: { toBroker: ['c000'], held: true } },
    ],
  },
  {
    name: 'a client with a short keep-alive is not slowed down for longer than a quarter of it',
    versions: both,
    given: { connect: { keepalive: 2 } },
    plan: { onExceed: 'reject', take: only('requests', -1) },
    steps: [
      { when: [{ client: 'c000' }, { client: 'c000' }, { tick: 499 }], sees: { toBroker: ['c000'], held: true } },
      { when: [{ tick: 1 }], sees: { toBroker: ['c000'], held: true } },
    ],
  },
  {
    name: 'over the limit on bytes to the client the broker is not read until the bucket is full again',
    versions: both,
    given: {},
    plan: { limits: { bytesOut: out('throttle') }, take: only('bytesOut', 9000) },
    steps: [
      {
        when: [{ broker: pub('ok/a') }, { client: pub('ok/b') }, { tick: 8999 }],
        sees: { toClient: [{ topic: 'ok/a' }], toBroker: [{ topic: 'ok/b' }], held: false, brokerHeld: true },
      },
      { when: [{ tick: 1 }], sees: { brokerHeld: false } },
    ],
  },
  {
    name: 'over the limit on bytes to the client with disconnect: the delivery arrives whole, then it ends',
    versions: [5],
    given: {},
    plan: { limits: { bytesOut: out('disconnect') }, take: outAfterConnack(-1) },
    steps: [
      {
        when: [{ broker: pub('ok/a') }],
        sees: {
          toClient: [{ topic: 'ok/a' }, { cmd: 'disconnect', reasonCode: 0x97 }],
          closed: true,
          rejected: [{ cause: 'limit-bytes-out', sent: 'DISCONNECT 0x97' }],
        },
      },
    ],
  },
  ...([4, 5] as const).map(
    (version): Scenario => ({
      name: 'the limit on subscriptions is stricter than the listener’s bound and is named as the cause',
      versions: [version],
      given: {},
      plan: { limits: { subscriptions: 1 }, options: { maxSubscriptions: 3 } },
      steps: [
        {
          when: [{ client: subscribing(1, ['ok/a', 'ok/b']) }],
          sees: {
            toBroker: [{ subscriptions: [{ topic: 'ok/a' }] }],
            rejected: [{ cause: 'limit-subscriptions', sent: version === 5 ? 'SUBACK 0x97' : 'SUBACK 0x80' }],
          },
        },
      ],
    }),
  ),
  {
    name: 'the listener’s bound on subscriptions holds below the limit',
    versions: [4],
    given: {},
    plan: { limits: { subscriptions: 3 }, options: { maxSubscriptions: 1 } },
    steps: [
      {
        when: [{ client: subscribing(1, ['ok/a', 'ok/b']) }],
        sees: { toBroker: [{ subscriptions: [{ topic: 'ok/a' }] }], rejected: [{ cause: 'denied' }] },
      },
    ],
  },
  {
    name: 'a 3.1.1 client with a limit in flight is not read while it has as many, however long that takes',
    versions: [4],
    given: {},
    plan: { limits: { inFlight: 1 } },
    steps: [
      {
        when: [
          { client: pub('ok/a', { qos: 1, messageId: 1 }) },
          { client: pub('ok/b', { qos: 1, messageId: 2 }) },
          { tick: 6000 },
          { tick: 6000 },
        ],
        sees: { toBroker: [{ messageId: 1 }], held: true },
      },
      {
        when: [{ broker: '40020001' }],
        sees: { toClient: ['40020001'], toBroker: [{ messageId: 2 }], held: false },
      },
    ],
  },
  {
    name: 'a 3.1.1 client whose limit in flight is used up by QoS 2 can only make room itself, and is ended',
    versions: [4],
    given: {},
    plan: { limits: { inFlight: 1 } },
    steps: [
      {
        when: [{ client: pub('ok/a', { qos: 2, messageId: 1 }) }, { client: pub('ok/b', { qos: 2, messageId: 2 }) }],
        sees: { toBroker: [{ messageId: 1 }], closed: true, rejected: [{ cause: 'receive-maximum' }] },
      },
    ],
  },
  {
    name: 'a packet above the limit on its size is what it is above the listener’s',
    versions: [5],
    given: {},
    plan: { limits: { packetSize: 300 } },
    steps: [
      {
        when: [
          { client: pub('ok/a', { payload: 'x'.repeat(200) }) },
          { client: pub('ok/a', { payload: 'x'.repeat(300) }) },
        ],
        sees: {
          toBroker: [{ topic: 'ok/a' }],
          toClient: [{ cmd: 'disconnect', reasonCode: 0x95 }],
          closed: true,
          rejected: [{ cause: 'packet-too-large' }],
        },
      },
    ],
  },
  ...([14, 15] as const).map(
    (packetSize): Scenario => ({
      name: `a CONNECT of 15 bytes where the limit on the size is ${packetSize}`,
      versions: [4],
      given: 'new',
      plan: { limits: { packetSize } },
      steps: [
        {
          when: [{ client: '100d 0004 4d515454 04 02 003c 0001 61' }],
          sees: packetSize === 14 ? { closed: true, rejected: [{ cause: 'packet-too-large' }] } : { held: true },
        },
      ],
    }),
  ),
  {
    name: 'limits in flight and on the size are advertised in the CONNACK',
    versions: [5],
    given: 'new',
    plan: { limits: { packetSize: 600, inFlight: 3 } },
    steps: [
      {
        when: [
          { client: { ...v5, properties: { maximumPacketSize: 100_000, receiveMaximum: 500 } } },
          { brokerReady: true },
        ],
        sees: { toBroker: [{ cmd: 'connect', properties: { maximumPacketSize: 600, receiveMaximum: 3 } }] },
      },
      {
        when: [{ broker: ok5 }],
        sees: { toClient: [{ cmd: 'connack', properties: { maximumPacketSize: 600, receiveMaximum: 3 } }] },
      },
    ],
  },
  {
    name: 'a new topic over the limit is refused; what is denied draws none',
    versions: [5],
    given: {},
    plan: { limits: { topics: out('reject') }, take: only('topics', -1) },
    steps: [
      {
        when: [{ client: pub('ok/a', { qos: 1, messageId: 1 }) }, { client: pub('no/a') }],
        sees: {
          toClient: [{ cmd: 'puback', reasonCode: 0x97 }],
          rejected: [{ cause: 'limit-topics', sent: 'PUBACK 0x97' }, { cause: 'denied' }],
        },
      },
    ],
  },
  {
    name: 'a new topic over the limit with disconnect',
    versions: [5],
    given: {},
    plan: { limits: { topics: out('disconnect') }, take: only('topics', -1) },
    steps: [
      {
        when: [{ client: pub('ok/a') }],
        sees: { toClient: [{ reasonCode: 0x97 }], closed: true, rejected: [{ cause: 'limit-topics' }] },
      },
    ],
  },
  ...(
    [
      [300, 700],
      [700, 300],
    ] as const
  ).map(
    ([publish, topics]): Scenario => ({
      name: `of several waits the longest one counts: ${publish} ms for the message, ${topics} ms for the topic`,
      versions: [4],
      given: {},
      plan: {
        limits: { topics: out('throttle') },
        take: (kind) => (kind === 'publish' ? publish : kind === 'topics' ? topics : 0),
      },
      steps: [
        {
          when: [{ client: pub('ok/a') }, { client: pub('ok/b') }, { tick: 699 }],
          sees: { toBroker: [{ topic: 'ok/a' }], held: true },
        },
        { when: [{ tick: 1 }], sees: { toBroker: [{ topic: 'ok/b' }] } },
      ],
    }),
  ),
  {
    name: 'a new topic that can wait is forwarded, and the client is not read until its time has come',
    versions: both,
    given: {},
    plan: { limits: { topics: out('throttle') }, take: only('topics', 700) },
    steps: [
      {
        when: [{ client: pub('ok/a') }, { client: pub('ok/b') }, { tick: 699 }],
        sees: { toBroker: [{ topic: 'ok/a' }], held: true },
      },
      { when: [{ tick: 1 }], sees: { toBroker: [{ topic: 'ok/b' }] } },
    ],
  },
];

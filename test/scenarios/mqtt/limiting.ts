import type { LimitKind } from '../../../adapters/seam.ts';
import type { Scenario } from './scenario.ts';

const both = [4, 5] as const;
const pub = (topic: string, more: object = {}) => ({ cmd: 'publish', topic, payload: 'x', qos: 0, ...more });
const only = (limited: LimitKind, outcome: number) => (kind: LimitKind) => (kind === limited ? outcome : 0);

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
    name: 'a ping over the limit goes on and slows the client down',
    versions: both,
    given: {},
    plan: { onExceed: 'reject', take: only('requests', -1) },
    steps: [
      { when: [{ client: 'c000' }, { client: 'c000' }, { tick: 999 }], sees: { toBroker: ['c000'], held: true } },
      { when: [{ tick: 1 }], sees: { toBroker: ['c000'], held: true } },
    ],
  },
];

import type { Cause } from '../../../policies/causes.ts';
import type { Scenario } from './scenario.ts';

const both = [4, 5] as const;
const sub = (messageId: number, filters: readonly (string | [string, object])[], more: object = {}) => ({
  cmd: 'subscribe',
  messageId,
  subscriptions: filters.map((f) => (typeof f === 'string' ? { topic: f, qos: 1 } : { topic: f[0], qos: 1, ...f[1] })),
  ...more,
});
const unsub = (messageId: number, unsubscriptions: string[]) => ({ cmd: 'unsubscribe', messageId, unsubscriptions });
const suback = (messageId: number, granted: number[]) => ({ cmd: 'suback', messageId, granted });

export const SUBSCRIBING: readonly Scenario[] = [
  {
    name: 'allowed filters are forwarded untouched, and so is the SUBACK',
    versions: both,
    given: {},
    steps: [
      {
        when: [{ client: sub(5, ['ok/a', 'ok/#']) }],
        sees: { toBroker: [{ messageId: 5, subscriptions: [{ topic: 'ok/a' }, { topic: 'ok/#' }] }] },
      },
      { when: [{ broker: suback(5, [1, 0]) }], sees: { toClient: [{ cmd: 'suback', messageId: 5, granted: [1, 0] }] } },
    ],
  },
  {
    name: 'denied filters get their code in their place of the SUBACK',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ client: sub(5, ['no/a', 'ok/a', 'ok/a#', 'ok/b'], { properties: { subscriptionIdentifier: 9 } }) }],
        sees: {
          toBroker: [
            {
              subscriptions: [{ topic: 'ok/a' }, { topic: 'ok/b' }],
              properties: { subscriptionIdentifier: 9 },
            },
          ],
          rejected: [
            { cause: 'denied', action: 'subscribe', sent: 'SUBACK 0x87' },
            { cause: 'filter-invalid', sent: 'SUBACK 0x8F' },
          ],
        },
      },
      {
        when: [{ broker: suback(5, [1, 0x97]) }],
        sees: { toClient: [{ granted: [0x87, 1, 0x8f, 0x97], properties: { reasonString: 'denied d-1' } }] },
      },
    ],
  },
  {
    name: 'denied filters of 3.1.1 get 0x80',
    versions: [4],
    given: {},
    steps: [
      {
        when: [{ client: sub(5, ['no/a', 'ok/a']) }],
        sees: { toBroker: [{ subscriptions: [{ topic: 'ok/a', qos: 1 }] }], rejected: [{ cause: 'denied' }] },
      },
      { when: [{ broker: suback(5, [2]) }], sees: { toClient: ['900400058002'] } },
    ],
  },
  {
    name: 'when nothing is left the broker is not asked',
    versions: [4],
    given: {},
    steps: [
      { when: [{ client: sub(5, ['no/a']) }], sees: { toClient: ['9003000580'], rejected: [{ cause: 'denied' }] } },
    ],
  },
  {
    name: 'the QoS is lowered to the allowed one and the other options stay',
    versions: [5],
    given: {},
    access: { subscribe: () => 0 },
    steps: [
      {
        when: [{ client: sub(5, [['ok/a', { qos: 2, nl: true, rap: true, rh: 1 }]]) }],
        sees: { toBroker: [{ subscriptions: [{ topic: 'ok/a', qos: 0, nl: true, rap: true, rh: 1 }] }] },
      },
    ],
  },
  {
    name: 'identical filters are sent once with the last options and their code is spread',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ client: sub(5, [['ok/a', { qos: 0 }], 'ok/b', ['ok/a', { qos: 2 }]]) }],
        sees: {
          toBroker: [
            {
              subscriptions: [
                { topic: 'ok/a', qos: 2 },
                { topic: 'ok/b', qos: 1 },
              ],
            },
          ],
        },
      },
      { when: [{ broker: suback(5, [2, 1]) }], sees: { toClient: [{ granted: [2, 1, 2] }] } },
    ],
  },
  ...(
    [
      ['$share/g/ok/a', undefined],
      ['$share//ok/a', 0x8f],
      ['$share/g+/ok/a', 0x8f],
      ['$share/g', 0x8f],
      ['$share/g/', 0x8f],
      ['$share/g/no/a', 0x87],
    ] as const
  ).map(
    ([filter, code]): Scenario => ({
      name: `the filter ${filter} is ${code === undefined ? 'allowed' : 'refused'}`,
      versions: [5],
      given: {},
      steps: [
        {
          when: [{ client: sub(5, [filter]) }],
          sees:
            code === undefined
              ? { toBroker: [{ subscriptions: [{ topic: filter }] }] }
              : {
                  toClient: [{ granted: [code] }],
                  rejected: [{ cause: code === 0x87 ? 'denied' : 'filter-invalid' }],
                },
        },
      ],
    }),
  ),
  {
    name: 'No Local on a shared subscription is a protocol error',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ client: sub(5, [['$share/g/ok/a', { nl: true }]]) }],
        sees: { toClient: [{ reasonCode: 0x82 }], closed: true, rejected: [{ cause: 'protocol-error' }] },
      },
    ],
  },
  {
    name: 'as many filters in one packet as allowed are forwarded',
    versions: both,
    given: {},
    plan: { options: { maxFiltersPerSubscribe: 2 } },
    steps: [
      {
        when: [{ client: sub(5, ['ok/1', 'ok/2']) }],
        sees: { toBroker: [{ subscriptions: [{ topic: 'ok/1' }, { topic: 'ok/2' }] }] },
      },
    ],
  },
  {
    name: 'too many filters in one packet are all refused',
    versions: [5],
    given: {},
    plan: { options: { maxFiltersPerSubscribe: 2 } },
    steps: [
      {
        when: [{ client: sub(5, ['ok/1', 'ok/2', 'ok/3']) }],
        sees: { toClient: [{ granted: [0x97, 0x97, 0x97] }], rejected: [{ cause: 'denied' }] },
      },
    ],
  },
  {
    name: 'subscriptions are counted over the connection, the same one only once, and given back',
    versions: [4],
    given: {},
    plan: { options: { maxSubscriptions: 2 } },
    steps: [
      {
        when: [{ client: sub(1, ['ok/1']) }, { broker: suback(1, [0]) }, { client: sub(2, ['ok/1', 'ok/2']) }],
        sees: { toBroker: [{ messageId: 1 }, { messageId: 2 }], toClient: ['9003000100'] },
      },
      {
        when: [{ broker: suback(2, [0, 0]) }, { client: sub(3, ['ok/3']) }],
        sees: { toClient: ['900400020000', '9003000380'], rejected: [{ cause: 'denied' }] },
      },
      {
        when: [{ client: unsub(4, ['ok/2']) }, { broker: 'b0020004' }, { client: sub(5, ['ok/3']) }],
        sees: { toBroker: [{ cmd: 'unsubscribe' }, { messageId: 5 }], toClient: ['b0020004'] },
      },
    ],
  },
  {
    name: 'where no further subscription is allowed an active one may be sent again',
    versions: [4],
    given: {},
    plan: { options: { maxSubscriptions: 1 } },
    steps: [
      {
        when: [{ client: sub(1, ['ok/1']) }, { broker: suback(1, [0]) }, { client: sub(2, ['ok/1']) }],
        sees: { toBroker: [{ messageId: 1 }, { messageId: 2 }], toClient: ['9003000100'] },
      },
    ],
  },
  {
    name: 'a subscription that the broker refused is none: no policy ends the session for it',
    versions: [4],
    given: {},
    steps: [
      {
        when: [
          { client: sub(1, ['ok/1']) },
          { broker: suback(1, [0x80]) },
          { reauthorize: { subscribe: () => undefined } },
        ],
        sees: { toBroker: [{ messageId: 1 }], toClient: ['9003000180'] },
      },
    ],
  },
  {
    name: 'a subscription that the broker kept at UNSUBSCRIBE is one: the policy that no longer allows it ends the session',
    versions: [5],
    given: {},
    steps: [
      {
        when: [
          { client: sub(1, ['ok/1', 'ok/2']) },
          { broker: suback(1, [0, 0]) },
          { client: unsub(2, ['ok/1', 'ok/2']) },
          { broker: 'b005 0002 00 00 80' },
        ],
        sees: { toBroker: [{ messageId: 1 }, { messageId: 2 }], toClient: [{ cmd: 'suback' }, { cmd: 'unsuback' }] },
      },
      { when: [{ reauthorize: { subscribe: (f) => (f === 'ok/1' ? undefined : 1) } }], sees: {} },
      {
        when: [{ reauthorize: { subscribe: (f) => (f === 'ok/2' ? undefined : 1) } }],
        sees: {
          toBroker: ['e000'],
          toClient: [{ reasonCode: 0x87 }],
          closed: true,
          rejected: [{ cause: 'policy-changed' }],
        },
      },
    ],
  },
  {
    name: 'an UNSUBACK with the wrong number of codes is the broker’s fault',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ client: unsub(6, ['ok/a', 'ok/b']) }, { broker: 'b004 0006 00 00' }],
        sees: {
          toBroker: [{ cmd: 'unsubscribe' }],
          toClient: [{ cmd: 'disconnect', reasonCode: 0x80 }],
          closed: true,
          rejected: [{ cause: 'upstream-protocol' }],
        },
      },
    ],
  },
  {
    name: 'a QoS above the one that was asked for is not asked of the broker',
    versions: [5],
    given: {},
    access: { subscribe: () => 2 },
    steps: [
      { when: [{ client: sub(5, ['ok/a']) }], sees: { toBroker: [{ subscriptions: [{ topic: 'ok/a', qos: 1 }] }] } },
    ],
  },
  {
    name: 'no reason string in a SUBACK where the client asked for none',
    versions: [5],
    given: { connect: { properties: { requestProblemInformation: false } } },
    plan: { options: { maxFiltersPerSubscribe: 1 } },
    steps: [
      {
        when: [{ client: sub(5, ['no/a']) }, { client: sub(6, ['ok/a', 'ok/b']) }],
        sees: {
          toClient: ['9004 0005 00 87 9005 0006 00 97 97'],
          rejected: [{ cause: 'denied' }, { cause: 'denied' }],
        },
      },
    ],
  },
  {
    name: 'denied filters count against the budget, once for a packet',
    versions: [4],
    given: {},
    access: { denialBudget: { perSecond: 1, burst: 1 } },
    steps: [
      {
        when: [{ client: sub(5, ['no/a', 'no/b']) }],
        sees: { toClient: ['900400058080'], rejected: [{ cause: 'denied' }, { cause: 'denied' }] },
      },
      {
        when: [{ client: sub(6, ['no/a']) }],
        sees: {
          toClient: ['9003000680'],
          closed: true,
          rejected: [{ cause: 'denied' }, { cause: 'denial-budget' }],
        },
      },
    ],
  },
  {
    name: 'a packet id that waits for a SUBACK is in use',
    versions: [5],
    given: {},
    steps: [
      {
        when: [
          { client: sub(5, ['ok/a']) },
          { client: sub(5, ['ok/b', 'ok/c']) },
          { client: { cmd: 'publish', topic: 'ok/a', payload: '', qos: 1, messageId: 5 } },
        ],
        sees: {
          toBroker: [{ messageId: 5 }],
          toClient: [{ granted: [0x91, 0x91] }, { cmd: 'puback', reasonCode: 0x91 }],
          rejected: [{ cause: 'protocol-error' }, { cause: 'protocol-error' }],
        },
      },
    ],
  },
  {
    name: 'a SUBACK with the wrong number of codes is the broker’s fault',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ client: sub(5, ['ok/a', 'ok/b']) }, { broker: suback(5, [1]) }],
        sees: {
          toBroker: [{ cmd: 'subscribe' }],
          toClient: [{ cmd: 'disconnect', reasonCode: 0x80 }],
          closed: true,
          rejected: [{ cause: 'upstream-protocol' }],
        },
      },
    ],
  },
  {
    name: 'a SUBACK without a SUBSCRIBE is the broker’s fault',
    versions: [4],
    given: {},
    steps: [{ when: [{ broker: '9003000500' }], sees: { closed: true, rejected: [{ cause: 'upstream-protocol' }] } }],
  },
  {
    name: 'UNSUBSCRIBE is forwarded as it is, denied filters too',
    versions: both,
    given: {},
    steps: [
      {
        when: [{ client: unsub(6, ['no/a', 'ok/b']) }],
        sees: { toBroker: [{ cmd: 'unsubscribe', unsubscriptions: ['no/a', 'ok/b'] }] },
      },
    ],
  },
  {
    name: 'UNSUBSCRIBE with a filter that is none ends the session',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ client: 'a208 0006 00 0003 61 23 62' }],
        sees: { toClient: [{ reasonCode: 0x8f }], closed: true, rejected: [{ cause: 'filter-invalid' }] },
      },
    ],
  },
  {
    name: 'a policy that no longer allows a live subscription ends the session and its will',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ client: sub(5, ['ok/a']) }, { broker: suback(5, [1]) }, { reauthorize: {} }],
        sees: { toBroker: [{ cmd: 'subscribe' }], toClient: [{ cmd: 'suback' }] },
      },
      {
        when: [{ reauthorize: { subscribe: () => undefined } }],
        sees: {
          toBroker: ['e000'],
          toClient: [{ reasonCode: 0x87 }],
          closed: true,
          rejected: [{ cause: 'policy-changed', sent: 'DISCONNECT 0x87' }],
        },
      },
    ],
  },
  {
    name: 'a policy that no longer allows the client id or the will ends the session',
    versions: [4],
    given: { connect: { will: { topic: 'ok/w', payload: '', qos: 0, retain: false } } },
    steps: [
      {
        when: [{ reauthorize: { will: () => 'denied' } }],
        sees: { toBroker: ['e000'], closed: true, rejected: [{ cause: 'policy-changed' }] },
      },
    ],
  },
  {
    name: 'a policy with a smaller size than the payload of the will ends the session',
    versions: [4],
    given: { connect: { will: { topic: 'ok/w', payload: 'gone', qos: 0, retain: false } } },
    steps: [
      { when: [{ reauthorize: { will: payloadUpTo(4) } }], sees: {} },
      {
        when: [{ reauthorize: { will: payloadUpTo(3) } }],
        sees: { toBroker: ['e000'], closed: true, rejected: [{ cause: 'policy-changed' }] },
      },
    ],
  },
  {
    name: 'another policy holds for the next message',
    versions: [4],
    given: {},
    steps: [
      {
        when: [
          { client: '3006 0004 6f6b2f61' },
          { reauthorize: { publish: () => 'denied' } },
          { client: '3006 0004 6f6b2f61' },
        ],
        sees: { toBroker: ['3006 0004 6f6b2f61'], rejected: [{ cause: 'denied' }] },
      },
    ],
  },
];

function payloadUpTo(max: number) {
  return (_topic: string, _qos: number, _retain: boolean, size: number): Cause | undefined =>
    size > max ? 'payload-too-large' : undefined;
}

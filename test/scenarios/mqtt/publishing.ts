import type { AccessPlan } from '../../adapters/mqtt/support/access.ts';
import type { Scenario } from './scenario.ts';

const both = [4, 5] as const;
const pub = (topic: string, more: object = {}) => ({ cmd: 'publish', topic, payload: 'x', qos: 0, ...more });
const aliased = (topic: string, topicAlias: number, more: object = {}) =>
  pub(topic, { properties: { topicAlias }, ...more });

/** At most three bytes. */
const SMALL: AccessPlan = {
  publish: (_topic, _qos, _retain, size) => (size > 3 ? 'payload-too-large' : undefined),
  maxPayload: 3,
};

/** Grants four messages: a message that waited for send quota is not charged again. */
function countedOnce(): (kind: string) => number {
  let left = 4;
  return (kind) => (kind !== 'publish' || left-- > 0 ? 0 : -1);
}

export const PUBLISHING: readonly Scenario[] = [
  {
    name: 'allowed messages of every QoS are forwarded, and their acknowledgements back',
    versions: both,
    given: {},
    steps: [
      {
        when: [
          { client: pub('ok/a') },
          { client: pub('ok/a', { qos: 1, messageId: 1 }) },
          { client: pub('ok/ä', { qos: 2, messageId: 2, retain: true }) },
        ],
        sees: {
          toBroker: [
            { topic: 'ok/a', qos: 0 },
            { topic: 'ok/a', messageId: 1 },
            { topic: 'ok/ä', messageId: 2, retain: true },
          ],
        },
      },
      { when: [{ broker: '40020001' }, { broker: '50020002' }], sees: { toClient: ['4002000150020002'] } },
      {
        when: [{ client: '62020002' }, { broker: '70020002' }],
        sees: { toBroker: ['62020002'], toClient: ['70020002'] },
      },
    ],
  },
  {
    name: 'a denied QoS 0 message is dropped and recorded',
    versions: both,
    given: {},
    steps: [
      {
        when: [{ client: pub('no/a') }],
        sees: { rejected: [{ cause: 'denied', action: 'publish', sent: undefined }] },
      },
    ],
  },
  {
    name: 'a denied QoS 1 message gets PUBACK 0x87 with the decision id',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ client: pub('no/a', { qos: 1, messageId: 7 }) }],
        sees: {
          toClient: [{ cmd: 'puback', messageId: 7, reasonCode: 0x87, properties: { reasonString: 'denied d-1' } }],
          rejected: [{ cause: 'denied', sent: 'PUBACK 0x87' }],
        },
      },
    ],
  },
  {
    name: 'no reason string where the client asked for none, or where it does not fit',
    versions: [5],
    given: { connect: { properties: { requestProblemInformation: false } } },
    steps: [
      {
        when: [{ client: pub('no/a', { qos: 2, messageId: 7 }) }],
        sees: { toClient: ['5003000787'], rejected: [{ cause: 'denied', sent: 'PUBREC 0x87' }] },
      },
    ],
  },
  {
    name: 'a denied QoS 1 message of 3.1.1 is acknowledged and dropped',
    versions: [4],
    given: {},
    steps: [
      {
        when: [{ client: pub('no/a', { qos: 1, messageId: 7 }) }],
        sees: { toClient: ['40020007'], rejected: [{ cause: 'denied', sent: 'PUBACK' }] },
      },
    ],
  },
  {
    name: 'a denied QoS 2 message of 3.1.1 has its flow completed here',
    versions: [4],
    given: {},
    steps: [
      {
        when: [{ client: pub('no/a', { qos: 2, messageId: 7 }) }],
        sees: { toClient: ['50020007'], rejected: [{ cause: 'denied' }] },
      },
      { when: [{ client: pub('no/a', { qos: 2, messageId: 7, dup: true }) }], sees: { toClient: ['50020007'] } },
      { when: [{ client: '62020007' }], sees: { toClient: ['70020007'] } },
      { when: [{ client: '62020007' }], sees: { toBroker: ['62020007'] } },
    ],
  },
  {
    name: 'a new message with the id of a refused QoS 2 message closes',
    versions: [4],
    given: {},
    steps: [
      {
        when: [{ client: pub('no/a', { qos: 2, messageId: 7 }) }, { client: pub('ok/a', { qos: 2, messageId: 7 }) }],
        sees: { toClient: ['50020007'], closed: true, rejected: [{ cause: 'denied' }, { cause: 'protocol-error' }] },
      },
    ],
  },
  {
    name: 'a payload over the size is refused as a quota, also on a topic that is known, and with an alias',
    versions: [5],
    given: { connect: { properties: { requestProblemInformation: false } } },
    access: SMALL,
    steps: [
      { when: [{ client: pub('ok/a', { payload: 'xxx' }) }], sees: { toBroker: [{ payload: 'xxx' }] } },
      {
        when: [
          { client: pub('ok/a', { payload: 'xxxx' }) },
          { client: pub('ok/a', { payload: 'xxxx', qos: 1, messageId: 7 }) },
          { client: pub('ok/a', { payload: 'xxxx', qos: 2, messageId: 8 }) },
        ],
        sees: {
          toClient: ['4003000797 5003000897'],
          rejected: [
            { cause: 'payload-too-large', action: 'publish', sent: undefined, size: 4 },
            { cause: 'payload-too-large', sent: 'PUBACK 0x97' },
            { cause: 'payload-too-large', sent: 'PUBREC 0x97' },
          ],
        },
      },
      {
        when: [
          { client: aliased('ok/b', 1, { payload: 'xxx' }) },
          { client: aliased('', 1, { payload: 'xxxx' }) },
          { client: aliased('', 1, { payload: 'xx' }) },
        ],
        sees: { toBroker: [{ topic: 'ok/b' }, { payload: 'xx' }], rejected: [{ cause: 'payload-too-large' }] },
      },
    ],
  },
  {
    name: 'only the payload counts for the size: not the topic, not the properties',
    versions: [5],
    given: {},
    access: SMALL,
    steps: [
      {
        when: [{ client: pub('ok/long/topic', { payload: 'xxx', properties: { contentType: 'text/plain' } }) }],
        sees: { toBroker: [{ payload: 'xxx' }] },
      },
    ],
  },
  {
    name: 'a payload over the size is refused to 3.1.1 like any other message',
    versions: [4],
    given: {},
    access: SMALL,
    steps: [
      { when: [{ client: pub('ok/a', { payload: 'xxx' }) }], sees: { toBroker: [{ payload: 'xxx' }] } },
      {
        when: [
          { client: pub('ok/a', { payload: 'xxxx', qos: 1, messageId: 7 }) },
          { client: pub('ok/a', { payload: 'xxxx', qos: 2, messageId: 8 }) },
        ],
        sees: {
          toClient: ['40020007 50020008'],
          rejected: [{ cause: 'payload-too-large', sent: 'PUBACK' }, { cause: 'payload-too-large' }],
        },
      },
      { when: [{ client: '62020008' }], sees: { toClient: ['70020008'] } },
    ],
  },
  {
    name: 'a repeated QoS 2 message over the size on a resumed session ends it as a quota',
    versions: [5],
    given: { connect: { clean: false }, connack: { sessionPresent: true } },
    access: SMALL,
    steps: [
      {
        when: [{ client: pub('ok/a', { payload: 'xxxx', qos: 2, messageId: 7, dup: true }) }],
        sees: {
          toClient: [{ cmd: 'disconnect', reasonCode: 0x97 }],
          closed: true,
          rejected: [{ cause: 'payload-too-large', sent: 'DISCONNECT 0x97' }],
        },
      },
    ],
  },
  {
    name: 'onDeny: disconnect closes a 3.1.1 client',
    versions: [4],
    given: {},
    access: { onDeny: 'disconnect' },
    steps: [{ when: [{ client: pub('no/a') }], sees: { closed: true, rejected: [{ cause: 'denied' }] } }],
  },
  {
    name: 'a repeated QoS 2 message of a resumed session is not refused locally',
    versions: [5],
    given: { connect: { clean: false }, connack: { sessionPresent: true } },
    steps: [
      {
        when: [{ client: pub('no/a', { qos: 2, messageId: 7, dup: true }) }],
        sees: {
          toClient: [{ cmd: 'disconnect', reasonCode: 0x87 }],
          closed: true,
          rejected: [{ cause: 'denied', sent: 'DISCONNECT 0x87' }],
        },
      },
    ],
  },
  {
    name: 'a repeated QoS 2 message of a session that was not resumed is refused like any other',
    versions: [5],
    given: { connect: { properties: { requestProblemInformation: false } } },
    steps: [
      {
        when: [{ client: pub('no/a', { qos: 2, messageId: 7, dup: true }) }],
        sees: { toClient: ['5003000787'], rejected: [{ cause: 'denied', sent: 'PUBREC 0x87' }] },
      },
    ],
  },
  {
    name: 'a PUBCOMP made here waits behind an older one of the broker',
    versions: [4],
    given: {},
    steps: [
      {
        when: [
          { client: pub('ok/a', { qos: 2, messageId: 1 }) },
          { broker: '50020001' },
          { client: pub('no/a', { qos: 2, messageId: 2 }) },
        ],
        sees: { toBroker: [{ messageId: 1 }], toClient: ['50020001 50020002'], rejected: [{ cause: 'denied' }] },
      },
      { when: [{ client: '62020001 62020002' }], sees: { toBroker: ['62020001'] } },
      { when: [{ broker: '70020001' }], sees: { toClient: ['70020001 70020002'] } },
    ],
  },
  {
    name: 'local acknowledgements wait behind older ones of the broker',
    versions: [4],
    given: {},
    steps: [
      {
        when: [
          { client: pub('ok/a', { qos: 1, messageId: 1 }) },
          { client: pub('no/a', { qos: 1, messageId: 2 }) },
          { client: pub('ok/a', { qos: 1, messageId: 3 }) },
          { client: pub('no/a', { qos: 1, messageId: 4 }) },
          { client: pub('no/a', { qos: 2, messageId: 5 }) },
        ],
        sees: {
          toBroker: [{ messageId: 1 }, { messageId: 3 }],
          toClient: ['50020005'],
          rejected: [{ cause: 'denied' }, { cause: 'denied' }, { cause: 'denied' }],
        },
      },
      { when: [{ broker: '40020003' }], sees: { toClient: ['40020003'] } },
      { when: [{ broker: '40020001' }], sees: { toClient: ['40020001 40020002 40020004'] } },
    ],
  },
  {
    name: 'a topic alias is resolved here and not forwarded',
    versions: [5],
    given: {},
    steps: [
      {
        when: [
          {
            client: aliased('ok/long', 2, {
              properties: { topicAlias: 2, contentType: 'c', userProperties: { a: 'b' } },
            }),
          },
          { client: aliased('', 2, { qos: 1, messageId: 3, payload: 'y' }) },
        ],
        sees: {
          toBroker: [
            {
              topic: 'ok/long',
              payload: 'x',
              properties: { topicAlias: undefined, contentType: 'c', userProperties: { a: 'b' } },
            },
            { topic: 'ok/long', payload: 'y', messageId: 3, properties: undefined },
          ],
        },
      },
    ],
  },
  {
    name: 'the alias of a denied message counts, and what it resolves to is denied too',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ client: aliased('ok/a', 1) }, { client: aliased('no/a', 1) }, { client: aliased('', 1) }],
        sees: { toBroker: [{ topic: 'ok/a' }], rejected: [{ cause: 'denied' }, { cause: 'denied' }] },
      },
    ],
  },
  ...(
    [
      ['an alias above the offer', aliased('ok/a', 5), 0x94, 'protocol-error'],
      ['an alias that was not set', aliased('', 3), 0x82, 'protocol-error'],
      ['an empty topic without alias', '3003 0000 00', 0x82, 'protocol-error'],
      ['a subscription identifier', '3008 0004 6f6b2f61 02 0b01'.replace('3008', '3009'), 0x82, 'protocol-error'],
      ['a wildcard in the topic', '3007 0004 6f6b2f2b 00', 0x90, 'topic-invalid'],
      ['a NUL in the topic', '3007 0004 6f6b2f00 00', 0x90, 'topic-invalid'],
      ['ill-formed UTF-8 in the topic', '3007 0004 6f6b2fff 00', 0x81, 'malformed'],
      ['QoS 3', '3609 0004 6f6b2f61 0001 00', 0x81, 'malformed'],
      ['DUP with QoS 0', '3807 0004 6f6b2f61 00', 0x81, 'malformed'],
      ['packet id 0', '3209 0004 6f6b2f61 0000 00', 0x81, 'malformed'],
    ] as const
  ).map(
    ([name, client, reasonCode, cause]): Scenario => ({
      name: `${name} ends the session`,
      versions: [5],
      given: {},
      steps: [
        {
          when: [{ client }],
          sees: { toClient: [{ cmd: 'disconnect', reasonCode }], closed: true, rejected: [{ cause }] },
        },
      ],
    }),
  ),
  {
    name: 'a wildcard in the topic closes a 3.1.1 client',
    versions: [4],
    given: {},
    steps: [
      { when: [{ client: '3006 0004 6f6b2f23' }], sees: { closed: true, rejected: [{ cause: 'topic-invalid' }] } },
    ],
  },
  {
    name: 'a QoS above the advertised maximum ends the session',
    versions: [5],
    given: {},
    access: { maxPublishQos: 1, publish: (_t, qos) => (qos > 1 ? 'qos-not-allowed' : undefined) },
    steps: [
      {
        when: [{ client: pub('ok/a', { qos: 2, messageId: 1 }) }],
        sees: { toClient: [{ reasonCode: 0x9b }], closed: true, rejected: [{ cause: 'qos-not-allowed' }] },
      },
    ],
  },
  {
    name: 'a QoS that only this topic does not allow is denied',
    versions: [5],
    given: {},
    access: { publish: (_t, qos) => (qos > 1 ? 'qos-not-allowed' : undefined) },
    steps: [
      {
        when: [{ client: pub('ok/a', { qos: 2, messageId: 1 }) }],
        sees: { toClient: [{ cmd: 'pubrec', reasonCode: 0x87 }], rejected: [{ cause: 'qos-not-allowed' }] },
      },
    ],
  },
  {
    name: 'a retained message where none is offered ends the session',
    versions: [5],
    given: {},
    access: { retainAvailable: false, publish: (_t, _q, retain) => (retain ? 'retain-not-allowed' : undefined) },
    steps: [
      {
        when: [{ client: pub('ok/a', { retain: true }) }],
        sees: { toClient: [{ reasonCode: 0x9a }], closed: true, rejected: [{ cause: 'retain-not-allowed' }] },
      },
    ],
  },
  {
    name: 'a QoS that the broker does not offer ends the session',
    versions: [5],
    given: { connack: { properties: { maximumQoS: 1 } } },
    steps: [
      {
        when: [{ client: pub('ok/a', { qos: 2, messageId: 1 }) }],
        sees: { toClient: [{ reasonCode: 0x9b }], closed: true, rejected: [{ cause: 'qos-not-allowed' }] },
      },
    ],
  },
  {
    name: 'more QoS 1 messages in flight than the receive maximum wait for the broker’s acknowledgements',
    versions: [5],
    given: { connack: { properties: { receiveMaximum: 2 } } },
    plan: { take: countedOnce() },
    steps: [
      {
        when: [1, 2, 3, 4].map((messageId) => ({ client: pub('ok/a', { qos: messageId === 2 ? 2 : 1, messageId }) })),
        sees: { toBroker: [{ messageId: 1 }, { messageId: 2 }], held: true },
      },
      { when: [{ broker: '50020002' }], sees: { toClient: ['50020002'], held: true } },
      { when: [{ broker: '40020001' }], sees: { toClient: ['40020001'], toBroker: [{ messageId: 3 }], held: true } },
      { when: [{ broker: '40020003' }], sees: { toClient: ['40020003'], toBroker: [{ messageId: 4 }], held: false } },
    ],
  },
  {
    name: 'a broker that frees no send quota in time ends the session of a client beyond the receive maximum',
    versions: [5],
    given: { connack: { properties: { receiveMaximum: 1 } } },
    steps: [
      {
        when: [1, 2].map((messageId) => ({ client: pub('ok/a', { qos: 1, messageId }) })),
        sees: { toBroker: [{ messageId: 1 }], held: true },
      },
      { when: [{ tick: 4999 }], sees: { held: true } },
      {
        when: [{ tick: 1 }],
        sees: { toClient: [{ reasonCode: 0x93 }], closed: true, rejected: [{ cause: 'receive-maximum' }] },
      },
    ],
  },
  {
    name: 'as many refused QoS 2 messages of 3.1.1 as the receive maximum wait for PUBREL, one more ends the session',
    versions: [4],
    given: {},
    plan: { options: { receiveMaximum: 2 } },
    steps: [
      {
        when: [1, 2].map((messageId) => ({ client: pub('no/a', { qos: 2, messageId }) })),
        sees: { toClient: ['50020001 50020002'], rejected: [{ cause: 'denied' }, { cause: 'denied' }] },
      },
      {
        when: [{ client: pub('no/a', { qos: 2, messageId: 3 }) }],
        sees: { closed: true, rejected: [{ cause: 'denied' }, { cause: 'receive-maximum' }] },
      },
    ],
  },
  ...(
    [
      ['within the bound is known to be at the broker', 2, { closed: true, rejected: [{ cause: 'denied' }] }],
      ['beyond the bound is not', 3, { toClient: ['50020003'], rejected: [{ cause: 'denied', sent: 'PUBREC' }] }],
    ] as const
  ).map(
    ([name, messageId, sees]): Scenario => ({
      name: `a 3.1.1 message in flight ${name}`,
      versions: [4],
      given: {},
      plan: { options: { receiveMaximum: 2 } },
      steps: [
        {
          when: [1, 2, 3].map((id) => ({ client: pub('ok/a', { qos: 2, messageId: id }) })),
          sees: { toBroker: [{ messageId: 1 }, { messageId: 2 }, { messageId: 3 }] },
        },
        { when: [{ client: pub('no/a', { qos: 2, messageId }) }], sees },
      ],
    }),
  ),
  {
    name: 'a message whose topic in full makes it too large for the broker ends the session',
    versions: [5],
    given: { connack: { properties: { maximumPacketSize: 20 } } },
    steps: [
      { when: [{ client: aliased('ok/a', 1) }], sees: { toBroker: [{ topic: 'ok/a' }] } },
      {
        when: [{ client: aliased('', 1, { payload: 'x'.repeat(11) }) }],
        sees: { toBroker: ['3012 0004 6f6b2f61 00 7878787878787878787878'] },
      },
      {
        when: [{ client: aliased('', 1, { payload: 'x'.repeat(12) }) }],
        sees: { toClient: [{ reasonCode: 0x95 }], closed: true, rejected: [{ cause: 'packet-too-large' }] },
      },
    ],
  },
  {
    name: 'acknowledgements that are queued here take send quota',
    versions: [5],
    given: { connack: { properties: { receiveMaximum: 2 } } },
    steps: [
      {
        when: ['ok/a', 'no/a', 'ok/b'].map((topic, n) => ({ client: pub(topic, { qos: 1, messageId: n + 1 }) })),
        sees: { toBroker: [{ messageId: 1 }], held: true, rejected: [{ cause: 'denied' }] },
      },
      {
        when: [{ broker: '40020001' }],
        sees: { toClient: [{ messageId: 1 }, { messageId: 2 }], toBroker: [{ messageId: 3 }], held: false },
      },
    ],
  },
  {
    name: 'an acknowledgement of another packet frees no send quota and moves no deadline',
    versions: [5],
    given: { connack: { properties: { receiveMaximum: 1 } } },
    steps: [
      {
        when: [
          ...[1, 2].map((messageId) => ({ client: pub('ok/a', { qos: 1, messageId }) })),
          { tick: 4999 },
          { broker: '40020009' },
        ],
        sees: { toBroker: [{ messageId: 1 }], toClient: ['40020009'], held: true },
      },
      {
        when: [{ tick: 1 }],
        sees: { toClient: [{ reasonCode: 0x93 }], closed: true, rejected: [{ cause: 'receive-maximum' }] },
      },
    ],
  },
  {
    name: 'a repetition of a message in flight takes no send quota',
    versions: [5],
    given: { connack: { properties: { receiveMaximum: 1 } } },
    steps: [
      {
        when: [false, true].map((dup) => ({ client: pub('ok/a', { qos: 1, messageId: 1, dup }) })),
        sees: { toBroker: [{ dup: false }, { dup: true }], held: false },
      },
    ],
  },
  {
    name: 'a client with a short keep-alive waits for send quota a quarter of it',
    versions: [5],
    given: { connect: { keepalive: 8 }, connack: { properties: { receiveMaximum: 1 } } },
    steps: [
      {
        when: [...[1, 2].map((messageId) => ({ client: pub('ok/a', { qos: 1, messageId }) })), { tick: 1999 }],
        sees: { toBroker: [{ messageId: 1 }], held: true },
      },
      {
        when: [{ tick: 1 }],
        sees: { toClient: [{ reasonCode: 0x93 }], closed: true, rejected: [{ cause: 'receive-maximum' }] },
      },
    ],
  },
  {
    name: 'more QoS 2 messages in flight than the receive maximum end the session',
    versions: [5],
    given: { connack: { properties: { receiveMaximum: 2 } } },
    steps: [
      {
        when: [1, 2].map((messageId) => ({ client: pub('ok/a', { qos: 2, messageId }) })),
        sees: { toBroker: [{ messageId: 1 }, { messageId: 2 }] },
      },
      {
        when: [{ client: pub('ok/a', { qos: 1, messageId: 4 }) }],
        sees: { toClient: [{ reasonCode: 0x93 }], closed: true, rejected: [{ cause: 'receive-maximum' }] },
      },
    ],
  },
  {
    name: 'a refusing PUBREC of the broker frees send quota',
    versions: [5],
    given: { connack: { properties: { receiveMaximum: 1 } } },
    steps: [
      {
        when: [
          { client: pub('ok/a', { qos: 2, messageId: 1 }) },
          { broker: '5003000197' },
          { client: pub('ok/a', { qos: 2, messageId: 2 }) },
        ],
        sees: { toBroker: [{ messageId: 1 }, { messageId: 2 }], toClient: ['5003000197'] },
      },
    ],
  },
  {
    name: 'a 3.1.1 client may have more in flight than the tables hold',
    versions: [4],
    given: {},
    steps: [
      {
        when: Array.from({ length: 20 }, (_, n) => ({ client: pub('ok/a', { qos: 1, messageId: n + 1 }) })),
        sees: { toBroker: Array.from({ length: 20 }, (_, n) => ({ messageId: n + 1 })) },
      },
    ],
  },
  {
    name: 'too many denials disconnect the client',
    versions: both,
    given: {},
    access: { denialBudget: { perSecond: 1, burst: 2 } },
    steps: [
      {
        when: [{ client: pub('no/1') }, { client: pub('no/2') }],
        sees: { rejected: [{ cause: 'denied' }, { cause: 'denied' }] },
      },
      { when: [{ tick: 1000 }, { client: pub('no/3') }], sees: { rejected: [{ cause: 'denied' }] } },
    ],
  },
  {
    name: 'a policy with a larger budget for denials grants what it adds only with time',
    versions: [4],
    given: {},
    access: { denialBudget: { perSecond: 1, burst: 1 } },
    steps: [
      {
        when: [{ reauthorize: { denialBudget: { perSecond: 1, burst: 2 } } }, { client: pub('no/1') }],
        sees: { rejected: [{ cause: 'denied' }] },
      },
      { when: [{ tick: 999 }, { tick: 1 }, { client: pub('no/2') }], sees: { rejected: [{ cause: 'denied' }] } },
      {
        when: [{ client: pub('no/3') }],
        sees: {
          toClient: [],
          closed: true,
          rejected: [{ cause: 'denied' }, { cause: 'denial-budget' }],
        },
      },
    ],
  },
  {
    name: 'a policy with a larger budget for denials grants it in full after its time',
    versions: [4],
    given: {},
    access: { denialBudget: { perSecond: 1, burst: 1 } },
    steps: [
      {
        when: [
          { reauthorize: { denialBudget: { perSecond: 1, burst: 2 } } },
          { tick: 2000 },
          { client: pub('no/1') },
          { client: pub('no/2') },
        ],
        sees: { rejected: [{ cause: 'denied' }, { cause: 'denied' }] },
      },
      {
        when: [{ client: pub('no/3') }],
        sees: { closed: true, rejected: [{ cause: 'denied' }, { cause: 'denial-budget' }] },
      },
    ],
  },
  {
    name: 'a denial over the budget disconnects with its code',
    versions: [5],
    given: {},
    access: { denialBudget: { perSecond: 1, burst: 1 } },
    steps: [
      {
        when: [{ client: pub('no/1') }, { client: pub('no/2') }],
        sees: {
          toClient: [{ reasonCode: 0x87 }],
          closed: true,
          rejected: [{ cause: 'denied' }, { cause: 'denied' }, { cause: 'denial-budget', sent: 'DISCONNECT 0x87' }],
        },
      },
    ],
  },
  {
    name: 'a packet of 3.1.1 with a non-minimal length is forwarded in canonical form',
    versions: [4],
    given: {},
    plan: { options: { tolerateLongLengths: true } },
    steps: [{ when: [{ client: '308700 0004 6f6b2f61 78' }], sees: { toBroker: ['3007 0004 6f6b2f61 78'] } }],
  },
  {
    name: 'a packet with a non-minimal length is malformed unless that is tolerated',
    versions: [4],
    given: {},
    steps: [
      { when: [{ client: '308700 0004 6f6b2f61 78' }], sees: { closed: true, rejected: [{ cause: 'malformed' }] } },
    ],
  },
  {
    name: 'a packet of exactly the largest size is forwarded, in both directions',
    versions: [4],
    given: {},
    plan: { options: { maxPacketSize: 9 } },
    steps: [
      {
        when: [{ client: '3007 0004 6f6b2f61 78' }, { broker: '3007 0004 6f6b2f61 78' }],
        sees: { toBroker: ['3007 0004 6f6b2f61 78'], toClient: ['3007 0004 6f6b2f61 78'] },
      },
      {
        when: [{ client: '3008 0004 6f6b2f61 7878' }],
        sees: { closed: true, rejected: [{ cause: 'packet-too-large' }] },
      },
    ],
  },
  {
    name: 'a packet over the limit is refused at its header',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ client: '30ff7f' }],
        sees: { toClient: [{ reasonCode: 0x95 }], closed: true, rejected: [{ cause: 'packet-too-large' }] },
      },
    ],
  },
];

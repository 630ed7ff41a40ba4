import type { Scenario } from './scenario.ts';

const both = [4, 5] as const;
const pub = (topic: string, more: object = {}) => ({ cmd: 'publish', topic, payload: 'x', qos: 0, ...more });

export const DELIVERING: readonly Scenario[] = [
  {
    name: 'deliveries reach the client and its acknowledgements the broker',
    versions: both,
    given: {},
    steps: [
      {
        when: [
          { broker: pub('ok/a') },
          { broker: pub('ok/a', { qos: 1, messageId: 1, retain: true }) },
          { broker: pub('ok/b', { qos: 2, messageId: 2 }) },
        ],
        sees: { toClient: [{ topic: 'ok/a' }, { messageId: 1, retain: true }, { messageId: 2 }] },
      },
      { when: [{ client: '40020001 50020002' }], sees: { toBroker: ['40020001 50020002'] } },
      {
        when: [{ broker: '62020002' }, { client: '70020002' }],
        sees: { toClient: ['62020002'], toBroker: ['70020002'] },
      },
    ],
  },
  {
    name: 'a delivery of exactly the client’s Maximum Packet Size arrives, a larger one is the broker’s fault',
    versions: [5],
    given: { connect: { properties: { maximumPacketSize: 30 } } },
    steps: [
      {
        when: [{ broker: pub('ok/a', { payload: 'x'.repeat(21) }) }],
        sees: { toClient: [{ payload: 'x'.repeat(21) }] },
      },
      {
        when: [{ broker: pub('ok/a', { payload: 'x'.repeat(22) }) }],
        sees: {
          toClient: [{ cmd: 'disconnect', reasonCode: 0x80 }],
          closed: true,
          rejected: [{ cause: 'upstream-protocol' }],
        },
      },
    ],
  },
  {
    name: 'Subscription Identifiers of the broker are forwarded',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ broker: '300c 0004 6f6b2f61 04 0b01 0b02 78' }],
        sees: { toClient: ['300c 0004 6f6b2f61 04 0b01 0b02 78'] },
      },
    ],
  },
  {
    name: 'a denied delivery is dropped and refused upstream',
    versions: [5],
    given: {},
    steps: [
      {
        when: [
          { broker: pub('no/a') },
          { broker: pub('no/a', { qos: 1, messageId: 1 }) },
          { broker: pub('no/a', { qos: 2, messageId: 2 }) },
        ],
        sees: {
          toBroker: ['4003000187 5003000287'],
          rejected: [{ cause: 'denied', action: 'receive' }, { cause: 'denied' }, { cause: 'denied' }],
        },
      },
    ],
  },
  {
    name: 'a refusing PUBREC ends the flow of a dropped delivery: its id is the broker’s again',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ broker: pub('no/a', { qos: 2, messageId: 2 }) }, { broker: pub('ok/a', { qos: 2, messageId: 2 }) }],
        sees: {
          toBroker: ['5003000287'],
          toClient: [{ topic: 'ok/a', messageId: 2 }],
          rejected: [{ cause: 'denied' }],
        },
      },
      {
        when: [{ client: '50020002' }, { broker: '62020002' }],
        sees: { toBroker: ['50020002'], toClient: ['62020002'] },
      },
      { when: [{ client: '70020002' }], sees: { toBroker: ['70020002'] } },
    ],
  },
  {
    name: 'a filtered delivery is dropped and acknowledged to the broker without a record',
    versions: [5],
    given: {},
    access: { receive: (topic) => (topic === 'no/a' ? 'filtered' : undefined) },
    steps: [
      {
        when: [
          { broker: pub('no/a') },
          { broker: pub('no/a', { qos: 1, messageId: 1 }) },
          { broker: pub('no/a', { qos: 2, messageId: 2 }) },
          { broker: pub('yes/a') },
        ],
        sees: { toBroker: ['4003000187 5003000287'], toClient: [{ topic: 'yes/a' }] },
      },
    ],
  },
  {
    name: 'a filtered delivery of 3.1.1 has its flow completed here, without a record',
    versions: [4],
    given: {},
    access: { receive: () => 'filtered' },
    steps: [
      {
        when: [{ broker: pub('no/a', { qos: 1, messageId: 1 }) }, { broker: pub('no/a', { qos: 2, messageId: 2 }) }],
        sees: { toBroker: ['40020001 50020002'] },
      },
      { when: [{ broker: '62020002' }], sees: { toBroker: ['70020002'] } },
    ],
  },
  {
    name: 'a denied delivery of 3.1.1 has its flow completed here',
    versions: [4],
    given: {},
    steps: [
      {
        when: [{ broker: pub('no/a', { qos: 1, messageId: 1 }) }, { broker: pub('no/a', { qos: 2, messageId: 2 }) }],
        sees: { toBroker: ['40020001 50020002'], rejected: [{ cause: 'denied' }, { cause: 'denied' }] },
      },
      { when: [{ client: '70020002' }], sees: {} },
      { when: [{ broker: '62020002' }], sees: { toBroker: ['70020002'] } },
      { when: [{ broker: '62020002' }], sees: { toClient: ['62020002'] } },
    ],
  },
  ...(
    [
      ['a topic alias that was not offered', '300a 0004 6f6b2f61 03 230001', 5],
      ['a wildcard in a delivered topic', '3006 0004 6f6b2f23', 4],
      ['an empty delivered topic', '3002 0000', 4],
      ['CONNACK again', '20020000', 4],
      ['a CONNECT of the broker', '1000', 4],
      ['a SUBSCRIBE of the broker', '8200', 4],
      ['a PINGRESP with a body', 'd00100', 4],
      ['a DISCONNECT of a 3.1.1 broker', 'e000', 4],
      ['AUTH', 'f000', 5],
      ['a non-minimal length', 'd08000', 4],
      ['wrong flags', 'd100', 4],
      ['a packet over the limit', '30ff7f', 4],
      ['PUBACK with trailing bytes', '4003000100', 4],
      ['an illegal PUBACK code', '4003000196', 5],
    ] as const
  ).map(
    ([name, broker, version]): Scenario => ({
      name: `${name} is the broker’s fault`,
      versions: [version],
      given: {},
      steps: [
        {
          when: [{ broker }],
          sees: {
            toClient: version === 5 ? [{ cmd: 'disconnect', reasonCode: 0x80 }] : [],
            closed: true,
            rejected: [{ cause: 'upstream-protocol' }],
          },
        },
      ],
    }),
  ),
  {
    name: 'the broker’s DISCONNECT is forwarded without Server Reference',
    versions: [5],
    given: {},
    steps: [
      {
        when: [
          { broker: { cmd: 'disconnect', reasonCode: 0x9c, properties: { serverReference: 'in', reasonString: 'r' } } },
        ],
        sees: {
          toClient: [{ reasonCode: 0x8b, properties: { serverReference: undefined, reasonString: 'r' } }],
          closed: true,
          rejected: [{ cause: 'upstream-closed', sent: 'DISCONNECT 0x8B' }],
        },
      },
    ],
  },
  {
    name: 'a Server Reference is left out whatever the code',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ broker: { cmd: 'disconnect', reasonCode: 0x97, properties: { serverReference: 'in' } } }],
        sees: {
          toClient: ['e0029700'],
          closed: true,
          rejected: [{ cause: 'upstream-closed', sent: 'DISCONNECT 0x97' }],
        },
      },
    ],
  },
  {
    name: 'a takeover at the broker is recorded as one',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ broker: 'e0018e' }],
        sees: { toClient: ['e0018e'], closed: true, rejected: [{ cause: 'taken-over' }] },
      },
    ],
  },
];

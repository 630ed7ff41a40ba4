import type { Scenario } from './scenario.ts';

const both = [4, 5] as const;

export const ENDING: readonly Scenario[] = [
  {
    name: 'a DISCONNECT is forwarded, then the broker’s side is ended',
    versions: both,
    given: {},
    steps: [
      { when: [{ client: 'e000' }, { client: 'c000' }], sees: { toBroker: ['e000'], brokerEnded: true } },
      { when: [{ brokerEnded: true }], sees: { closed: true } },
    ],
  },
  {
    name: 'a broker that does not close after the DISCONNECT is closed',
    versions: both,
    given: {},
    steps: [
      { when: [{ client: 'e000' }, { tick: 4999 }], sees: { toBroker: ['e000'] } },
      { when: [{ tick: 1 }], sees: { closed: true } },
    ],
  },
  {
    name: 'a DISCONNECT with will is forwarded',
    versions: [5],
    given: {},
    steps: [{ when: [{ client: 'e00104' }], sees: { toBroker: ['e00104'] } }],
  },
  {
    name: 'a DISCONNECT that raises the session expiry from 0 is a protocol error',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ client: { cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 5 } } }],
        sees: { toClient: [{ reasonCode: 0x82 }], closed: true, rejected: [{ cause: 'protocol-error' }] },
      },
    ],
  },
  {
    name: 'the session expiry of a DISCONNECT is clamped',
    versions: [5],
    given: { connect: { properties: { sessionExpiryInterval: 10 } } },
    steps: [
      {
        when: [{ client: { cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 99999 } } }],
        sees: { toBroker: [{ cmd: 'disconnect', properties: { sessionExpiryInterval: 3600 } }], brokerEnded: true },
      },
    ],
  },
  {
    name: 'a DISCONNECT with the longest session expiry is forwarded as it is',
    versions: [5],
    given: { connect: { properties: { sessionExpiryInterval: 10 } } },
    steps: [
      {
        when: [{ client: 'e00e 00 0c 1100000e10 26 0001 61 0001 62' }],
        sees: { toBroker: ['e00e 00 0c 1100000e10 26 0001 61 0001 62'], brokerEnded: true },
      },
    ],
  },
  {
    name: 'a client that is gone leaves its will to the broker',
    versions: both,
    given: {},
    steps: [{ when: [{ clientEnded: true }], sees: { brokerEnded: true } }],
  },
  {
    name: 'the dial for a client that is gone before the CONNACK is given up',
    versions: [4],
    given: 'new',
    steps: [
      {
        when: [{ client: '100d 0004 4d515454 04 02 003c 0001 61' }, { clientEnded: true }],
        sees: { closed: true },
      },
    ],
  },
  {
    name: 'a broker that closes ends the client with a DISCONNECT (5.0)',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ brokerEnded: true }],
        sees: { toClient: [{ reasonCode: 0x8b }], closed: true, rejected: [{ cause: 'upstream-closed' }] },
      },
    ],
  },
  {
    name: 'a broker that closes closes the client (3.1.1)',
    versions: [4],
    given: {},
    steps: [{ when: [{ brokerEnded: true }], sees: { closed: true, rejected: [{ cause: 'upstream-closed' }] } }],
  },
  ...(
    [
      ['taken-over', 0x8e, 'taken-over'],
      ['policy-changed', 0x87, 'policy-changed'],
      ['session-killed', 0x98, 'session-killed'],
      ['internal-error', 0x80, 'internal-error'],
    ] as const
  ).map(
    ([stop, reasonCode, cause]): Scenario => ({
      name: `the stop ${stop} sends its code, with the will suppressed`,
      versions: [5],
      given: {},
      steps: [
        {
          when: [{ stop, suppressWill: true }],
          sees: {
            toBroker: ['e000'],
            toClient: [{ reasonCode }],
            closed: true,
            rejected: [{ cause, action: 'session' }],
          },
        },
      ],
    }),
  ),
  {
    name: 'a drain is no rejection',
    versions: [5],
    given: {},
    steps: [
      {
        when: [{ stop: 'drain', suppressWill: false }],
        sees: { toClient: [{ reasonCode: 0x8b, properties: { reasonString: 'shutting down' } }], closed: true },
      },
    ],
  },
  {
    name: 'a stop closes a 3.1.1 client without a packet',
    versions: [4],
    given: {},
    steps: [
      {
        when: [{ stop: 'session-killed', suppressWill: true }],
        sees: { toBroker: ['e000'], closed: true, rejected: [{ cause: 'session-killed' }] },
      },
    ],
  },
  {
    name: 'a stop before the CONNECT just closes',
    versions: both,
    given: 'new',
    steps: [
      {
        when: [{ stop: 'session-killed', suppressWill: true }],
        sees: { closed: true, rejected: [{ cause: 'session-killed' }] },
      },
    ],
  },
  ...(
    [
      ['a second CONNECT', '100d 0004 4d515454 04 02 003c 0001 61'],
      ['a CONNACK of the client', '2002'],
      ['a SUBACK of the client', '90'],
      ['a PINGRESP of the client', 'd0'],
      ['AUTH', 'f0'],
    ] as const
  ).map(
    ([name, client]): Scenario => ({
      name: `${name} is a protocol error`,
      versions: [5],
      given: {},
      steps: [
        {
          when: [{ client }],
          sees: { toClient: [{ reasonCode: 0x82 }], closed: true, rejected: [{ cause: 'protocol-error' }] },
        },
      ],
    }),
  ),
  {
    name: 'silence for one and a half keep-alive intervals ends the session',
    versions: [5],
    given: {},
    steps: [
      { when: [{ tick: 60000 }, { client: 'c000' }, { tick: 90000 }], sees: { toBroker: ['c000'] } },
      {
        when: [{ tick: 1 }],
        sees: { toClient: [{ reasonCode: 0x8d }], closed: true, rejected: [{ cause: 'keep-alive' }] },
      },
    ],
  },
  {
    name: 'the silence of a client that is not read is not its own: no keep-alive, no packet deadline',
    versions: [4],
    given: {},
    steps: [
      { when: [{ client: '30' }, { clientPaused: true }, { tick: 60000 }, { tick: 60000 }], sees: {} },
      { when: [{ clientPaused: false }, { tick: 2999 }], sees: {} },
      { when: [{ tick: 60000 }], sees: { closed: true, rejected: [{ cause: 'packet-timeout' }] } },
    ],
  },
  {
    name: 'the silence of a client counts from the CONNACK',
    versions: [4],
    given: 'new',
    steps: [
      {
        when: [
          { client: '100d 0004 4d515454 04 02 003c 0001 61' },
          { brokerReady: true },
          { tick: 3000 },
          { broker: '20020000' },
          { tick: 90000 },
        ],
        sees: { toBroker: ['100d 0004 4d515454 04 02 003c 0001 61'], toClient: ['20020000'] },
      },
      { when: [{ tick: 1 }], sees: { closed: true, rejected: [{ cause: 'keep-alive' }] } },
    ],
  },
  {
    name: 'a 3.1.1 client without keep-alive has the longest one',
    versions: [4],
    given: { connect: { keepalive: 0 } },
    steps: [
      { when: [{ tick: 900000 }], sees: {} },
      { when: [{ tick: 1 }], sees: { closed: true, rejected: [{ cause: 'keep-alive' }] } },
    ],
  },
  {
    name: 'another policy does not end a session that disconnects already',
    versions: both,
    given: {},
    steps: [
      {
        when: [{ client: 'e000' }, { reauthorize: { clientId: () => false } }],
        sees: { toBroker: ['e000'], brokerEnded: true },
      },
    ],
  },
  {
    name: 'a 3.1.1 client with a longer keep-alive than the listener allows has the longest one',
    versions: [4],
    given: { connect: { keepalive: 700 } },
    steps: [
      { when: [{ tick: 900000 }], sees: {} },
      { when: [{ tick: 1 }], sees: { closed: true, rejected: [{ cause: 'keep-alive' }] } },
    ],
  },
  {
    name: 'a packet that is complete in time is forwarded, however it is cut',
    versions: both,
    given: {},
    steps: [
      { when: [{ client: 'c000 c0' }, { tick: 2999 }, { client: '00 c0' }], sees: { toBroker: ['c000 c000'] } },
      { when: [{ tick: 2999 }, { client: '00' }, { tick: 2999 }], sees: { toBroker: ['c000'] } },
    ],
  },
  {
    name: 'the time of a packet counts from its first byte',
    versions: [4],
    given: {},
    steps: [
      {
        when: [{ client: '30' }, { tick: 2000 }, { client: '07' }, { tick: 1000 }],
        sees: { closed: true, rejected: [{ cause: 'packet-timeout' }] },
      },
    ],
  },
];

import type { Scenario } from './scenario.ts';

const both = [4, 5] as const;
const connect = { cmd: 'connect', protocolId: 'MQTT', clientId: 'dev-1', clean: true, keepalive: 60 };
const v4 = { ...connect, protocolVersion: 4 };
const v5 = { ...connect, protocolVersion: 5 };
const ok4 = { cmd: 'connack', sessionPresent: false, returnCode: 0 };
const ok5 = { cmd: 'connack', sessionPresent: false, reasonCode: 0 };
const will = (topic: string, more: object = {}) => ({
  will: { topic, payload: 'gone', qos: 1, retain: false, ...more },
});
const denied = (reasonCode: number, message: string) => ({
  cmd: 'connack',
  reasonCode,
  sessionPresent: false,
  properties: { reasonString: message },
});

export const CONNECTING: readonly Scenario[] = [
  {
    name: 'a CONNECT reaches the broker without credentials, and pipelined packets wait for the CONNACK',
    versions: [4],
    given: 'new',
    steps: [
      {
        when: [
          { client: { ...v4, username: 'u', password: Buffer.from('secret') } },
          { client: { cmd: 'pingreq' } },
          { brokerReady: true },
        ],
        sees: {
          held: true,
          toBroker: [{ cmd: 'connect', clientId: 'dev-1', username: undefined, password: undefined, keepalive: 60 }],
        },
      },
      { when: [{ broker: ok4 }], sees: { held: false, toClient: ['20020000'], toBroker: ['c000'] } },
    ],
  },
  {
    name: 'the backend’s credentials replace the client’s',
    versions: [4],
    given: 'new',
    plan: { backend: { username: 'headgate', password: 'pw', passthrough: false } },
    steps: [
      {
        when: [{ client: { ...v4, username: 'u', password: Buffer.from('secret') } }, { brokerReady: true }],
        sees: { toBroker: [{ username: 'headgate', password: 'pw' }] },
      },
    ],
  },
  ...both.map(
    (version): Scenario => ({
      name: 'a backend with a password alone: only 5.0 has that',
      versions: [version],
      given: 'new',
      plan: { backend: { password: 'pw', passthrough: false } },
      steps: [
        {
          when: [{ client: { ...(version === 5 ? v5 : v4), username: 'u' } }, { brokerReady: true }],
          sees: { toBroker: [{ username: undefined, password: version === 5 ? 'pw' : undefined }] },
        },
      ],
    }),
  ),
  {
    name: 'passthrough keeps the client’s credentials',
    versions: [5],
    given: 'new',
    plan: { backend: { username: 'headgate', password: 'pw', passthrough: true } },
    steps: [
      {
        when: [{ client: { ...v5, username: 'u', password: Buffer.from('secret') } }, { brokerReady: true }],
        sees: { toBroker: [{ username: 'u', password: 'secret' }] },
      },
    ],
  },
  {
    name: 'properties are narrowed for the broker and the will keeps its own',
    versions: [5],
    given: 'new',
    steps: [
      {
        when: [
          {
            client: {
              ...v5,
              keepalive: 0,
              properties: {
                sessionExpiryInterval: 0xffffffff,
                receiveMaximum: 500,
                topicAliasMaximum: 9,
                requestResponseInformation: true,
                maximumPacketSize: 1000,
                userProperties: { a: 'b' },
              },
              ...will('ok/w', { properties: { willDelayInterval: 7, contentType: 'text' } }),
            },
          },
          { brokerReady: true },
        ],
        sees: {
          toBroker: [
            {
              keepalive: 600,
              properties: {
                sessionExpiryInterval: 3600,
                receiveMaximum: 8,
                topicAliasMaximum: undefined,
                requestResponseInformation: undefined,
                maximumPacketSize: 1000,
                userProperties: { a: 'b' },
              },
              will: { topic: 'ok/w', payload: 'gone', properties: { willDelayInterval: 7, contentType: 'text' } },
            },
          ],
        },
      },
      {
        when: [
          {
            broker: {
              ...ok5,
              properties: {
                receiveMaximum: 20,
                topicAliasMaximum: 10,
                serverReference: 'inside:1883',
                responseInformation: 'r',
                maximumPacketSize: 100000,
                userProperties: { c: 'd' },
              },
            },
          },
        ],
        sees: {
          toClient: [
            {
              reasonCode: 0,
              properties: {
                sessionExpiryInterval: 3600,
                receiveMaximum: 8,
                topicAliasMaximum: 4,
                maximumPacketSize: 4096,
                serverKeepAlive: 600,
                serverReference: undefined,
                responseInformation: undefined,
                maximumQoS: undefined,
                retainAvailable: undefined,
                userProperties: { c: 'd' },
              },
            },
          ],
        },
      },
    ],
  },
  {
    name: 'the broker’s Maximum Packet Size is advertised where it is the smaller one',
    versions: [5],
    given: 'new',
    steps: [
      {
        when: [{ client: v5 }, { brokerReady: true }, { broker: { ...ok5, properties: { maximumPacketSize: 4095 } } }],
        sees: { toBroker: [{ cmd: 'connect' }], toClient: [{ properties: { maximumPacketSize: 4095 } }] },
      },
    ],
  },
  {
    name: 'what the policy does not allow is advertised',
    versions: [5],
    given: 'new',
    access: { maxPublishQos: 1, retainAvailable: false },
    steps: [
      {
        when: [{ client: v5 }, { brokerReady: true }, { broker: ok5 }],
        sees: {
          toBroker: [{ cmd: 'connect' }],
          toClient: [{ properties: { maximumQoS: 1, retainAvailable: false, serverKeepAlive: undefined } }],
        },
      },
    ],
  },
  {
    name: 'an empty client id gets the assigned one, which the CONNACK carries',
    versions: [5],
    given: 'new',
    access: { assigned: 'dev-9' },
    steps: [
      {
        when: [{ client: { ...v5, clientId: '' } }, { brokerReady: true }, { broker: ok5 }],
        sees: {
          toBroker: [{ clientId: 'dev-9' }],
          toClient: [{ properties: { assignedClientIdentifier: 'dev-9' } }],
        },
      },
    ],
  },
  {
    name: 'an empty client id of 3.1.1 needs a clean session',
    versions: [4],
    given: 'new',
    access: { assigned: 'dev-9' },
    steps: [
      {
        when: [{ client: '100c 0004 4d515454 04 00 003c 0000' }],
        sees: { toClient: ['20020002'], closed: true, rejected: [{ cause: 'client-id', sent: 'CONNACK 2' }] },
      },
    ],
  },
  {
    name: 'a client id that is not the client’s own is refused before the broker is dialled (3.1.1)',
    versions: [4],
    given: 'new',
    access: { clientId: (id) => id === 'dev-2' },
    steps: [
      {
        when: [{ client: v4 }],
        sees: { toClient: ['20020002'], closed: true, rejected: [{ cause: 'client-id', action: 'connect' }] },
      },
    ],
  },
  {
    name: 'a client id that is not the client’s own is refused with the decision id (5.0)',
    versions: [5],
    given: 'new',
    access: { clientId: (id) => id === 'dev-2' },
    steps: [
      {
        when: [{ client: v5 }],
        sees: {
          toClient: [denied(0x85, 'client identifier not allowed d-1')],
          closed: true,
          rejected: [{ cause: 'client-id', sent: 'CONNACK 0x85' }],
        },
      },
    ],
  },
  ...(
    [
      ['other-identity', 2, 'client-id-taken'],
      ['connections', 3, 'limit-connections'],
      ['table-full', 3, 'limit-table-full'],
    ] as const
  ).map(
    ([claim, code, cause]): Scenario => ({
      name: `a claim that ends with ${claim} is refused`,
      versions: [4],
      given: 'new',
      plan: { claim },
      steps: [{ when: [{ client: v4 }], sees: { toClient: [`2002000${code}`], closed: true, rejected: [{ cause }] } }],
    }),
  ),
  {
    name: 'a denied will refuses the CONNECT',
    versions: [4],
    given: 'new',
    steps: [
      {
        when: [{ client: { ...v4, ...will('secret/x') } }],
        sees: { toClient: ['20020005'], closed: true, rejected: [{ cause: 'will-denied', action: 'will' }] },
      },
    ],
  },
  {
    name: 'a will with a QoS or retain flag that is not allowed is refused with that code',
    versions: [5],
    given: 'new',
    access: { will: (_t, _q, retain) => (retain ? 'retain-not-allowed' : 'qos-not-allowed') },
    steps: [
      {
        when: [{ client: { ...v5, ...will('ok/x', { retain: true }) } }],
        sees: {
          toClient: [{ reasonCode: 0x9a }],
          closed: true,
          rejected: [{ cause: 'retain-not-allowed', sent: 'CONNACK 0x9A' }],
        },
      },
    ],
  },
  ...([4, 5] as const).map(
    (version): Scenario => ({
      name: 'a will over the size refuses the CONNECT',
      versions: [version],
      given: 'new',
      access: { will: (_t, _q, _r, size) => (size > 4 ? 'payload-too-large' : undefined) },
      steps: [
        {
          when: [{ client: { ...(version === 5 ? v5 : v4), ...will('ok/x', { payload: 'gone!' }) } }],
          sees: {
            toClient: [version === 5 ? { reasonCode: 0x97 } : '20020005'],
            closed: true,
            rejected: [{ cause: 'payload-too-large', action: 'will', sent: `CONNACK ${version === 5 ? '0x97' : 5}` }],
          },
        },
      ],
    }),
  ),
  {
    name: 'a will topic with a wildcard is refused',
    versions: [5],
    given: 'new',
    steps: [
      {
        when: [{ client: '1018 0004 4d515454 05 06 003c 00 0001 61 00 0004 6f6b2f23 0001 78' }],
        sees: {
          toClient: [{ reasonCode: 0x90 }],
          closed: true,
          rejected: [{ cause: 'topic-invalid', action: 'will' }],
        },
      },
    ],
  },
  {
    name: 'enhanced authentication is refused',
    versions: [5],
    given: 'new',
    steps: [
      {
        when: [{ client: { ...v5, properties: { authenticationMethod: 'SCRAM' } } }],
        sees: { toClient: [{ reasonCode: 0x8c }], closed: true, rejected: [{ cause: 'auth-method' }] },
      },
    ],
  },
  {
    name: 'MQTT 3.1 is refused with code 1',
    versions: [4],
    given: 'new',
    steps: [
      {
        when: [{ client: '100f 0006 4d5149736470 03 02 003c 0001 61' }],
        sees: {
          toClient: ['20020001'],
          closed: true,
          rejected: [{ cause: 'unsupported-protocol', sent: 'CONNACK 1' }],
        },
      },
    ],
  },
  {
    name: 'a later version is refused with 0x84',
    versions: [4],
    given: 'new',
    steps: [
      {
        when: [{ client: '100e 0004 4d515454 06 02 003c 00 0001 61' }],
        sees: {
          toClient: ['2003008400'],
          closed: true,
          rejected: [{ cause: 'unsupported-protocol', sent: 'CONNACK 0x84' }],
        },
      },
    ],
  },
  {
    name: 'anything before CONNECT closes at its first byte',
    versions: both,
    given: 'new',
    steps: [{ when: [{ client: '30' }], sees: { closed: true, rejected: [{ cause: 'protocol-error' }] } }],
  },
  {
    name: 'a CONNECT that is too large closes at its header',
    versions: both,
    given: 'new',
    steps: [{ when: [{ client: '10ffff7f' }], sees: { closed: true, rejected: [{ cause: 'packet-too-large' }] } }],
  },
  {
    name: 'a CONNECT of exactly the largest size is accepted',
    versions: both,
    given: 'new',
    plan: { options: { maxConnectSize: 15 } },
    steps: [{ when: [{ client: '100d 0004 4d515454 04 02 003c 0001 61' }], sees: { held: true } }],
  },
  {
    name: 'a CONNACK before the CONNECT was sent is the broker’s fault',
    versions: [4],
    given: 'new',
    steps: [
      {
        when: [{ client: v4 }, { broker: '20020000' }],
        sees: { toClient: ['20020003'], closed: true, rejected: [{ cause: 'upstream-protocol' }] },
      },
    ],
  },
  {
    name: 'a CONNECT that does not come in time closes',
    versions: both,
    given: 'new',
    steps: [
      { when: [{ client: '1020' }, { tick: 4999 }], sees: {} },
      { when: [{ tick: 1 }], sees: { closed: true, rejected: [{ cause: 'connect-timeout' }] } },
    ],
  },
  {
    name: 'a broker that cannot be reached is unavailable (3.1.1)',
    versions: [4],
    given: 'new',
    steps: [
      {
        when: [{ client: v4 }, { brokerFailed: 'upstream-down' }],
        sees: { toClient: ['20020003'], closed: true, rejected: [{ cause: 'upstream-down' }] },
      },
    ],
  },
  {
    name: 'a broker without CONNACK is unavailable, and no will is left with it',
    versions: [5],
    given: 'new',
    steps: [
      { when: [{ client: v5 }, { brokerReady: true }, { tick: 3999 }], sees: { toBroker: [{ cmd: 'connect' }] } },
      {
        when: [{ tick: 1 }],
        sees: {
          toBroker: ['e000'],
          toClient: [denied(0x88, 'unavailable d-1')],
          closed: true,
          rejected: [{ cause: 'upstream-down' }],
        },
      },
    ],
  },
  {
    name: 'a refusal of the broker is forwarded (3.1.1)',
    versions: [4],
    given: 'new',
    steps: [
      {
        when: [{ client: v4 }, { brokerReady: true }, { broker: '20020005' }],
        sees: {
          toBroker: [{ cmd: 'connect' }],
          toClient: ['20020005'],
          closed: true,
          rejected: [{ cause: 'upstream-refused', sent: 'CONNACK 5' }],
        },
      },
    ],
  },
  {
    name: 'a broker that points elsewhere is unavailable',
    versions: [5],
    given: 'new',
    steps: [
      {
        when: [
          { client: v5 },
          { brokerReady: true },
          { broker: { ...ok5, reasonCode: 0x9d, properties: { serverReference: 'inside', reasonString: 'moved' } } },
        ],
        sees: {
          toBroker: [{ cmd: 'connect' }],
          toClient: [{ reasonCode: 0x88, properties: { serverReference: undefined, reasonString: 'moved' } }],
          closed: true,
          rejected: [{ cause: 'upstream-refused', sent: 'CONNACK 0x88' }],
        },
      },
    ],
  },
  {
    name: 'a broker that does not begin with CONNACK is at fault',
    versions: [4],
    given: 'new',
    steps: [
      {
        when: [{ client: v4 }, { brokerReady: true }, { broker: 'd000' }],
        sees: {
          toBroker: [{ cmd: 'connect' }, { cmd: 'disconnect' }],
          toClient: ['20020003'],
          closed: true,
          rejected: [{ cause: 'upstream-protocol' }],
        },
      },
    ],
  },
  {
    name: 'a CONNECT of 3.1.1 with a non-minimal length is accepted where that is tolerated',
    versions: [4],
    given: 'new',
    plan: { options: { tolerateLongLengths: true } },
    steps: [
      {
        when: [{ client: '108d00 0004 4d515454 04 02 003c 0001 61' }, { brokerReady: true }],
        sees: { toBroker: ['100d 0004 4d515454 04 02 003c 0001 61'] },
      },
    ],
  },
  {
    name: 'a CONNECT of 5.0 with a non-minimal length is never accepted',
    versions: [5],
    given: 'new',
    plan: { options: { tolerateLongLengths: true } },
    steps: [
      {
        when: [{ client: '108e00 0004 4d515454 05 02 003c 00 0001 61' }],
        sees: { toClient: [{ reasonCode: 0x81 }], closed: true, rejected: [{ cause: 'malformed' }] },
      },
    ],
  },
];

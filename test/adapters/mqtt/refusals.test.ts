/** Every refusal of a session: the bytes that both sides get, to the last, and the whole record. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { LimitKind, Rejection, StopReason } from '../../../adapters/seam.ts';
import type { Cause } from '../../../policies/causes.ts';
import type { AccessPlan } from './support/access.ts';
import { fakeAccess } from './support/access.ts';
import { connectPacket, encode, openRig, type Packet, publish, type Version } from './support/packets.ts';
import { Rig, type RigPlan } from './support/rig.ts';

type Plan = Omit<RigPlan, 'access'> | (() => Omit<RigPlan, 'access'>);

interface Row {
  readonly name: string;
  readonly version: Version;
  /** Default: past CONNECT and CONNACK, which have these fields changed. */
  readonly given?: 'new' | { readonly connect?: object; readonly connack?: object };
  readonly access?: AccessPlan;
  readonly plan?: Plan;
  readonly when: readonly (object | string | ((rig: Rig) => void))[];
  readonly toClient?: string;
  readonly toBroker?: string;
  readonly rejected: readonly Rejection[];
  readonly closed: boolean;
}

const u8 = (n: number) => n.toString(16).padStart(2, '0');
/** The properties of a packet that has a Reason String and nothing else. */
const reason = (text: string) =>
  `${u8(text.length + 3)}1f${u8(0)}${u8(text.length)}${Buffer.from(text).toString('hex')}`;
/** A packet: first byte, then its remaining length, which is below 128. */
const packet = (first: string, rest: string) => `${first}${u8(rest.length / 2)}${rest}`;
const connack = (code: string, text: string) => packet('20', `00${code}${reason(text)}`);
const puback = (id: string, code: string, text: string) => packet('40', `${id}${code}${reason(text)}`);
const pubrec = (id: string, code: string, text: string) => packet('50', `${id}${code}${reason(text)}`);
const suback = (id: string, codes: string, text: string) => packet('90', `${id}${reason(text)}${codes}`);
const disconnect = (code: string, text: string) => packet('e0', `${code}${reason(text)}`);
const names = { 4: '3.1.1', 5: '5.0' } as const;
const facts = (version: Version) => ({ clientId: 'dev-1', protocolVersion: names[version] });
const ruled = (action: string) => ({ ruleId: `roles.test.${action}`, role: 'test' });
const sub = (messageId: number, topics: readonly string[], qos = 1) => ({
  cmd: 'subscribe',
  messageId,
  subscriptions: topics.map((topic) => ({ topic, qos })),
});
const will = (topic: string, more: object = {}) => ({
  will: { topic, payload: Buffer.from('gone'), qos: 1, retain: true, ...more },
});
/** Limits are free until the CONNECT is through. */
function over(kind: LimitKind, outcome = -1): (k: LimitKind) => number {
  let bytes = 0;
  return (k) => (k === kind && (k !== 'bytes' || bytes++ > 0) ? outcome : 0);
}

/** Both versions of a CONNECT that is refused here. */
function refusedConnect(
  name: string,
  row: Partial<Row> & { connect?: object },
  codes: readonly [v5: string, text: string, v311: string],
  rejection: Omit<Rejection, 'clientId' | 'protocolVersion' | 'sent'>,
): Row[] {
  const { connect = {}, ...more } = row;
  return ([4, 5] as const).map((version): Row => {
    const [v5, text, v311] = codes;
    const sent = version === 5 ? `CONNACK 0x${v5.toUpperCase()}` : `CONNACK ${Number(v311)}`;
    return {
      name,
      version,
      given: 'new',
      when: [connectPacket(version, connect)],
      toClient: version === 5 ? connack(v5, `${text} d-1`) : `200200${v311}`,
      rejected: [{ ...rejection, ...facts(version), sent }],
      closed: true,
      ...more,
    };
  });
}

const CONNECTS: readonly Row[] = [
  ...refusedConnect(
    'a client id that is not allowed',
    { access: { clientId: () => false } },
    ['85', 'client identifier not allowed', '02'],
    { action: 'connect', cause: 'client-id', reason: 'connect deny', resource: 'dev-1', ...ruled('connect') },
  ),
  ...(
    [
      [
        'other-identity',
        '85',
        'client identifier not allowed',
        '02',
        'client-id-taken',
        'the client id is in use by another identity',
      ],
      ['connections', '97', 'limit exceeded', '03', 'limit-connections', 'over the limit on connections'],
      ['table-full', '97', 'limit exceeded', '03', 'limit-table-full', 'the table of limits is full'],
    ] as const
  ).flatMap(([claim, v5, text, v311, cause, why]) =>
    refusedConnect(`a claim that ends with ${claim}`, { plan: { claim } }, [v5, text, v311], {
      action: 'connect',
      cause,
      reason: why,
      resource: 'dev-1',
    }),
  ),
  ...(
    [
      ['denied', '87', 'denied', 'will-denied'],
      ['qos-not-allowed', '9b', 'denied', 'qos-not-allowed'],
      ['retain-not-allowed', '9a', 'denied', 'retain-not-allowed'],
      ['payload-too-large', '97', 'payload too large', 'payload-too-large'],
    ] as const
  ).flatMap(([plan, v5, text, cause]) =>
    refusedConnect(`a will that is ${plan}`, { access: { will: () => plan }, connect: will('w/1') }, [v5, text, '05'], {
      action: 'will',
      cause,
      reason: 'will deny',
      resource: 'w/1',
      ...ruled('will'),
      size: 4,
    }),
  ),
  ...refusedConnect(
    'a CONNECT over the limit on bytes',
    { plan: { take: (kind) => (kind === 'bytes' ? -1 : 0) } },
    ['97', 'limit exceeded', '03'],
    { action: 'connect', cause: 'limit-bytes', reason: 'over the limit on bytes' },
    // Charged before the client id is looked at.
  ).map((row) => ({ ...row, rejected: row.rejected.map(({ clientId: _, ...rejection }) => rejection) })),
  ...(['upstream-down', 'upstream-tls', 'upstream-refused'] as const).flatMap((cause) =>
    ([4, 5] as const).flatMap((version) =>
      refusedConnect(
        `a broker that fails with ${cause}`,
        { when: [connectPacket(version), (rig: Rig) => rig.session.brokerFailed(cause, 'why')] },
        ['88', 'unavailable', '03'],
        { action: 'connect', cause, reason: 'why' },
      ).filter((row) => row.version === version),
    ),
  ),
  {
    name: 'a will topic with a wildcard',
    version: 5,
    given: 'new',
    when: ['1018 0004 4d515454 05 06 003c 00 0001 61 00 0004 6f6b2f23 0001 78'],
    toClient: connack('90', 'invalid topic name d-1'),
    rejected: [
      {
        action: 'will',
        cause: 'topic-invalid',
        reason: 'will: a wildcard in the topic name at byte 19',
        resource: 'ok/#',
        clientId: 'a',
        protocolVersion: '5.0',
        sent: 'CONNACK 0x90',
      },
    ],
    closed: true,
  },
  {
    name: 'a will topic with a wildcard',
    version: 4,
    given: 'new',
    when: ['1016 0004 4d515454 04 06 003c 0001 61 0004 6f6b2f23 0001 78'],
    rejected: [
      {
        action: 'will',
        cause: 'topic-invalid',
        reason: 'will: a wildcard in the topic name at byte 17',
        resource: 'ok/#',
        clientId: 'a',
        protocolVersion: '3.1.1',
      },
    ],
    closed: true,
  },
  {
    name: 'enhanced authentication',
    version: 5,
    given: 'new',
    when: [connectPacket(5, { properties: { authenticationMethod: 'SCRAM' } })],
    toClient: connack('8c', 'authentication method not offered d-1'),
    rejected: [
      {
        action: 'connect',
        cause: 'auth-method',
        reason: 'the client asks for enhanced authentication',
        protocolVersion: '5.0',
        sent: 'CONNACK 0x8C',
      },
    ],
    closed: true,
  },
  ...(
    [
      [
        'the reserved flag',
        4,
        '100d 0004 4d515454 04 03 003c 0001 61',
        '',
        'the reserved connect flag is set at byte 9',
        undefined,
      ],
      [
        'the reserved flag',
        5,
        '100e 0004 4d515454 05 03 003c 00 0001 61',
        connack('81', 'malformed packet d-1'),
        'the reserved connect flag is set at byte 9',
        'CONNACK 0x81',
      ],
      [
        'a non-minimal length',
        5,
        '108e00 0004 4d515454 05 02 003c 00 0001 61',
        connack('81', 'malformed packet d-1'),
        'the remaining length is not in its shortest form at byte 1',
        'CONNACK 0x81',
      ],
    ] as const
  ).map(
    ([name, version, bytes, toClient, why, sent]): Row => ({
      name: `a CONNECT with ${name}`,
      version,
      given: 'new',
      plan: { options: { tolerateLongLengths: true } },
      when: [bytes],
      toClient,
      rejected: [
        {
          action: 'connect',
          cause: 'malformed',
          reason: why,
          protocolVersion: names[version],
          ...(sent ? { sent } : {}),
        },
      ],
      closed: true,
    }),
  ),
  ...(
    [
      ['MQTT 3.1', '100f 0006 4d5149736470 03 02 003c 0001 61', '20020001', 'MQTT 3.1 is not supported', 'CONNACK 1'],
      [
        'level 6',
        '100e 0004 4d515454 06 02 003c 00 0001 61',
        '2003008400',
        'MQTT protocol level 6 is not supported',
        'CONNACK 0x84',
      ],
      [
        'level 3 with the name MQTT',
        '100d 0004 4d515454 03 02 003c 0001 61',
        '20020001',
        'MQTT protocol level 3 is not supported',
        'CONNACK 1',
      ],
      [
        'the level of a bridge',
        '100d 0004 4d515454 84 02 003c 0001 61',
        '20020001',
        'MQTT protocol level 132 is not supported',
        'CONNACK 1',
      ],
      ['another name', '100d 0004 4d515455 04 02 003c 0001 61', '', 'the protocol name is not MQTT', undefined],
    ] as const
  ).map(
    ([name, bytes, toClient, why, sent]): Row => ({
      name: `a CONNECT of ${name}`,
      version: 4,
      given: 'new',
      when: [bytes],
      toClient,
      rejected: [{ action: 'connect', cause: 'unsupported-protocol', reason: why, ...(sent ? { sent } : {}) }],
      closed: true,
    }),
  ),
  ...(
    [
      [
        'a CONNECT with a non-minimal length that is not tolerated',
        ['108d00 0004 4d515454 04 02 003c 0001 61'],
        'malformed',
        'the remaining length is not in its shortest form at byte 1',
      ],
      ['another packet first', ['30'], 'protocol-error', 'the first packet is no CONNECT'],
      ['a CONNECT that is too large', ['10ff7f'], 'packet-too-large', 'a packet of 16386 bytes, 2048 are allowed'],
      [
        'a CONNECT that is late',
        ['1020', (rig: Rig) => rig.tick(5000)],
        'connect-timeout',
        'no complete CONNECT within 5000 ms',
      ],
    ] as const
  ).map(
    ([name, when, cause, why]): Row => ({
      name,
      version: 4,
      given: 'new',
      when,
      rejected: [{ action: 'connect', cause, reason: why }],
      closed: true,
    }),
  ),
];

/** Refusals after the CONNECT went to the broker: the broker gets a DISCONNECT, so that no will is published. */
const AWAITING: readonly Row[] = (
  [
    ['no CONNACK in time', (rig: Rig) => rig.tick(4000), 'upstream-down', 'no CONNACK of the broker within 4000 ms'],
    [
      'a broker that closes',
      (rig: Rig) => rig.session.brokerEnded(true),
      'upstream-closed',
      'the broker closed the connection before CONNACK',
    ],
    [
      'a broker that breaks',
      (rig: Rig) => rig.session.brokerEnded(false),
      'upstream-closed',
      'the connection to the broker broke before CONNACK',
    ],
    [
      'a broker that sends a PINGRESP',
      (rig: Rig) => rig.broker(Buffer.from('d000', 'hex')),
      'upstream-protocol',
      'PINGRESP before CONNACK (from the broker)',
    ],
  ] as const
).flatMap(([name, happens, cause, why]) =>
  ([4, 5] as const).map((version): Row => {
    return {
      name: `${name} before CONNACK`,
      version,
      given: 'new',
      when: [
        connectPacket(version),
        (rig) => {
          rig.session.brokerReady();
          rig.take('broker');
        },
        happens,
      ],
      toClient: version === 5 ? connack('88', 'unavailable d-1') : '20020003',
      toBroker: 'e000',
      rejected: [
        {
          action: 'connect',
          cause,
          reason: why,
          ...facts(version),
          sent: version === 5 ? 'CONNACK 0x88' : 'CONNACK 3',
        },
      ],
      closed: true,
    };
  }),
);

/** There is no DISCONNECT before CONNACK. */
const STOPPED: readonly Row[] = ([4, 5] as const).map((version) => ({
  name: 'a stop before CONNACK',
  version,
  given: 'new',
  when: [
    connectPacket(version),
    (rig) => {
      rig.session.brokerReady();
      rig.take('broker');
      rig.session.stop('session-killed', false, 'why');
    },
  ],
  rejected: [{ action: 'session', cause: 'session-killed', reason: 'why', ...facts(version) }],
  closed: true,
}));

interface Denied {
  readonly access?: AccessPlan;
  readonly plan?: Omit<RigPlan, 'access'>;
  readonly topic?: string;
  readonly rejection: Pick<Rejection, 'cause' | 'reason'> & Partial<Rejection>;
  readonly code: string;
  readonly text: string;
}

/** Every QoS of a message that is refused, in both versions. */
function refusedPublish(
  name: string,
  { access = {}, plan = {}, topic = 'no/a', rejection, code, text }: Denied,
): Row[] {
  const record = { action: 'publish', resource: topic, ...rejection } as const;
  const row = (version: Version, qos: 0 | 1 | 2, toClient: string, sent: string | undefined): Row => ({
    name: `${name}, QoS ${qos}`,
    version,
    access,
    plan,
    when: [publish(topic, { qos, ...(qos > 0 ? { messageId: 0x102 } : {}), payload: 'four' })],
    toClient,
    rejected: [{ ...record, ...facts(version), ...(sent === undefined ? {} : { sent }) }],
    closed: false,
  });
  const hex = `0x${code.toUpperCase()}`;
  return [
    row(5, 0, '', undefined),
    row(5, 1, puback('0102', code, `${text} d-1`), `PUBACK ${hex}`),
    row(5, 2, pubrec('0102', code, `${text} d-1`), `PUBREC ${hex}`),
    row(4, 0, '', undefined),
    row(4, 1, '40020102', 'PUBACK'),
    row(4, 2, '50020102', 'PUBREC'),
    {
      ...row(4, 1, '', undefined),
      name: `${name}, where the role says disconnect`,
      access: { ...access, onDeny: 'disconnect' },
      closed: true,
    },
  ];
}

const rules = { reason: 'publish deny', ...ruled('publish'), size: 4 };
const rate = { perSecond: 1, burst: 1, onExceed: 'reject' } as const;

const PUBLISHES: readonly Row[] = [
  ...refusedPublish('a denied message', { rejection: { cause: 'denied', ...rules }, code: '87', text: 'denied' }),
  ...refusedPublish('a payload over the size', {
    access: { publish: () => 'payload-too-large' },
    rejection: { cause: 'payload-too-large', ...rules },
    code: '97',
    text: 'payload too large',
  }),
  ...refusedPublish('a QoS that the topic does not allow', {
    access: { publish: () => 'qos-not-allowed' },
    rejection: { cause: 'qos-not-allowed', ...rules },
    code: '87',
    text: 'denied',
  }),
  ...refusedPublish('a retained message that the topic does not allow', {
    access: { publish: () => 'retain-not-allowed' },
    rejection: { cause: 'retain-not-allowed', ...rules },
    code: '87',
    text: 'denied',
  }),
  ...refusedPublish('a message over the limit on messages', {
    topic: 'ok/a',
    plan: { take: over('publish') },
    rejection: { cause: 'limit-publish', reason: 'over the limit on publish' },
    code: '97',
    text: 'limit exceeded',
  }),
  ...refusedPublish('a message on a new topic over the limit on topics', {
    topic: 'ok/a',
    plan: { limits: { topics: rate }, take: over('topics') },
    rejection: { cause: 'limit-topics', reason: 'over the limit on topics' },
    code: '97',
    text: 'limit exceeded',
  }),
  ...([1, 2] as const).map(
    (qos): Row => ({
      name: `a message with the id of a SUBSCRIBE, QoS ${qos}`,
      version: 5,
      when: [sub(5, ['ok/a']), (rig) => rig.take('broker'), publish('ok/b', { qos, messageId: 5 })],
      toClient: (qos === 1 ? puback : pubrec)('0005', '91', 'protocol error d-1'),
      rejected: [
        {
          action: 'publish',
          cause: 'protocol-error',
          reason: 'the packet identifier waits for a SUBACK or UNSUBACK',
          resource: 'ok/b',
          ...facts(5),
          sent: qos === 1 ? 'PUBACK 0x91' : 'PUBREC 0x91',
        },
      ],
      closed: false,
    }),
  ),
];

interface Ended {
  readonly given?: { readonly connect?: object; readonly connack?: object };
  readonly access?: AccessPlan;
  readonly plan?: Plan;
  readonly when: Row['when'];
  readonly toBroker?: string;
  readonly rejection: Rejection;
  readonly code: string;
  readonly text: string;
  readonly versions?: readonly Version[];
}

/** An end of the session: DISCONNECT for MQTT 5, nothing for 3.1.1. */
function ended(name: string, { versions = [4, 5], code, text, rejection, ...row }: Ended): Row[] {
  return versions.map((version) => ({
    name,
    version,
    ...row,
    toClient: version === 5 ? disconnect(code, `${text} d-1`) : '',
    rejected: [
      { ...rejection, ...facts(version), ...(version === 5 ? { sent: `DISCONNECT 0x${code.toUpperCase()}` } : {}) },
    ],
    closed: true,
  }));
}

const STOPS: readonly (readonly [StopReason, code: string, text: string, Cause])[] = [
  ['taken-over', '8e', 'session taken over', 'taken-over'],
  ['policy-changed', '87', 'denied', 'policy-changed'],
  ['revoked', '87', 'denied', 'revoked'],
  ['revocation-unknown', '87', 'denied', 'revocation-unknown'],
  ['expired', '87', 'denied', 'expired'],
  ['session-killed', '98', 'ended by the operator', 'session-killed'],
  ['internal-error', '80', 'internal error', 'internal-error'],
];

const session = (cause: Cause, why: string): Rejection => ({ action: 'session', cause, reason: why });
const of = (action: 'publish' | 'subscribe', cause: Cause, why: string, resource: string): Rejection => ({
  action,
  cause,
  reason: why,
  resource,
});
const resumed = { connect: { clean: false }, connack: { sessionPresent: true } };
const again = publish('no/a', { qos: 2, messageId: 7, dup: true, payload: 'four' });
const v5: readonly Version[] = [5];

const ENDS: readonly Row[] = [
  ...STOPS.flatMap(([stop, code, text, cause]) =>
    [true, false].flatMap((suppress) =>
      ended(`the stop ${stop}${suppress ? ' with the will suppressed' : ''}`, {
        when: [(rig) => rig.session.stop(stop, suppress, 'why')],
        toBroker: suppress ? 'e000' : '',
        rejection: session(cause, 'why'),
        code,
        text,
      }),
    ),
  ),
  ...ended('silence', {
    when: [(rig) => rig.tick(90_001)],
    rejection: session('keep-alive', 'nothing was received for 90000 ms'),
    code: '8d',
    text: 'keep alive timeout',
  }),
  ...ended('a packet that is not finished in time', {
    when: ['30', (rig) => rig.tick(3000)],
    rejection: session('packet-timeout', 'a packet was not complete within 3000 ms'),
    code: '80',
    text: 'timeout',
  }),
  ...ended('a packet over the limit', {
    when: ['30ff7f'],
    rejection: session('packet-too-large', 'a packet of 16386 bytes, 4096 are allowed'),
    code: '95',
    text: 'packet too large',
  }),
  ...ended('a second CONNECT', {
    when: ['10'],
    rejection: session('protocol-error', 'a CONNECT that is not allowed here'),
    code: '82',
    text: 'protocol error',
  }),
  ...ended('wrong reserved flags', {
    when: ['c1'],
    rejection: session('malformed', 'wrong reserved flags in PINGREQ at byte 0'),
    code: '81',
    text: 'malformed packet',
  }),
  ...ended('a PINGREQ with a body', {
    when: ['c00100'],
    rejection: session('malformed', 'a PINGREQ with a body at byte 2'),
    code: '81',
    text: 'malformed packet',
  }),
  ...ended('a wildcard in a topic name', {
    versions: v5,
    when: ['3007 0004 6f6b2f2b 00'],
    rejection: session('topic-invalid', 'a wildcard in the topic name at byte 4'),
    code: '90',
    text: 'invalid topic name',
  }),
  ...ended('an empty topic name', {
    versions: [4],
    when: ['3002 0000'],
    rejection: session('topic-invalid', 'an empty topic name at byte 4'),
    code: '',
    text: '',
  }),
  ...ended('an empty topic name without alias', {
    versions: v5,
    when: ['3003 0000 00'],
    rejection: session('protocol-error', 'an empty topic name'),
    code: '82',
    text: 'protocol error',
  }),
  ...ended('an invalid filter in UNSUBSCRIBE', {
    versions: v5,
    when: ['a208 0006 00 0003 61 23 62'],
    rejection: session('filter-invalid', 'a # that is not the whole last level'),
    code: '8f',
    text: 'invalid topic filter',
  }),
  ...ended('a broker that closes', {
    when: [(rig) => rig.session.brokerEnded(true)],
    rejection: session('upstream-closed', 'the broker closed the connection'),
    code: '8b',
    text: 'unavailable',
  }),
  ...ended('a broker whose connection breaks', {
    when: [(rig) => rig.session.brokerEnded(false)],
    rejection: session('upstream-closed', 'the connection to the broker broke'),
    code: '8b',
    text: 'unavailable',
  }),
  ...ended('a broker whose connection fails with a cause', {
    when: [(rig) => rig.session.brokerFailed('upstream-tls', 'why')],
    rejection: session('upstream-tls', 'why'),
    code: '8b',
    text: 'unavailable',
  }),
  ...ended('a broker that breaks the grammar', {
    when: [(rig) => rig.broker(Buffer.from('d00100', 'hex'))],
    rejection: session('upstream-protocol', 'a PINGRESP with a body at byte 2 (from the broker)'),
    code: '80',
    text: 'unavailable',
  }),
  ...ended('a message over the limit, with disconnect', {
    plan: { onExceed: 'disconnect', take: over('publish') },
    when: [publish('ok/a')],
    rejection: of('publish', 'limit-publish', 'over the limit on publish', 'ok/a'),
    code: '96',
    text: 'limit exceeded',
  }),
  ...ended('a message over the limit on bytes, with disconnect', {
    plan: () => ({ onExceed: 'disconnect', take: over('bytes') }),
    when: [publish('ok/a')],
    rejection: of('publish', 'limit-bytes', 'over the limit on bytes', 'ok/a'),
    code: '97',
    text: 'limit exceeded',
  }),
  ...ended('a new topic over the limit, with disconnect', {
    plan: { limits: { topics: { ...rate, onExceed: 'disconnect' } }, take: over('topics') },
    when: [publish('ok/a')],
    rejection: of('publish', 'limit-topics', 'over the limit on topics', 'ok/a'),
    code: '97',
    text: 'limit exceeded',
  }),
  ...ended('a ping over the limit, with disconnect', {
    plan: { onExceed: 'disconnect', take: over('requests') },
    when: ['c000'],
    rejection: session('limit-requests', 'over the limit on requests'),
    code: '97',
    text: 'limit exceeded',
  }),
  ...ended('an UNSUBSCRIBE over the limit, with disconnect', {
    plan: { onExceed: 'disconnect', take: over('requests') },
    when: [{ cmd: 'unsubscribe', messageId: 6, unsubscriptions: ['ok/a'] }],
    rejection: session('limit-requests', 'over the limit on requests'),
    code: '97',
    text: 'limit exceeded',
  }),
  ...ended('a PUBREL over the limit on bytes, with disconnect', {
    plan: () => ({ onExceed: 'disconnect', take: over('bytes') }),
    when: ['62020001'],
    rejection: session('limit-bytes', 'over the limit on bytes'),
    code: '97',
    text: 'limit exceeded',
  }),
  ...ended('a SUBSCRIBE over the limit, with disconnect', {
    plan: { onExceed: 'disconnect', take: over('requests') },
    when: [sub(5, ['ok/a'])],
    rejection: { action: 'subscribe', cause: 'limit-requests', reason: 'over the limit on requests' },
    code: '97',
    text: 'limit exceeded',
  }),
  ...ended('a QoS above the one that the CONNACK offers', {
    versions: v5,
    access: { maxPublishQos: 1, publish: (_t, qos) => (qos > 1 ? 'qos-not-allowed' : undefined) },
    when: [publish('ok/a', { qos: 2, messageId: 1, payload: 'four' })],
    rejection: { ...of('publish', 'qos-not-allowed', 'publish deny', 'ok/a'), ...ruled('publish'), size: 4 },
    code: '9b',
    text: 'denied',
  }),
  ...ended('a retained message that the CONNACK does not offer', {
    versions: v5,
    access: { retainAvailable: false, publish: (_t, _q, retain) => (retain ? 'retain-not-allowed' : undefined) },
    when: [publish('ok/a', { retain: true, payload: 'four' })],
    rejection: { ...of('publish', 'retain-not-allowed', 'publish deny', 'ok/a'), ...ruled('publish'), size: 4 },
    code: '9a',
    text: 'denied',
  }),
  ...ended('a QoS that the broker does not offer', {
    versions: v5,
    given: { connack: { properties: { maximumQoS: 1 } } },
    when: [publish('ok/a', { qos: 2, messageId: 1 })],
    rejection: of('publish', 'qos-not-allowed', 'beyond what the CONNACK offered', 'ok/a'),
    code: '9b',
    text: 'denied',
  }),
  ...ended('a retained message that the broker does not offer', {
    versions: v5,
    given: { connack: { properties: { retainAvailable: false } } },
    when: [publish('ok/a', { retain: true })],
    rejection: of('publish', 'retain-not-allowed', 'beyond what the CONNACK offered', 'ok/a'),
    code: '9a',
    text: 'denied',
  }),
  ...ended('a denied repetition on a resumed session', {
    given: resumed,
    when: [again],
    rejection: { ...of('publish', 'denied', 'publish deny', 'no/a'), ...ruled('publish'), size: 4 },
    code: '87',
    text: 'denied',
  }),
  ...ended('a repetition over the limit on a resumed session', {
    given: resumed,
    plan: { take: over('publish') },
    when: [again],
    rejection: of('publish', 'limit-publish', 'over the limit on publish', 'no/a'),
    code: '97',
    text: 'limit exceeded',
  }),
  ...ended('a QoS 2 message with the id of one that the broker holds', {
    when: [
      publish('ok/a', { qos: 2, messageId: 7 }),
      (rig) => rig.take('broker'),
      publish('no/a', { qos: 2, messageId: 7, payload: 'four' }),
    ],
    rejection: { ...of('publish', 'denied', 'publish deny', 'no/a'), ...ruled('publish'), size: 4 },
    code: '87',
    text: 'denied',
  }),
  ...ended('more in flight than the Receive Maximum', {
    versions: v5,
    given: { connack: { properties: { receiveMaximum: 1 } } },
    when: [
      publish('ok/a', { qos: 2, messageId: 1 }),
      (rig) => rig.take('broker'),
      publish('ok/a', { qos: 2, messageId: 2 }),
    ],
    rejection: session('receive-maximum', 'more than 1 messages in flight'),
    code: '93',
    text: 'receive maximum exceeded',
  }),
  ...ended('a broker that frees no send quota in time', {
    versions: v5,
    given: { connack: { properties: { receiveMaximum: 1 } } },
    when: [
      publish('ok/a', { qos: 1, messageId: 1 }),
      (rig) => rig.take('broker'),
      publish('ok/a', { qos: 1, messageId: 2 }),
      (rig) => rig.tick(5000),
    ],
    rejection: { action: 'publish', cause: 'receive-maximum', reason: 'more than 1 messages in flight' },
    code: '93',
    text: 'receive maximum exceeded',
  }),
  ...ended('a topic alias above the offer', {
    versions: v5,
    when: [publish('ok/a', { properties: { topicAlias: 5 } })],
    rejection: session('protocol-error', 'topic alias 5, but 4 are offered'),
    code: '94',
    text: 'protocol error',
  }),
  ...ended('a topic alias where none is offered', {
    versions: v5,
    plan: { options: { topicAliasMaximum: 0 } },
    when: [publish('ok/a', { properties: { topicAlias: 1 } })],
    rejection: session('protocol-error', 'a topic alias, but none is offered'),
    code: '94',
    text: 'protocol error',
  }),
];

const SUBSCRIBES: readonly Row[] = ([4, 5] as const).flatMap((version): Row[] => {
  const sent = (code: string) => ({ sent: version === 5 ? `SUBACK 0x${code.toUpperCase()}` : 'SUBACK 0x80' });
  /** The SUBACK of filters that get `codes` in 5.0 and as many times 0x80 in 3.1.1. */
  const ack = (codes: string, text: string) =>
    version === 5 ? suback('0005', codes, text) : packet('90', `0005${'80'.repeat(codes.length / 2)}`);
  const record = (cause: Cause, why: string, resource: string) => of('subscribe', cause, why, resource);
  return [
    {
      name: 'filters that are denied or invalid',
      version,
      when: [sub(5, ['no/a', 'ok/a#', 'no/a'])],
      toClient: ack('878f87', 'denied d-1'),
      rejected: [
        { ...record('denied', 'subscribe deny', 'no/a'), ...ruled('subscribe'), ...facts(version), ...sent('87') },
        {
          ...record('filter-invalid', 'a # that is not the whole last level', 'ok/a#'),
          ...facts(version),
          ...sent('8f'),
        },
      ],
      closed: false,
    },
    {
      name: 'a SUBSCRIBE over the limit on requests',
      version,
      plan: { take: over('requests') },
      when: [sub(5, ['ok/a', 'ok/b'])],
      toClient: ack('9797', 'limit exceeded d-1'),
      rejected: [
        { ...record('limit-requests', 'over the limit on requests', 'ok/a'), ...facts(version), ...sent('97') },
      ],
      closed: false,
    },
    {
      name: 'too many filters in one SUBSCRIBE',
      version,
      plan: { options: { maxFiltersPerSubscribe: 2 } },
      when: [sub(5, ['ok/a', 'ok/b', 'ok/c'])],
      toClient: ack('979797', 'denied d-1'),
      rejected: [
        {
          ...record('denied', '3 filters in one SUBSCRIBE, 2 are allowed', 'ok/a'),
          ruleId: 'mqtt.maxFiltersPerSubscribe',
          ...facts(version),
          ...sent('97'),
        },
      ],
      closed: false,
    },
    {
      name: 'a subscription above the listener’s bound',
      version,
      plan: { options: { maxSubscriptions: 0 } },
      when: [sub(5, ['ok/a'])],
      toClient: ack('97', 'denied d-1'),
      rejected: [
        {
          ...record('denied', 'more than 0 subscriptions on one connection', 'ok/a'),
          ruleId: 'mqtt.maxSubscriptions',
          ...facts(version),
          ...sent('97'),
        },
      ],
      closed: false,
    },
    {
      name: 'a subscription above the client’s limit',
      version,
      plan: { limits: { subscriptions: 0 } },
      when: [sub(5, ['ok/a'])],
      toClient: ack('97', 'limit exceeded d-1'),
      rejected: [
        {
          ...record('limit-subscriptions', 'more than 0 subscriptions on one connection', 'ok/a'),
          ...facts(version),
          ...sent('97'),
        },
      ],
      closed: false,
    },
  ];
});

const IN_USE: readonly Row[] = [
  {
    name: 'a SUBSCRIBE with a packet id in use',
    version: 5,
    when: [publish('ok/a', { qos: 1, messageId: 5 }), (rig) => rig.take('broker'), sub(5, ['ok/a', 'ok/b'])],
    toClient: suback('0005', '9191', 'protocol error d-1'),
    rejected: [
      {
        ...of('subscribe', 'protocol-error', 'a packet identifier that is in use', 'ok/a'),
        ...facts(5),
        sent: 'SUBACK 0x91',
      },
    ],
    closed: false,
  },
  ...([1, 2] as const).map(
    (qos): Row => ({
      name: `a message with the id of a SUBSCRIBE, QoS ${qos}`,
      version: 4,
      when: [sub(5, ['ok/a']), (rig) => rig.take('broker'), publish('ok/b', { qos, messageId: 5 })],
      rejected: [{ ...session('protocol-error', 'a packet identifier that is in use'), ...facts(4) }],
      closed: true,
    }),
  ),
  {
    name: 'a QoS 1 repetition with the id of a refused QoS 2 message',
    version: 4,
    when: [
      publish('no/a', { qos: 2, messageId: 5 }),
      (rig) => {
        rig.take('client');
        rig.rejections.length = 0;
      },
      publish('no/a', { qos: 1, messageId: 5, dup: true }),
    ],
    rejected: [{ ...session('protocol-error', 'a packet identifier that is in use'), ...facts(4) }],
    closed: true,
  },
  ...[sub(5, ['ok/a']), { cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['ok/a'] }].flatMap((request) =>
    (
      [
        ['a message in flight', publish('ok/a', { qos: 1, messageId: 5 }), 0],
        ['a refused QoS 2 message', publish('no/a', { qos: 2, messageId: 5 }), 1],
        ['a SUBSCRIBE', sub(5, ['ok/a']), 0],
        ['an UNSUBSCRIBE', { cmd: 'unsubscribe', messageId: 5, unsubscriptions: ['ok/a'] }, 0],
      ] as const
    ).map(
      ([name, first, records]): Row => ({
        name: `a ${request.cmd} with the id of ${name}`,
        version: 4,
        when: [
          first,
          (rig) => {
            rig.take('broker');
            rig.take('client');
            assert.equal(rig.rejections.splice(0).length, records);
          },
          request,
        ],
        rejected: [{ ...session('protocol-error', 'a packet identifier that is in use'), ...facts(4) }],
        closed: true,
      }),
    ),
  ),
];

/** An MQTT 5 broker that disconnects the client: the record has its code, the client gets the one of the gate. */
const REDIRECTED: readonly Row[] = (
  [
    ['9c', '8b', 'upstream-closed', '0x9C', '0x8B'],
    ['9d', '8b', 'upstream-closed', '0x9D', '0x8B'],
    ['8e', '8e', 'taken-over', '0x8E', '0x8E'],
    ['97', '97', 'upstream-closed', '0x97', '0x97'],
  ] as const
).map(([code, shown, cause, theirs, ours]) => ({
  name: `a broker that disconnects with ${theirs}`,
  version: 5,
  when: [(rig) => rig.broker(Buffer.from(`e00${code === '97' || code === '8e' ? `1${code}` : `2${code}00`}`, 'hex'))],
  toClient: code === shown ? `e001${code}` : `e002${shown}00`,
  rejected: [
    { ...session(cause, `the broker disconnected the client with ${theirs}`), ...facts(5), sent: `DISCONNECT ${ours}` },
  ],
  closed: true,
}));

const DELIVERIES: readonly Row[] = ([4, 5] as const).flatMap((version): Row[] =>
  ([0, 1, 2] as const).map((qos) => ({
    name: `a denied delivery, QoS ${qos}`,
    version,
    when: [(rig) => rig.broker(encode(publish('no/a', { qos, messageId: 0x102 }), version))],
    toBroker: qos === 0 ? '' : packet(qos === 1 ? '40' : '50', version === 5 ? '010287' : '0102'),
    rejected: [
      {
        action: 'receive',
        cause: 'denied',
        reason: 'receive deny',
        resource: 'no/a',
        ...ruled('receive'),
        ...facts(version),
      },
    ],
    closed: false,
  })),
);

for (const row of [
  ...CONNECTS,
  ...AWAITING,
  ...STOPPED,
  ...PUBLISHES,
  ...SUBSCRIBES,
  ...IN_USE,
  ...ENDS,
  ...REDIRECTED,
  ...DELIVERIES,
]) {
  test(`${names[row.version]}: ${row.name}`, () => {
    const { given = {}, version } = row;
    const plan = { ...(typeof row.plan === 'function' ? row.plan() : row.plan), access: fakeAccess(row.access) };
    const rig = given === 'new' ? new Rig(plan) : openRig(version, plan, given.connect, given.connack);
    for (const event of row.when) {
      if (typeof event === 'function') event(rig);
      else if (typeof event === 'string') rig.client(Buffer.from(event.replaceAll(' ', ''), 'hex'));
      else rig.client(encode(event as Packet, version));
    }
    assert.equal(rig.toClient.toString('hex'), row.toClient ?? '', 'to the client');
    assert.equal(rig.toBroker.toString('hex'), row.toBroker ?? '', 'to the broker');
    assert.deepEqual(rig.rejections, row.rejected);
    assert.equal(rig.closed, row.closed, 'closed');
  });
}

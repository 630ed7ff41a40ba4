import assert from 'node:assert/strict';
import test from 'node:test';
import { checkPolicy, compilePolicy, PolicyError } from '../../policies/policy.ts';
import type { IdentitySource, LimitsSource, PolicySource, RoleSource } from '../../policies/source.ts';
import type { CertificateFacts, Identified, Name } from '../../policies/types.ts';

/** Identities and roles of the reference configuration. */
const SOURCE: PolicySource = {
  identities: [
    {
      name: 'devices',
      when: { trust: 'iot-ca', subject: { O: 'Acme' }, san: { uri: 'spiffe://acme/{plant}/{device}' } },
      principal: '{device}',
      roles: ['device'],
    },
    { name: 'erp', when: { trust: 'partner-ca', subject: { CN: 'erp-*' } }, principal: '{CN}', roles: ['erp'] },
  ],
  roles: {
    device: {
      mqtt: {
        clientId: '{device}',
        allow: [{ publish: 'plant/{plant}/{device}/#', qos: [0, 1] }, { subscribe: 'plant/{plant}/{device}/cmd/+' }],
        deny: [{ publish: 'plant/+/+/firmware/#' }],
      },
      limits: { publish: '50/s', bytes: '64KiB/s', burst: '5s', connections: 1, handshakes: '6/min' },
    },
    erp: { limits: { bytes: '20MiB/s', requests: '2000/s', connections: 20, onExceed: 'throttle' } },
  },
};

function facts(subject: Record<string, string>, uri: readonly string[] = []): CertificateFacts {
  const oids: Record<string, string> = { CN: '2.5.4.3', O: '2.5.4.10' };
  const name: Name = Object.entries(subject).map(([type, value]) => [{ oid: oids[type] ?? '', type, value }]);
  const san = { uri, dns: [], email: [], ip: [] };
  return { serial: '01', subject: name, issuer: [], san, eku: [], notBefore: 0, notAfter: 1 };
}

const device = (plant: string, id: string) => facts({ O: 'Acme' }, [`spiffe://acme/${plant}/${id}`]);

function identified(policy: ReturnType<typeof compilePolicy>, store: string, of: CertificateFacts): Identified {
  const found = policy.identify(store, of);
  assert.ok(found.ok);
  return found;
}

test('from a certificate to a decision', () => {
  const policy = compilePolicy(SOURCE, { version: 'v1' });
  assert.equal(policy.version, 'v1');
  assert.deepEqual(policy.identityNames, ['devices', 'erp']);
  const who = identified(policy, 'iot-ca', device('p1', 'd1'));
  assert.deepEqual(
    { identity: who.identity, principal: who.principal, roles: who.roles, variables: { ...who.variables } },
    { identity: 'devices', principal: 'd1', roles: ['device'], variables: { plant: 'p1', device: 'd1' } },
  );
  assert.deepEqual(who.limits, {
    publish: { perSecond: 50, burst: 250, onExceed: 'throttle' },
    bytes: { perSecond: 65_536, burst: 327_680, onExceed: 'throttle' },
    handshakes: { perSecond: 0.1, burst: 6 },
    connections: 1,
  });
  const access = policy.mqtt(who);
  const topic = Buffer.from('plant/p1/d1/temp');
  assert.ok(access.publish(topic, 0, topic.length, 1, false, 0) > 0);
  assert.equal(access.clientId('').assigned, 'd1');
});

test('no identity, no rights', () => {
  const policy = compilePolicy(SOURCE, { version: 'v1' });
  assert.equal(policy.identify('partner-ca', device('p1', 'd1')).ok, false);
  assert.equal(policy.identify('nowhere', device('p1', 'd1')).ok, false);
  const erp = policy.mqtt(identified(policy, 'partner-ca', facts({ CN: 'erp-7' })));
  assert.equal(erp.clientId('erp-7').decision.cause, 'client-id');
  assert.equal(erp.subscribe('#', 0).permit, 0);
  assert.deepEqual(erp.denialBudget, { perSecond: 100 / 60, burst: 100 });
});

test('an access is kept for its client, and another certificate of the same principal gets its own', () => {
  const policy = compilePolicy(SOURCE, { version: 'v1' });
  const one = identified(policy, 'iot-ca', device('p1', 'd1'));
  const same = identified(policy, 'iot-ca', device('p1', 'd1'));
  const other = identified(policy, 'iot-ca', device('p2', 'd1'));
  assert.equal(policy.mqtt(one), policy.mqtt(same));
  assert.equal(other.principal, one.principal);
  const topic = Buffer.from('plant/p1/d1/temp');
  assert.ok(policy.mqtt(one).publish(topic, 0, topic.length, 0, false, 0) > 0);
  assert.equal(policy.mqtt(other).publish(topic, 0, topic.length, 0, false, 0), 0);
});

test('the accesses that are kept are bounded, the least recently used goes first', () => {
  const policy = compilePolicy(SOURCE, { version: 'v1', cacheSlots: 16 });
  const who = (id: string) => identified(policy, 'iot-ca', device('p1', id));
  const first = policy.mqtt(who('d0'));
  const second = policy.mqtt(who('d1'));
  for (let i = 2; i < 1024; i++) policy.mqtt(who(`d${i}`));
  assert.equal(policy.mqtt(who('d0')), first, 'still there, and used again');
  policy.mqtt(who('d1024'));
  assert.equal(policy.mqtt(who('d0')), first);
  assert.notEqual(policy.mqtt(who('d1')), second, 'the oldest is gone');
});

const identity = (over: Partial<IdentitySource>): PolicySource => {
  const base: IdentitySource = {
    name: 'x',
    when: { trust: 't', subject: { CN: '{cn}' } },
    principal: '{cn}',
    roles: ['r'],
  };
  return { identities: [{ ...base, ...over }], roles: { r: {} } };
};
const role = (r: RoleSource | object): PolicySource => ({ ...identity({}), roles: { r: r as RoleSource } });
const mqtt = (section: object): PolicySource => role({ mqtt: section });

test('every problem has its path and its words', () => {
  const cases: [PolicySource, path: string, message: RegExp][] = [
    [identity({ roles: ['r', 'ghost'] }), 'identities[0].roles[1]', /no role "ghost"/],
    [identity({ roles: ['constructor'] }), 'identities[0].roles[0]', /no role "constructor"/],
    [
      { ...SOURCE, identities: [...SOURCE.identities, ...SOURCE.identities.slice(0, 1)] },
      'identities[2].name',
      /"devices" is taken/,
    ],
    [identity({ principal: '{nope}' }), 'identities[0].principal', /nope/],
    [mqtt({ allow: [{}] }), 'roles.r.mqtt.allow[0]', /exactly one of publish, .* has none/],
    [mqtt({ deny: [{ publish: 'a', will: 'b' }] }), 'roles.r.mqtt.deny[0]', /has publish and will/],
    [mqtt({ allow: [{ publish: 'a' }, { publish: 'a#' }] }), 'roles.r.mqtt.allow[1].publish', /# must be/],
    [mqtt({ allow: [{ subscribe: 'a/{plant}' }] }), 'roles.r.mqtt.allow[0].subscribe', /\{plant\} .* "x" does not/],
    [mqtt({ allow: [{ subscribe: 'a/{cn' }] }), 'roles.r.mqtt.allow[0].subscribe', /not closed/],
    [mqtt({ allow: [{ subscribe: '$share/g/a' }] }), 'roles.r.mqtt.allow[0].subscribe', /shared/],
    [mqtt({ allow: [{ subscribe: 'a', retain: true }] }), 'roles.r.mqtt.allow[0].retain', /not subscribe/],
    [mqtt({ deny: [{ receive: 'a', retain: true }] }), 'roles.r.mqtt.deny[0].retain', /not receive/],
    [mqtt({ deny: [{ receive: 'a', qos: [1] }] }), 'roles.r.mqtt.deny[0].qos', /not receive/],
    [mqtt({ allow: [{ publish: 'a', qos: [] }] }), 'roles.r.mqtt.allow[0].qos', /at least one/],
    [mqtt({ allow: [{ publish: 'a', qos: [3] }] }), 'roles.r.mqtt.allow[0].qos', /0, 1 and 2/],
    [mqtt({ clientId: '{plant}' }), 'roles.r.mqtt.clientId', /\{plant\}/],
    [mqtt({ clientId: '' }), 'roles.r.mqtt.clientId', /write any/],
    [mqtt({ clientId: 'a}' }), 'roles.r.mqtt.clientId', /stands without/],
    [mqtt({ onDeny: 'ignore' }), 'roles.r.mqtt.onDeny', /ack-drop/],
    [mqtt({ denialBudget: 'many' }), 'roles.r.mqtt.denialBudget', /is not a rate/],
    [role({ limits: { publish: '5' } }), 'roles.r.limits.publish', /is not a rate/],
  ];
  for (const [source, path, message] of cases) {
    const problems = checkPolicy(source);
    assert.deepEqual(
      problems.map((problem) => problem.path),
      [path],
      JSON.stringify(problems),
    );
    assert.match(problems[0]?.message ?? '', message, path);
  }
});

test('a variable must be captured by every identity that uses the role', () => {
  const source: PolicySource = {
    identities: [
      ...SOURCE.identities.slice(0, 1),
      {
        name: 'gateways',
        when: { trust: 'iot-ca', subject: { CN: '{device}' } },
        principal: '{device}',
        roles: ['device'],
      },
      {
        name: 'probes',
        when: { trust: 'iot-ca', subject: { CN: '{device}' } },
        principal: '{device}',
        roles: ['device'],
      },
    ],
    roles: SOURCE.roles,
  };
  const problems = checkPolicy(source);
  assert.deepEqual(
    problems.map((problem) => problem.path),
    ['roles.device.mqtt.allow[0].publish', 'roles.device.mqtt.allow[1].subscribe'],
  );
  assert.match(problems[0]?.message ?? '', /\{plant\} is unknown: identity "gateways" \(and 1 more\)/);
});

test('a faulty pattern is told once and not again for each rule that uses its variables', () => {
  const source = { ...SOURCE, identities: [{ ...SOURCE.identities[0], when: { trust: 't', san: { uri: '{' } } }] };
  const problems = checkPolicy(source as PolicySource);
  assert.ok(problems.length > 0);
  assert.deepEqual(
    problems.filter((problem) => problem.path.startsWith('roles.')),
    [],
  );
});

test('what is wrong is thrown with everything in it, and the reference is right', () => {
  assert.deepEqual(checkPolicy(SOURCE), []);
  const wrong = { ...SOURCE, roles: { device: { mqtt: { allow: [{ publish: '' }, {}] }, limits: { burst: '1' } } } };
  assert.throws(
    () => compilePolicy(wrong, { version: 'v' }),
    (error) => {
      assert.ok(error instanceof PolicyError);
      assert.deepEqual(
        error.problems.map((problem) => problem.path),
        [
          'identities[1].roles[0]',
          'roles.device.mqtt.allow[0].publish',
          'roles.device.mqtt.allow[1]',
          'roles.device.limits.burst',
        ],
      );
      return true;
    },
  );
});

test('limits of the process, of the identity, of its roles and of the listener: the strictest of each', () => {
  const policy = compilePolicy(
    {
      limits: { publish: '100/s', bytes: '1KiB/s', connections: 9 },
      identities: [
        {
          name: 'a',
          when: { trust: 'ca', subject: { CN: 'a' } },
          principal: '{CN}',
          roles: ['r'],
          limits: { publish: '10/s', connections: 3 },
        },
        { name: 'b', when: { trust: 'ca' }, principal: '{CN}', roles: ['r'] },
      ],
      roles: { r: { limits: { publish: '20/s', inFlight: 4 } } },
    },
    { version: '' },
  );
  const limits = (name: string, more?: LimitsSource) => {
    const who = policy.identify('ca', facts({ CN: name }), 0, more);
    assert.ok(who.ok);
    return who.limits;
  };
  const onExceed = 'throttle';
  const bytes = { perSecond: 1024, burst: 1024, onExceed };
  const ten = { perSecond: 10, burst: 10, onExceed };
  assert.deepEqual(limits('a'), { publish: ten, bytes, connections: 3, inFlight: 4 });
  assert.deepEqual(limits('b'), {
    publish: { perSecond: 20, burst: 20, onExceed },
    bytes,
    connections: 9,
    inFlight: 4,
  });
  const listener = { publish: { limit: '5/s', onExceed: 'reject' }, connections: 5 } as const;
  const five = { perSecond: 5, burst: 5, onExceed: 'reject' };
  assert.deepEqual(limits('a', listener), { publish: five, bytes, connections: 3, inFlight: 4 });
  assert.equal(limits('a', listener), limits('a', listener), 'made once');
  assert.deepEqual(limits('a').publish, ten, 'another listener knows nothing of it');
});

test('wrong limits are named wherever they stand', () => {
  const wrong = { bytes: '5/s' };
  const identity = { name: 'a', when: { trust: 'ca' }, principal: 'p', roles: ['r'], limits: wrong };
  const source = { limits: wrong, identities: [identity], roles: { r: { limits: wrong } } };
  assert.deepEqual(
    checkPolicy(source).map(({ path }) => path),
    ['limits.bytes', 'identities[0].limits.bytes', 'roles.r.limits.bytes'],
  );
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { contentHash } from '../../../../proxy/control-plane/config/files.ts';
import { testPki } from '../../../support/pki.ts';
import { edit, kafkaListener, mqttListener, SOUND, SOUND_KAFKA, workspace } from './support.ts';

const EXAMPLE = join(import.meta.dirname, '../../../../compose/headgate.example.yaml');

test('the reference example passes the check', async () => {
  await using dir = await workspace();
  const pki = await testPki();
  dir.write('iot-ca.pem', pki.ca);
  dir.write('partner.pem', pki.foreign.cert);
  dir.write('iot.crl', await pki.authority.crl({ number: 1, revoked: [] }));
  dir.write('mosquitto.password', 'let me in\n');
  const result = dir.load(readFileSync(EXAMPLE), { cores: 6 });
  assert.ok(result.ok, JSON.stringify(!result.ok && result.problems));
  const [mqtt, kafka] = result.config.listeners;
  assert.deepEqual(mqtt?.listen, [
    { host: '0.0.0.0', port: 8883 },
    { host: '::', port: 8883 },
  ]);
  assert.deepEqual(mqtt?.plan.upstream, {
    addresses: [{ host: 'mosquitto', port: 1883 }],
    username: 'headgate',
    password: 'let me in',
    passthrough: false,
    connectTimeout: 5000,
  });
  assert.deepEqual(kafka?.plan.upstream, {
    bootstrap: [
      { host: 'kafka-1', port: 9092 },
      { host: 'kafka-2', port: 9092 },
    ],
    metadataInterval: 30_000,
    connectTimeout: 5000,
  });
  assert.equal(result.config.process.workers, 6);
  assert.equal(result.config.policy.roles['device']?.limits?.bytes, '64KiB/s');
  assert.equal(result.config.admin?.socket, dir.file('headgate.sock'));
  assert.equal(result.config.state?.dir, dir.file('state'));
  assert.deepEqual(result.warnings, []);
});

test('a sound configuration runs, and every default is filled in', async () => {
  await using dir = await workspace();
  const result = dir.load(SOUND);
  assert.ok(result.ok);
  assert.deepEqual(result.warnings, []);
  const { listeners, process, ...rest } = result.config;
  const { mqtt } = mqttListener(result);
  const text = (name: string) => readFileSync(dir.file(name), 'utf8');
  assert.deepEqual(listeners[0]?.plan.admission, {
    perAddress: { perSecond: 100, burst: 200 },
    exempt: [],
    allow: [],
    handshakes: 1024,
    queue: 4096,
    halfOpen: 6144,
    halfOpenPerAddress: 512,
  });
  assert.deepEqual(listeners[0]?.plan.timeouts, {
    handshake: 10_000,
    connect: 10_000,
    packet: 30_000,
    upstream: 10_000,
  });
  assert.deepEqual(mqtt, {
    maxPacketSize: 262_144,
    maxConnectSize: 16_384,
    maxKeepAlive: 1200,
    maxFiltersPerSubscribe: 32,
    maxSubscriptions: 128,
    maxTopicLevels: 32,
    receiveMaximum: 64,
    topicAliasMaximum: 16,
    maxSessionExpiry: 86_400,
    maxUserProperties: 32,
    tolerateLongLengths: false,
  });
  assert.deepEqual(process, {
    workers: 1,
    reader: 'auto',
    accept: 'auto',
    drain: { delay: 0, deadline: 20_000, wills: 'suppress' },
    log: { level: 'info', format: 'json' },
    maxConnections: 10_000,
    reloadInterval: 10_000,
  });
  assert.deepEqual(listeners[0]?.plan.tls, {
    profile: 'mozilla-modern',
    pq: 'prefer',
    certificate: text('server.pem'),
    key: text('server.key'),
    certificates: [],
    clientAuth: 'required',
    eku: 'strict',
    clockSkew: 0,
    ca: [text('ca.pem')],
  });
  assert.deepEqual(Object.keys(rest), ['file', 'trust', 'policy']);
  const revocation = { mode: 'off', ocspHosts: [], maxStaleness: 0, onStale: 'deny' };
  const devices = { certificates: text('ca.pem'), anchors: 'roots', pins: [], revocation };
  assert.deepEqual(rest.trust, {
    devices: { name: 'devices', plan: devices, lists: { files: [], urls: [], refresh: 0 } },
  });
  assert.deepEqual(listeners[0]?.plan.stores, { devices });
});

test('every setting reaches the model in its unit', async () => {
  await using dir = await workspace();
  dir.write('token', 'a token of sixteen or more\n');
  const text = edit(
    '      address: broker:1883\n',
    `      addresses: [a:1, "[FD00::0005]:2"]
      connectTimeout: 250ms
      tls: { ca: ca.pem, certificate: server.pem, key: server.key, serverName: broker.example }
    proxyProtocol: [10.0.0.0/8, fd00::/8, 192.0.2.7]
    admission: { perAddress: 120/min, burst: 5, exempt: [10.1.0.0/16], allow: ["::1"], handshakes: 7, queue: 0, halfOpen: 9, halfOpenPerAddress: 3 }
    timeouts: { handshake: 1s, connect: 2s, packet: 3min, upstream: 400ms }
    mqtt: { maxPacketSize: 1MiB, maxKeepAlive: 2min, maxSessionExpiry: 0s, tolerateLongLengths: true }
`,
  ).replace(
    'workers: 1\n',
    `workers: auto
drain: { delay: 5s, deadline: 1min, wills: publish }
log: { level: debug, format: text }
reloadInterval: 0s
maxConnections: 12
audit: { file: logs.jsonl }
telemetry: { sampling: 1, endpoint: "http://127.0.0.1:4318", metrics: false }
probe: { listen: localhost:9901 }
admin: { listen: 127.0.0.1:9902, token: "\${file:token}", hosts: [gate.example] }
`,
  );
  const result = dir.load(text, { cores: 200 });
  assert.ok(result.ok, JSON.stringify(!result.ok && result.problems));
  const { process, audit, telemetry, probe, admin } = result.config;
  const listener = mqttListener(result);
  const read = (name: string) => readFileSync(dir.file(name), 'utf8');
  assert.deepEqual(listener.upstream, {
    addresses: [
      { host: 'a', port: 1 },
      { host: 'fd00::5', port: 2 },
    ],
    passthrough: false,
    connectTimeout: 250,
    tls: {
      ca: read('ca.pem'),
      pins: [],
      certificate: read('server.pem'),
      key: read('server.key'),
      serverName: 'broker.example',
    },
  });
  assert.deepEqual(listener.proxyProtocol, ['10.0.0.0/8', 'fd00::/8', '192.0.2.7/32']);
  assert.deepEqual(listener.admission, {
    perAddress: { perSecond: 2, burst: 5 },
    exempt: ['10.1.0.0/16'],
    allow: ['::1/128'],
    handshakes: 7,
    queue: 0,
    halfOpen: 9,
    halfOpenPerAddress: 3,
  });
  assert.deepEqual(listener.timeouts, { handshake: 1000, connect: 2000, packet: 180_000, upstream: 400 });
  assert.equal(listener.mqtt.maxPacketSize, 1_048_576);
  assert.equal(listener.mqtt.maxKeepAlive, 120);
  assert.equal(listener.mqtt.maxSessionExpiry, 0);
  assert.equal(listener.mqtt.tolerateLongLengths, true);
  assert.equal(process.workers, 64, 'auto is capped');
  assert.deepEqual(process.drain, { delay: 5000, deadline: 60_000, wills: 'publish' });
  assert.deepEqual(process.log, { level: 'debug', format: 'text' });
  assert.equal(process.reloadInterval, 0);
  assert.equal(process.maxConnections, 12);
  assert.deepEqual(audit, { file: dir.file('logs.jsonl'), onOverflow: 'drop' });
  assert.deepEqual(telemetry, { sampling: 1, endpoint: 'http://127.0.0.1:4318', traces: true, metrics: false });
  assert.deepEqual(probe, { listen: { host: 'localhost', port: 9901 } });
  assert.deepEqual(admin, {
    listen: { host: '127.0.0.1', port: 9902 },
    token: 'a token of sixteen or more',
    hosts: ['gate.example'],
  });
});

test('a Kafka listener runs, and every default is filled in', async () => {
  await using dir = await workspace();
  const result = dir.load(SOUND_KAFKA);
  const listener = kafkaListener(result);
  assert.ok(result.ok);
  assert.deepEqual(result.warnings, []);
  assert.deepEqual(listener.advertise, {
    host: 'kafka.example.com',
    ports: { first: 9094, last: 9193 },
    bindPorts: { first: 9094, last: 9193 },
    firstNodeId: 0,
  });
  assert.deepEqual(listener.kafka, {
    maxFrameSize: 104_857_600,
    maxRequestSize: 8_388_608,
    maxInFlight: 256,
    memory: 268_435_456,
    maxThrottle: 30_000,
    autoCreateTopics: false,
    hideApis: [],
  });
  assert.deepEqual(listener.timeouts, { handshake: 10_000, connect: 10_000, packet: 30_000, upstream: 10_000 });
  assert.deepEqual(result.config.policy.roles['device']?.kafka, {
    allow: [{ topic: 'orders.', prefix: true, operations: ['write'] }],
  });
});

test('every setting of a Kafka listener reaches the model in its unit', async () => {
  await using dir = await workspace();
  const text = edit(
    '      advertise: { host: kafka.example.com, ports: 9094-9193 }\n',
    `      advertise: { host: "FD00::0005", ports: 19094-19096, bindPorts: 9095-9097, firstNodeId: 1 }
      tls: { ca: ca.pem, serverName: kafka.internal }
      connectTimeout: 250ms
      localAddress: "FD00::0006"
      metadataInterval: 1s
    kafka:
      maxFrameSize: 1MiB
      maxRequestSize: 64KiB
      maxInFlight: 5
      memory: 1GiB
      maxThrottle: 2s
      autoCreateTopics: true
      hideApis: [CreateTopics, DeleteTopics]
`,
    SOUND_KAFKA,
  ).replace(
    '- { topic: "orders.", prefix: true, operations: [write] }',
    `- { topic: "*", operations: [read, describe], hosts: [10.0.0.0/8, "FD00::1"] }
        - { transactionalId: "{CN}", operations: [write, twoPhaseCommit] }
        - { cluster: true, operations: [idempotentWrite] }`,
  );
  const result = dir.load(text);
  const { upstream, advertise, kafka } = kafkaListener(result);
  assert.deepEqual(upstream, {
    bootstrap: [
      { host: 'kafka-1', port: 9092 },
      { host: 'kafka-2', port: 9092 },
    ],
    tls: { ca: readFileSync(dir.file('ca.pem'), 'utf8'), pins: [], serverName: 'kafka.internal' },
    connectTimeout: 250,
    localAddress: 'fd00::6',
    metadataInterval: 1000,
  });
  assert.deepEqual(advertise, {
    host: 'fd00::5',
    ports: { first: 19_094, last: 19_096 },
    bindPorts: { first: 9095, last: 9097 },
    firstNodeId: 1,
  });
  assert.deepEqual(kafka, {
    maxFrameSize: 1_048_576,
    maxRequestSize: 65_536,
    maxInFlight: 5,
    memory: 1_073_741_824,
    maxThrottle: 2000,
    autoCreateTopics: true,
    hideApis: ['CreateTopics', 'DeleteTopics'],
  });
  assert.deepEqual(result.ok && result.config.policy.roles['device']?.kafka?.allow, [
    { topic: '*', operations: ['read', 'describe'], hosts: ['10.0.0.0/8', 'fd00::1/128'] },
    { transactionalId: '{CN}', operations: ['write', 'twoPhaseCommit'] },
    { cluster: true, operations: ['idempotentWrite'] },
  ]);
});

test('brokers may be told by name, with the port of the listener or another one', async () => {
  await using dir = await workspace();
  const named = (keys: string) => edit('{ host: kafka.example.com, ports: 9094-9193 }', `{ ${keys} }`, SOUND_KAFKA);
  const sni = 'b{node}.kafka.example.com';
  assert.deepEqual(kafkaListener(dir.load(named(`sni: "${sni}"`))).advertise, { sni });
  assert.deepEqual(kafkaListener(dir.load(named(`sni: "${sni}", port: 443`))).advertise, { sni, port: 443 });
});

test('references are resolved once and never in what they brought', async () => {
  await using dir = await workspace();
  dir.write('broker.password', '$' + '{env:OTHER}\r\n');
  const upstream = (username: string) =>
    edit(
      'address: broker:1883\n',
      `address: broker:1883\n      username: "${username}"\n      password: "\${file:broker.password}"\n`,
    );
  const cases = [
    [`\${env:WHO}`, 'me'],
    [`a-\${env:WHO}-\${env:NEST}`, `a-me-\${env:WHO}`],
    [`$\${env:WHO}`, `\${env:WHO}`],
    ['100$', '100$'],
  ] as const;
  for (const [written, expected] of cases) {
    const result = dir.load(upstream(written), { env: { WHO: 'me', NEST: `\${env:WHO}`, OTHER: 'x' } });
    assert.ok(result.ok, JSON.stringify(!result.ok && result.problems));
    const { username, password } = mqttListener(result).upstream;
    assert.equal(username, expected);
    assert.equal(password, `\${env:OTHER}`);
  }
});

test('the result names every file it looked at, missing ones too, and its hash follows their content', async () => {
  await using dir = await workspace();
  const good = dir.load(SOUND);
  assert.ok(good.ok);
  const names = ['headgate.yaml', 'ca.pem', 'server.pem', 'server.key'].map((name) => dir.file(name));
  assert.deepEqual(new Set(good.files), new Set(names));
  assert.equal(good.hash, contentHash(good.files));

  const bad = dir.load(edit('ca: ca.pem', 'ca: other.pem'));
  assert.ok(!bad.ok);
  assert.ok(bad.files.includes(dir.file('other.pem')));
  assert.equal(bad.hash, contentHash(bad.files));
  dir.write('other.pem', 'now it is there');
  assert.notEqual(bad.hash, contentHash(bad.files));
});

test('a file that is not there is a problem of the file as a whole', async () => {
  await using dir = await workspace();
  dir.write('headgate.yaml', SOUND);
  const cases = [
    ['absent.yaml', 'the file does not exist'],
    ['.', 'the file is a directory, not a file'],
  ] as const;
  const { loadConfig } = await import('../../../../proxy/control-plane/config/load.ts');
  for (const [name, message] of cases) {
    const result = loadConfig(dir.file(name), { env: {} });
    assert.ok(!result.ok);
    assert.deepEqual(
      result.problems.map((problem) => [problem.line, problem.column, problem.message]),
      [[1, 1, message]],
    );
  }
});

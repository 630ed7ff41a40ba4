/** What is said about a broken Kafka listener or role. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { broken, type Case, testBroken } from './broken.ts';
import { edit, KAFKA_LISTENER, SOUND_KAFKA, workspace } from './support.ts';

const L = 'listeners[1]';
const ADVERTISE = '{ host: kafka.example.com, ports: 9094-9193 }';

const advertise = (to: string, message: RegExp, fix?: RegExp): Case =>
  broken(`advertise: ${ADVERTISE}`, `advertise: ‸${to}`, `${L}.upstream.advertise`, message, fix);
const ports = (to: string, message: RegExp, fix?: RegExp): Case =>
  broken('ports: 9094-9193', `ports: ‸${to}`, `${L}.upstream.advertise.ports`, message, fix);
const sni = (to: string, message: RegExp): Case =>
  broken(ADVERTISE, `{ sni: ‸"${to}" }`, `${L}.upstream.advertise.sni`, message);
const kafka = (to: string, key: string, message: RegExp, fix?: RegExp): Case =>
  broken('protocol: kafka\n', `protocol: kafka\n    kafka: { ${to} }\n`, `${L}.kafka.${key}`, message, fix);
const rule = (to: string, key: string, message: RegExp, fix?: RegExp): Case =>
  broken(
    '{ topic: "orders.", prefix: true, operations: [write] }',
    to,
    `roles.device.kafka.allow[0]${key}`,
    message,
    fix,
  );

const LONG = 'a'.repeat(60);

const CASES: readonly Case[] = [
  // the cluster
  broken('bootstrap: [kafka-1:9092, kafka-2:9092]', 'bootstrap: ‸[]', `${L}.upstream.bootstrap`, /must not be empty/),
  broken(
    '[kafka-1:9092, kafka-2:9092]',
    '[‸kafka-1]',
    `${L}.upstream.bootstrap[0]`,
    /must be an address/,
    /add the port/,
  ),
  broken(
    '      advertise',
    '      ‸username: u\n      advertise',
    `${L}.upstream.username`,
    /not known/,
    /protocol: mqtt/,
  ),
  broken(
    '      advertise',
    '      localAddress: ‸eth0\n      advertise',
    `${L}.upstream.localAddress`,
    /must be an IP address/,
  ),
  broken(
    '      advertise',
    '      localAddress: ‸"fe80::1%eth0"\n      advertise',
    `${L}.upstream.localAddress`,
    /IP address/,
  ),
  broken(
    '      advertise',
    '      metadataInterval: ‸999ms\n      advertise',
    `${L}.upstream.metadataInterval`,
    /at least 1s/,
  ),
  // what clients are told
  advertise('{}', /either "host" and "ports" are needed, or "sni"/),
  advertise('{ host: a }', /either "host" and "ports" are needed/),
  advertise('{ ports: 9094-9193 }', /either "host" and "ports" are needed/),
  advertise('{ bindPorts: 9094-9193 }', /either "host" and "ports" are needed/),
  advertise('{ host: a, ports: 9094-9193, sni: "b{node}.a" }', /"host" and "sni" exclude each other/),
  advertise('{ sni: "b{node}.a", firstNodeId: 1 }', /"firstNodeId" and "sni" exclude each other/),
  advertise('{ host: a, ports: 9094-9193, port: 443 }', /"port" belongs to "sni"/),
  broken(
    'host: kafka.example.com',
    'host: ‸kafka.example.com:9094',
    `${L}.upstream.advertise.host`,
    /a host name or an IP/,
    /without a port/,
  ),
  broken('host: kafka.example.com', 'host: ‸10.0.0.300', `${L}.upstream.advertise.host`, /a host name or an IP/),
  ports('9094', /must be a range of ports such as 9094-9193, not a number/),
  ports('9193-9094', /must be a range of ports/),
  ports('9094-70000', /must be a range of ports/),
  ports('20000-21024', /at most 1024 ports/),
  broken(
    'ports: 9094-9193',
    'ports: 9094-9193, bindPorts: ‸9094-9192',
    `${L}.upstream.advertise.bindPorts`,
    /as many ports as "ports": 100, not 99/,
  ),
  broken('ports: 9094-9193', 'ports: 9094-9193, firstNodeId: ‸-1', `${L}.upstream.advertise.firstNodeId`, /at least 0/),
  sni('kafka.example.com', /\{node\} exactly once/),
  sni('b{node}-{node}.example.com', /\{node\} exactly once/),
  sni('b {node}.example.com', /host name for every node id/),
  sni(`${LONG}{node}.example.com`, /host name for every node id/),
  sni('10.0.0.{node}', /host name for every node id/),
  // nobody else listens there
  ports('9000-9099', /^127.0.0.1:9000-9099 is taken by listeners\[1\].listen\[0\] \(127.0.0.1:9093\)$/, /"bindPorts"/),
  ports('8883-8982', /is taken by listeners\[0\].listen\[0\] \(127.0.0.1:8883\)/),
  broken(
    'ports: 9094-9193',
    'ports: 9094-9193, bindPorts: ‸8800-8899',
    `${L}.upstream.advertise.bindPorts`,
    /is taken by listeners\[0\]/,
    /^use other ports$/,
  ),
  broken(
    'listen: 127.0.0.1:9093',
    'listen: [127.0.0.1:9093, ‸127.0.0.1:9093]',
    `${L}.listen[1]`,
    /is taken by listeners\[1\].listen\[0\]/,
  ),
  broken(
    'listen: 127.0.0.1:8883',
    'listen: [127.0.0.1:8883, "[::]:9100", 0.0.0.0:9193]',
    `${L}.upstream.advertise.ports`,
    /\(0.0.0.0:9193\)/,
  ),
  broken(
    'workers: 1',
    'probe: { listen: ‸0.0.0.0:9094 }',
    'probe.listen',
    /is taken by listeners\[1\].upstream.advertise.ports \(127.0.0.1:9094-9193\)/,
  ),
  broken(
    'listen: 127.0.0.1:9093',
    'listen: [127.0.0.1:9093, 0.0.0.0:9092]',
    `${L}.upstream.advertise.ports`,
    /^0.0.0.0:9094-9193 is taken by listeners\[1\].upstream.advertise.ports/,
  ),
  broken(
    'listen: 127.0.0.1:9093',
    'listen: [127.0.0.1:9094, "[::1]:9094"]',
    `${L}.upstream.advertise.ports`,
    /^127.0.0.1:9094-9193 is taken by listeners\[1\].listen\[0\]/,
  ),
  // limits of the protocol
  kafka('maxFrameSize: ‸2GiB', 'maxFrameSize', /at most 1GiB/),
  kafka('maxRequestSize: ‸101MiB', 'maxRequestSize', /not be above "maxFrameSize"/),
  kafka('maxFrameSize: 300MiB, memory: ‸299MiB', 'memory', /not be below "maxFrameSize"/),
  kafka('maxInFlight: ‸0', 'maxInFlight', /at least 1/),
  kafka('maxInFlight: ‸1001', 'maxInFlight', /at most 1000/),
  kafka('maxThrottle: ‸0s', 'maxThrottle', /at least 100ms/),
  kafka('hideApis: [‸createTopics]', 'hideApis[0]', /must be one of Produce, Fetch, /, /did you mean CreateTopics\?/),
  kafka('hideApis: [‸ApiVersions]', 'hideApis[0]', /must be one of/),
  broken('protocol: kafka\n', 'protocol: kafka\n    ‸mqtt: {}\n', `${L}.mqtt`, /not known/, /"protocol: mqtt"/),
  broken(
    'protocol: mqtt\n',
    'protocol: mqtt\n    ‸kafka: {}\n',
    'listeners[0].kafka',
    /not known/,
    /"protocol: kafka"/,
  ),
  // rules
  rule('‸{ topic: a, group: b, operations: [read] }', '', /only one of "topic", "group"/),
  rule('‸{ operations: [read] }', '', /one of "topic", .* is needed/),
  rule('‸{ topic: a }', '.operations', /"operations" is missing/),
  rule('{ topic: a, operations: [‸reed] }', '.operations[0]', /must be one of all, read/, /did you mean read\?/),
  rule('{ cluster: ‸false, operations: [create] }', '.cluster', /must be true/),
  rule('{ topic: a, operations: [read], hosts: [‸10.0.0.0/33] }', '.hosts[0]', /must be a range/),
  rule('{ topic: a, operations: [read], hosts: ‸[] }', '.hosts', /must not be empty/),
];

testBroken(CASES, SOUND_KAFKA);

test('faults of both kinds of listeners are told at once', async () => {
  await using dir = await workspace();
  const text = edit('ports: 9094-9193', 'ports: 9094', SOUND_KAFKA)
    .replace('address: broker:1883', 'address: broker')
    .replace('operations: [write]', 'operations: [writ]');
  assert.deepEqual(
    dir.problems(text).map(({ path }) => path),
    [
      'listeners[0].upstream.address',
      'listeners[1].upstream.advertise.ports',
      'roles.device.kafka.allow[0].operations[0]',
    ],
  );
});

test('the same ports on another address, or named by SNI, are nobody else’s', async () => {
  await using dir = await workspace();
  const second = KAFKA_LISTENER.replace('orders', 'billing').replace('127.0.0.1', '127.0.0.2');
  const named = KAFKA_LISTENER.replace('orders', 'named')
    .replace(':9093', ':9092')
    .replace(ADVERTISE, '{ sni: "b{node}.a" }');
  assert.deepEqual(dir.problems(edit('trust:\n', `${second}${named}trust:\n`, SOUND_KAFKA)), []);
});

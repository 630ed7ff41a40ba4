/** What is said about a broken configuration: each case breaks one place of `SOUND`; ‸ is where the problem must point. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { broken, type Case, testBroken } from './broken.ts';
import { edit, marked, SOUND, workspace } from './support.ts';

const L = 'listeners[0]';

const CASES: readonly Case[] = [
  // keys
  broken(
    '    protocol',
    '    ‸protcol: x\n    protocol',
    `${L}.protcol`,
    /^the key "protcol" is not known$/,
    /did you mean "protocol"\?/,
  ),
  broken('profile: mozilla', '‸profil: mozilla', `${L}.tls.profil`, /not known/, /^did you mean "profile"\?$/),
  broken('workers: 1', '‸Workers: 1', 'Workers', /not known/, /did you mean "workers"\?/),
  broken(
    'address: broker',
    'address: b:1\n      ‸bootstrap: [a:1]\n      username: broker',
    `${L}.upstream.bootstrap`,
    /not known/,
    /"protocol: kafka"/,
  ),
  broken(
    'workers: 1',
    'workers: 1\n‸workers: 2',
    'workers',
    /^the key "workers" is there twice$/,
    /the first is in line 25; keep one/,
  ),
  broken('{ O: Acme }', '{ O: Acme, ‸O: Other }', 'identities[0].when.subject.O', /there twice/),
  broken('devices: { ca', '‸__proto__: { ca: x.pem }\n  devices: { ca', 'trust', /"__proto__" is reserved/),
  broken('devices: { ca', '‸"iot.ca": { ca: ca.pem }\n  devices: { ca', 'trust.iot.ca', /a name has 1 to 64 letters/),
  broken('workers: 1', '‸[a, b]: 1', '', /a key must be plain text/),
  broken(
    '      key: server.key\n',
    '',
    `${L}.tls.key`,
    /the key "key" is missing/,
    /add "key" \(a PEM file\): The private key/,
  ),
  broken('    principal: "{CN}"\n', '', 'identities[0]', /one of "principal", "kafkaPrincipalRules" is needed/),
  // kinds
  broken('name: plant', 'name: ‸7', `${L}.name`, /must be a name, not a number/, /in quotes/),
  broken('name: plant', 'name: ‸"a b"', `${L}.name`, /a name has 1 to 64 letters/),
  broken('protocol: mqtt', 'protocol: ‸mqt', `${L}.protocol`, /must be one of mqtt, kafka/, /did you mean mqtt\?/),
  broken('mozilla-modern', '‸mozilla-moderm', `${L}.tls.profile`, /must be one of/, /did you mean mozilla-modern\?/),
  broken('clients: [devices]', 'clients: ‸devices', `${L}.tls.clients`, /must be a list, not text/, /in brackets/),
  broken('clients: [devices]', 'clients: ‸[]', `${L}.tls.clients`, /the list must not be empty/),
  broken('    upstream:\n      address: broker:1883', '    ‸upstream:', `${L}.upstream`, /has no value/),
  broken('      clients: [devices]\n', '', `${L}.tls`, /"clients" is needed/),
  broken(
    '      clients: [devices]\n',
    '      clientAuth: optional\n',
    `${L}.tls`,
    /"clients" is needed with clientAuth: optional/,
  ),
  broken(
    'clients: [devices]',
    'clientAuth: none\n      ‸clients: [devices]',
    `${L}.tls.clients`,
    /no certificate is asked for/,
  ),
  broken(
    'trust: devices, subject',
    'anonymous: true, trust: devices, subject',
    'identities[0].when',
    /only one of "trust", "anonymous"/,
  ),
  broken(
    '{ ca: ca.pem }',
    '{ ca: ca.pem, revocation: { ‸crl: [cdp] } }',
    'trust.devices.revocation.crl',
    /"crlHosts" is needed with crl: cdp/,
  ),
  broken(
    '{ ca: ca.pem }',
    '{ ca: ca.pem, revocation: { ‸crlHosts: [crl.example] } }',
    'trust.devices.revocation.crlHosts',
    /only the lists of crl: cdp/,
  ),
  broken(
    '{ ca: ca.pem }',
    '{ ca: ca.pem, revocation: { crl: cdp, crlHosts: [a.example, ‸"b.example:80"] } }',
    'trust.devices.revocation.crlHosts[1]',
    /"b.example:80" is never the host of a URL/,
  ),
  broken(
    '{ ca: ca.pem }',
    '{ ca: ca.pem, revocation: { crl: cdp, crlHosts: [‸Crl.example] } }',
    'trust.devices.revocation.crlHosts[0]',
    /never the host of a URL/,
    /lower case/,
  ),
  broken('workers: 1', 'workers: ‸65', 'workers', /must be at most 64/),
  broken('workers: 1', 'workers: ‸1.5', 'workers', /must be auto, or a whole number/),
  broken('workers: 1', 'maxConnections: ‸0', 'maxConnections', /must be at least 1/),
  broken('workers: 1', 'maxConnections: ‸many', 'maxConnections', /must be a whole number, not text/),
  broken('workers: 1', 'telemetry: { sampling: ‸2 }', 'telemetry.sampling', /must be at most 1/),
  broken('workers: 1', 'telemetry: { endpoint: ‸"ftp://x" }', 'telemetry.endpoint', /http:\/\/ or https:\/\//),
  // durations, sizes, addresses, ranges
  broken('workers: 1', 'reloadInterval: ‸10', 'reloadInterval', /must be a duration .*, not a number/, /add the unit/),
  broken('workers: 1', 'reloadInterval: ‸10 s', 'reloadInterval', /must be a duration such as/),
  broken('workers: 1', 'reloadInterval: ‸2h', 'reloadInterval', /must be at most 1h/),
  broken('    tls:\n', '    timeouts: { packet: ‸50ms }\n    tls:\n', `${L}.timeouts.packet`, /must be at least 100ms/),
  broken(
    '    tls:\n',
    '    mqtt: { maxPacketSize: ‸1000000 }\n    tls:\n',
    `${L}.mqtt.maxPacketSize`,
    /must be a size/,
    /add the unit/,
  ),
  broken(
    '    tls:\n',
    '    mqtt: { maxPacketSize: ‸1GiB }\n    tls:\n',
    `${L}.mqtt.maxPacketSize`,
    /must be at most 64MiB/,
  ),
  broken('    tls:\n', '    mqtt: { maxKeepAlive: ‸1500ms }\n    tls:\n', `${L}.mqtt.maxKeepAlive`, /whole seconds/),
  broken(
    '    tls:\n',
    '    mqtt: { maxPacketSize: 1KiB, maxConnectSize: ‸2KiB }\n    tls:\n',
    `${L}.mqtt.maxConnectSize`,
    /must not be above "maxPacketSize"/,
  ),
  broken('listen: 127.0.0.1:8883', 'listen: ‸8883', `${L}.listen[0]`, /must be an address such as/),
  broken('listen: 127.0.0.1:8883', 'listen: ‸":8883"', `${L}.listen[0]`, /must be an address/, /write 0.0.0.0:8883/),
  broken('listen: 127.0.0.1:8883', 'listen: [127.0.0.1:1, ‸"127.0.0.1:70000"]', `${L}.listen[1]`, /must be an address/),
  broken(
    'listen: 127.0.0.1:8883',
    'listen: ‸gate.example:8883',
    `${L}.listen[0]`,
    /must be an IP address or localhost/,
  ),
  broken('listen: 127.0.0.1:8883', 'listen: ‸10.0.0.300:8883', `${L}.listen[0]`, /must be an address/),
  broken('address: broker:1883', 'address: ‸broker', `${L}.upstream.address`, /must be an address/, /add the port/),
  broken('address: broker:1883', 'address: ‸broker:0', `${L}.upstream.address`, /port 0 cannot be connected to/),
  broken(
    '    tls:\n',
    '    proxyProtocol: [10.0.0.0/8, ‸10.0.0.0/33]\n    tls:\n',
    `${L}.proxyProtocol[1]`,
    /must be a range/,
  ),
  broken(
    'publish: 50/s',
    'publish: ‸50',
    'roles.device.limits.publish',
    /must be a rate such as .*, not a number/,
    /add the unit/,
  ),
  broken('publish: 50/s', 'publish: ‸50/day', 'roles.device.limits.publish', /per s, min or h/),
  broken('publish: 50/s', 'bytes: ‸50/s', 'roles.device.limits.bytes', /needs a unit of bytes/),
  // a limit that is written in full
  broken('publish: 50/s', 'publish: { limit: ‸50 }', 'roles.device.limits.publish.limit', /must be a rate such as/),
  broken('publish: 50/s', 'publish: { limit: ‸50/day }', 'roles.device.limits.publish.limit', /per s, min or h/),
  broken('publish: 50/s', 'publish: ‸{ burst: 5s }', 'roles.device.limits.publish.limit', /"limit" is missing/),
  broken(
    'publish: 50/s',
    'publish: { limit: 50/s, burst: ‸long }',
    'roles.device.limits.publish.burst',
    /is not a duration/,
  ),
  broken(
    'publish: 50/s',
    'publish: { limit: 50/s, ‸onExced: reject }',
    'roles.device.limits.publish.onExced',
    /is not known/,
    /did you mean "onExceed"\?/,
  ),
  broken(
    'publish: 50/s',
    'publish: { limit: 50/s, onExceed: ‸rejct }',
    'roles.device.limits.publish.onExceed',
    /must be one of/,
    /did you mean reject\?/,
  ),
  // limits of a group
  broken('publish: 50/s', 'scope: ‸group', 'roles.device.limits.scope', /must be principal, or group: and a name/),
  broken(
    'publish: 50/s',
    'scope: group:a, inFlight: ‸5',
    'roles.device.limits.inFlight',
    /counts for one connection and cannot be shared by a group/,
  ),
  broken(
    'workers: 1',
    'workers: 1\nlimits: { scope: group:a, packetSize: ‸1KiB }',
    'limits.packetSize',
    /cannot be shared by a group/,
  ),
  broken(
    '    tls:\n',
    '    limits: { scope: group:a, subscriptions: ‸5 }\n    tls:\n',
    `${L}.limits.subscriptions`,
    /cannot be shared by a group/,
  ),
  // quotas of Kafka
  broken('publish: 50/s', 'quota: ‸kafka', 'roles.device.limits.quota', /is for the limits of a Kafka listener/),
  broken(
    '    tls:\n',
    '    limits: { quota: ‸kafka, bytes: 1KiB/s }\n    tls:\n',
    `${L}.limits.quota`,
    /is for the limits of a Kafka listener/,
  ),
  // what ties the parts together
  broken(
    'clients: [devices]',
    'clients: [‸device]',
    `${L}.tls.clients[0]`,
    /no trust store is called "device"/,
    /did you mean "devices"\?/,
  ),
  broken('clients: [devices]', 'clients: [devices, ‸devices]', `${L}.tls.clients[1]`, /there twice/),
  broken(
    'when: { trust: devices',
    'when: { trust: ‸laptops',
    'identities[0].when.trust',
    /no trust store is called "laptops"/,
    /add it under "trust"/,
  ),
  broken(
    'roles: [device]',
    'roles: [device, ‸devics]',
    'identities[0].roles[1]',
    /^no role is called "devics"$/,
    /did you mean "device"\?/,
  ),
  broken(
    '      address: broker:1883',
    '      address: broker:1883\n      ‸password: pw',
    `${L}.upstream.password`,
    /without a user name/,
  ),
  broken(
    '      address: broker:1883',
    '      address: b:1\n      username: u\n      passthrough: ‸true',
    `${L}.upstream.passthrough`,
    /exclude each other/,
  ),
  broken(
    '      address: broker:1883',
    '      ‸address: b:1\n      addresses: [b:2]',
    `${L}.upstream`,
    /only one of "address", "addresses" may be given/,
  ),
  broken(
    '      address: broker:1883',
    '      ‸connectTimeout: 1s',
    `${L}.upstream`,
    /one of "address", "addresses" is needed/,
  ),
  broken(
    '      address: broker:1883',
    '      address: b:1\n      tls: ‸{ ca: ca.pem, key: server.key }',
    `${L}.upstream.tls`,
    /"certificate" and "key" belong together/,
  ),
  broken('- publish: "plant/{CN}/#"', '- ‸{ publish: "a", will: "a" }', 'roles.device.mqtt.allow[0]', /only one of/),
  broken('- publish: "plant/{CN}/#"', '- ‸{ qos: [0] }', 'roles.device.mqtt.allow[0]', /is needed/),
  broken(
    '- publish: "plant/{CN}/#"',
    '- { publish: a, qos: [‸3] }',
    'roles.device.mqtt.allow[0].qos[0]',
    /must be one of 0, 1, 2/,
  ),
  broken(
    'workers: 1',
    'probe: { listen: ‸127.0.0.1:8883 }',
    'probe.listen',
    /127.0.0.1:8883 is taken by listeners\[0\].listen\[0\]/,
  ),
  broken('workers: 1', 'probe: { listen: ‸0.0.0.0:8883 }', 'probe.listen', /is taken by listeners\[0\]/),
  broken(
    'listen: 127.0.0.1:8883',
    'listen: ["[::1]:8883", ‸"[0:0::1]:8883"]',
    `${L}.listen[1]`,
    /\[::1\]:8883 is taken/,
  ),
  broken(
    'workers: 1',
    'admin: ‸{ listen: 127.0.0.1:1, socket: x.sock, token: "0123456789abcdef" }',
    'admin',
    /only one of "socket", "listen"/,
  ),
  broken('workers: 1', 'admin: { listen: ‸127.0.0.1:1 }', 'admin.listen', /over TCP a token is needed/),
  broken(
    'workers: 1',
    'admin: { listen: ‸0.0.0.0:1, token: "0123456789abcdef" }',
    'admin.listen',
    /mutual TLS is needed/,
  ),
  broken('workers: 1', 'admin: { listen: 127.0.0.1:1, token: ‸short }', 'admin.token', /at least 16 characters/),
  broken('workers: 1', 'admin: { ‸token: "0123456789abcdef" }', 'admin.token', /is for "listen"/),
  broken('workers: 1', `admin: { socket: ‸/${'x'.repeat(120)} }`, 'admin.socket', /at most 103 bytes/),
  broken('workers: 1', 'audit: { file: ‸absent/a.jsonl }', 'audit.file', /the directory .*absent" does not exist/),
  // the policy's own checks, at their places
  broken('{ O: Acme }', '{ O: ‸"{" }', 'identities[0].when.subject.O', /brace|closed|\{/),
  broken('publish: "plant/{CN}/#"', 'publish: ‸"plant/#/x"', 'roles.device.mqtt.allow[0].publish', /#/),
  broken('publish: "plant/{CN}/#"', 'publish: ‸"plant/{serial}/#"', 'roles.device.mqtt.allow[0].publish', /serial/),
  // references
  broken(
    'address: broker',
    `address: b:1\n      username: ‸"\${env:NONE}"\n      # broker`,
    `${L}.upstream.username`,
    /no variable "NONE"/,
  ),
  broken(
    'address: broker',
    `address: b:1\n      username: ‸"\${env:EMPTY}"\n      # broker`,
    `${L}.upstream.username`,
    /"EMPTY" is empty/,
  ),
  broken(
    'address: broker',
    `address: b:1\n      username: ‸"\${file:none.txt}"\n      # broker`,
    `${L}.upstream.username`,
    /"none.txt" does not exist/,
  ),
  broken(
    'address: broker',
    `address: b:1\n      username: ‸"\${vault:x}"\n      # broker`,
    `${L}.upstream.username`,
    /followed by neither env: nor file:/,
  ),
  broken(
    'address: broker',
    `address: b:1\n      username: ‸"\${env:X"\n      # broker`,
    `${L}.upstream.username`,
    /is not closed/,
  ),
  broken('address: broker:1883', `address: ‸"\${env:B}"`, `${L}.upstream.address`, /takes no \$\{env/),
  broken('{ O: Acme }', `{ O: ‸"\${env:B}" }`, 'identities[0].when.subject.O', /takes no \$\{env/),
];

testBroken(CASES);

/** YAML that cannot be read. */
const UNREADABLE: readonly (readonly [name: string, text: string, message: RegExp])[] = [
  ['empty file', '‸', /the file is empty/],
  ['only a comment', '‸# nothing\n', /the file is empty/],
  ['tab as indentation', 'log:\n‸\tlevel: info\n', /tab is used for indentation/],
  ['unquoted address in brackets', 'probe: { listen: [::]‸:1 }\n', /belong|missing/],
  ['unclosed bracket', 'a: [1, 2\n‸b: 1\n', /bracket above is not closed/],
  ['unclosed quote', 'a: "x\n‸', /missing/],
  ['two documents', 'workers: 1\n‸---\nworkers: 2\n', /several YAML documents/],
  ['unknown tag', 'workers: ‸!secret x\n', /tag \(!name\) is not known/],
  ['unknown alias', 'workers: ‸*none\n', /refers to no anchor/],
  ['alias of itself', 'workers: &a [‸*a]\n', /refers to no anchor/],
  ['two keys in a line', 'workers: ‸a: b\n', /more than one|nested|belong/],
  ['control character', 'workers: ‸\u0001\n', /control character/],
];

for (const [name, marking, message] of UNREADABLE) {
  test(`YAML that cannot be read has its place: ${name}`, async () => {
    await using dir = await workspace();
    const { text, line, column } = marked(marking);
    const problems = dir.problems(text);
    const problem = problems.find((one) => message.test(one.message));
    assert.equal(`${problem?.line}:${problem?.column}`, `${line}:${column}`, JSON.stringify(problems));
  });
}

test('all problems of all parts are told at once, in the order of the file', async () => {
  await using dir = await workspace();
  const text = SOUND.replace('mozilla-modern', 'mozilla-old')
    .replace('ca.pem', 'none.pem')
    .replace('trust: devices,', 'trust: nowhere,')
    .replace('50/s', '50')
    .replace('workers: 1', 'worker: 1');
  assert.deepEqual(
    dir.problems(text).map(({ line, path }) => `${line} ${path}`),
    [
      '6 listeners[0].tls.profile',
      '13 trust.devices.ca',
      '16 identities[0].when.trust',
      '24 roles.device.limits.publish',
      '25 worker',
    ],
  );
});

test('a second listener of the same name is told beside the faults of the first', async () => {
  await using dir = await workspace();
  const second = SOUND.slice(SOUND.indexOf('  - name: plant'), SOUND.indexOf('trust:\n')).replace('8883', '8884');
  const problems = dir.problems(edit('trust:\n', `${second}trust:\n`));
  assert.deepEqual(
    problems.map(({ line, column, message }) => `${line}:${column} ${message}`),
    ['12:11 another listener is called "plant": listeners[0]'],
  );
});

test('identities keep their numbers in problems when others have the wrong shape', async () => {
  await using dir = await workspace();
  const text = edit(
    'identities:\n',
    'identities:\n  - { name: wrong }\n  - { name: other, when: { trust: devices }, principal: "{", roles: [device] }\n',
  );
  const paths = dir.problems(text).map(({ line, path }) => `${line} ${path}`);
  assert.ok(paths.includes('16 identities[1].principal'), paths.join());
});

test('a byte order mark and line ends of Windows change no position', async () => {
  await using dir = await workspace();
  const { text, line, column } = marked(edit('mozilla-modern', '‸mozilla-old'));
  for (const variant of [`\ufeff${text}`, text.replaceAll('\n', '\r\n'), `\ufeff${text.replaceAll('\n', '\r\n')}`]) {
    const problems = dir.problems(variant);
    assert.deepEqual(
      problems.map((problem) => [problem.line, problem.column]),
      [[line, column]],
    );
    assert.equal(problems[0]?.excerpt, '      profile: mozilla-old');
  }
  assert.ok(dir.load(`\ufeff${SOUND.replaceAll('\n', '\r\n')}`).ok);
});

test('text that is not UTF-8 is named', async () => {
  await using dir = await workspace();
  const [problem] = dir.problems(Buffer.from(SOUND, 'utf16le'));
  assert.match(problem?.message ?? '', /not UTF-8|control character/);
  const [latin] = dir.problems(Buffer.concat([Buffer.from(SOUND), Buffer.from('# caf\xe9\n', 'latin1')]));
  assert.match(latin?.message ?? '', /not UTF-8/);
});

test('an anchor may say a thing once', async () => {
  await using dir = await workspace();
  const second =
    '  - name: other\n    protocol: mqtt\n    listen: 127.0.0.1:8884\n    tls: *tls\n    upstream: { address: b:1 }\n';
  const result = dir.load(edit('    tls:\n', '    tls: &tls\n').replace('trust:\n', `${second}trust:\n`));
  assert.ok(result.ok, JSON.stringify(!result.ok && result.problems));
  assert.deepEqual(result.config.listeners[1]?.plan.tls, result.config.listeners[0]?.plan.tls);
});

test('the groups of a listener count with those of each identity', async () => {
  await using dir = await workspace();
  const shared = (group: string) => `{ scope: group:${group}, publish: 5/s }`;
  const roles = ['a', 'b', 'c'].map((name) => `  ${name}: { limits: ${shared(name)} }\n`).join('');
  const text = (group: string) =>
    SOUND.replace('[device]', '[device, a, b, c]')
      .replace('roles:\n  device', `roles:\n${roles}  device`)
      .replace('    tls:\n', `    limits: ${shared(group)}\n    tls:\n`)
      .replace('workers: 1', `workers: 1\nlimits: ${shared('d')}`);
  assert.deepEqual(dir.problems(text('a')), []);
  const [problem, ...more] = dir.problems(text('e'));
  assert.deepEqual([problem?.path, more], ['listeners[0].limits.scope', []]);
  assert.match(problem?.message ?? '', /a client of devices would share limits with 5 groups \(a, b, c, d, e\)/);
});

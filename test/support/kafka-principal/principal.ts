/** Java's names and expressions and Kafka's principal mapper as an oracle: `KafkaPrincipal.java` tells the format. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../child.ts';
import { kafkaLibs } from '../kafka-dist.ts';
import { findTool } from '../require-tool.ts';
import { tempDir } from '../temp-dir.ts';

const SOURCE = join(import.meta.dirname, 'KafkaPrincipal.java');
/** Milliseconds: compiling takes two seconds, a hundred thousand answers less. */
const DEADLINE = 60_000;

/** One line of questions; `answers` of one line come in the order of its texts. */
export type Question =
  | { readonly kind: 'name'; readonly der: Uint8Array }
  | { readonly kind: 'rules' | 'regex'; readonly source: string; readonly texts: readonly string[] };

/** Compiles the program and gives its lines: for each question the answers, or `['!']` where it refuses the source. */
export async function askJava(questions: readonly Question[]): Promise<string[][]> {
  const libs = await kafkaLibs();
  if (libs === undefined) throw new Error('there is no Apache Kafka');
  await using dir = tempDir();
  const jars = join(libs, '*');
  const output = join(dir.path, 'answers');
  await run('javac', ['-proc:none', '-cp', jars, '-d', dir.path, SOURCE]);
  const flags = ['-XX:+UseSerialGC', '-Xmx256m', '-Xss16m', '-cp', `${dir.path}:${jars}`];
  await run('java', [...flags, 'KafkaPrincipal', output], questions.map(lineOf).join(''));
  return readFileSync(output, 'ascii')
    .split('\n', questions.length)
    .map((line) => line.split(' '));
}

async function run(tool: string, args: readonly string[], input = ''): Promise<void> {
  const { code, stderr } = await runChild(findTool(tool) ?? tool, args, { input, deadline: DEADLINE });
  if (code !== 0) throw new Error(`${tool} exited with ${code}: ${stderr}`);
}

function lineOf(question: Question): string {
  if (question.kind === 'name') return `name\t${Buffer.from(question.der).toString('hex')}\n`;
  return `${[question.kind, ...[question.source, ...question.texts].map(toUnits)].join('\t')}\n`;
}

/** The UTF-16 units of a text, four hexadecimal digits each. */
export function toUnits(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('hex');
}

export function fromUnits(hex: string): string {
  return Buffer.from(hex, 'hex').swap16().toString('utf16le');
}

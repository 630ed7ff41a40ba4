/** Kafka's own authorizer as an oracle: `KafkaAuthorizer.java` tells the format. */
import { join } from 'node:path';
import { KAFKA_RESOURCE_TYPES } from '../../../policies/acl/kafka-operations.ts';
import type { KafkaRuleSource } from '../../../policies/source.ts';
import { runChild } from '../child.ts';
import { findTool } from '../require-tool.ts';
import { tempDir } from '../temp-dir.ts';
import { CLUSTER, EVERYONE, type Question, type RuleSet } from './rule-set.ts';

const SOURCE = join(import.meta.dirname, 'KafkaAuthorizer.java');
/** Milliseconds: compiling takes two seconds, a quarter of a million answers as long. */
const DEADLINE = 60_000;

/**
 * What the wildcard is about. Documented: every name. As it is: not a name that is longer than an
 * asterisk and begins with one, which Kafka (4.3.1) takes for no match of the literal `*`; a second
 * rule with `*` as a prefix makes it what is documented, and changes nothing else.
 */
export type Wildcard = 'documented' | 'as-it-is';

/** Compiles the program against the jars in `libs` and gives its answers, in the order of the questions. */
export async function askKafka(libs: string, sets: readonly RuleSet[], wildcard: Wildcard): Promise<number[][]> {
  await using dir = tempDir();
  const jars = join(libs, '*');
  await run('javac', ['-proc:none', '-cp', jars, '-d', dir.path, SOURCE]);
  const flags = ['-XX:+UseSerialGC', '-Xmx256m', '-cp', `${dir.path}:${jars}`];
  const output = await run('java', [...flags, 'KafkaAuthorizer'], sets.map((set) => textOf(set, wildcard)).join(''));
  return output.split('\n', sets.length).map((line) => line.split(' ').map(Number));
}

async function run(tool: string, args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await runChild(findTool(tool) ?? tool, args, { input, deadline: DEADLINE });
  if (code !== 0) throw new Error(`${tool} exited with ${code}: ${stderr}`);
  return stdout;
}

function textOf({ roles, questions }: RuleSet, wildcard: Wildcard): string {
  const lines: string[] = [];
  for (const [role, { allow = [], deny = [] }] of Object.entries(roles)) {
    const principal = `User:${role === EVERYONE ? '*' : role}`;
    for (const rule of allow) lines.push(...bindingsOf(rule, principal, 'ALLOW', wildcard));
    for (const rule of deny) lines.push(...bindingsOf(rule, principal, 'DENY', wildcard));
  }
  return `${[...lines, ...questions.map(questionText), 'end'].join('\n')}\n`;
}

/** One rule is a binding for each of its operations and hosts. */
function bindingsOf(rule: KafkaRuleSource, principal: string, permission: string, wildcard: Wildcard): string[] {
  const type = KAFKA_RESOURCE_TYPES.find((one) => rule[one] !== undefined) ?? 'cluster';
  const name = type === 'cluster' ? CLUSTER : (rule[type] ?? '');
  const patterns = [rule.prefix ? 'PREFIXED' : 'LITERAL'];
  if (name === '*' && wildcard === 'documented') patterns.push('PREFIXED');
  return patterns.flatMap((pattern) =>
    rule.operations.flatMap((operation) =>
      (rule.hosts ?? ['*']).map((host) =>
        ['rule', javaName(type), pattern, name, principal, host, javaName(operation), permission].join('\t'),
      ),
    ),
  );
}

function questionText({ kind, principal, host, operation, type, name }: Question): string {
  const asked = {
    one: [javaName(operation), javaName(type), name],
    any: [javaName(operation), javaName(type)],
    all: [javaName(type), name],
  };
  return [kind, principal, host, ...asked[kind]].join('\t');
}

/** `describeConfigs` -> `DESCRIBE_CONFIGS` */
function javaName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

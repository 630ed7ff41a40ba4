/** Rules held against Kafka's own SslPrincipalMapper. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { KafkaRuleError, type KafkaRules, parseKafkaRules } from '../../../../policies/identity/kafka-rule/rules.ts';
import { requireKafka } from '../../../support/kafka-dist.ts';
import { Counts } from '../../../support/kafka-principal/counts.ts';
import { JAVA_ONLY } from '../../../support/kafka-principal/java-only.ts';
import { askJava, fromUnits } from '../../../support/kafka-principal/principal.ts';
import { ruleCases } from '../../../support/kafka-principal/rule-texts.ts';
import { without } from '../../../support/require-tool.ts';

const SEED = 20_261_124;
const skip = requireKafka() || without('javac');

test('rules make the principals that Kafka makes', { skip }, async (t) => {
  const cases = fc.sample(ruleCases, { seed: SEED, numRuns: 16_000 });
  const answers = await askJava(cases.map((one) => ({ kind: 'rules', ...one })));
  const seen = new Counts();
  for (const [i, { source, texts }] of cases.entries()) {
    const kafka = answers[i] ?? [];
    const rules = parsed(source);
    if (typeof rules === 'string') {
      seen.add(kafka[0] === '!' ? 'refused by both' : refusedHere(source, rules, kafka));
      continue;
    }
    for (const [k, name] of texts.entries()) seen.add(sameAnswer(rules, source, name, kafka[k] ?? ''));
  }
  seen.atLeast('principal', 20_000);
  seen.atLeast('no rule applies', 2_000);
  seen.atLeast('refused by both', 200);
  seen.tell(t);
});

test('L and U change every character as Kafka does', { skip }, async (t) => {
  const all = Array.from({ length: 0x11000 }, (_, point) => point).filter((point) => !isOdd(point));
  const texts = all.map((point) => `x${String.fromCodePoint(point)}`);
  const sources = ['RULE:^(.*)$/$1/L', 'RULE:^(.*)$/$1/U'];
  const answers = await askJava(sources.map((source) => ({ kind: 'rules', source, texts })));
  const differences: string[] = [];
  for (const [i, source] of sources.entries()) {
    const rules = parseKafkaRules(source);
    for (const [k, text] of texts.entries()) {
      const mapped = rules.map(text);
      const ours = 'principal' in mapped ? mapped.principal : mapped.problem;
      if (ours !== fromUnits(answers[i]?.[k]?.slice(1) ?? '')) differences.push(text.slice(1));
    }
  }
  // Letters that have a second case only since a version of Unicode that one of the two does not know.
  const points = differences.map((char) => `U+${(char.codePointAt(0) as number).toString(16)}`);
  t.diagnostic(`${points.length} differ: ${points.join(' ')}`);
  assert.ok(points.length < 200);
});

function isOdd(point: number): boolean {
  return (
    point < 0x20 ||
    (point > 0x7e && point < 0xa0) ||
    (point >= 0xd800 && point < 0xe000) ||
    point === 0x2028 ||
    point === 0x2029
  );
}

function parsed(source: string): KafkaRules | string {
  try {
    return parseKafkaRules(source);
  } catch (error) {
    if (error instanceof KafkaRuleError) return error.message;
    throw error;
  }
}

/** Why we refuse what Kafka takes. A replacement is refused only if no name gets a principal by it. */
function refusedHere(source: string, message: string, kafka: readonly string[]): string {
  if (message.startsWith('there is no rule')) {
    assert.ok(
      kafka.every((answer) => answer === '?'),
      source,
    );
    return 'without any rule';
  }
  if (message.startsWith('the pattern')) return JAVA_ONLY.exec(message)?.[0] ?? assert.fail(`${source}: ${message}`);
  if (message.includes('inside a repeated group')) return 'takes a group inside a repeated group';
  assert.match(message, /^the replacement/, source);
  if ((source.match(/RULE:|DEFAULT/g) ?? []).length === 1) {
    assert.ok(
      kafka.every((answer) => !answer.startsWith('=')),
      `${source}: ${message}`,
    );
  }
  return 'a replacement that fails';
}

function sameAnswer(rules: KafkaRules, source: string, name: string, kafka: string): string {
  const mapped = rules.map(name);
  const about = JSON.stringify({ source, name, kafka, mapped });
  if ('principal' in mapped) {
    assert.equal(mapped.principal, kafka.startsWith('=') ? fromUnits(kafka.slice(1)) : undefined, about);
    return 'principal';
  }
  const { problem } = mapped;
  if (problem.startsWith('no rule')) {
    assert.equal(kafka, '?', about);
    return 'no rule applies';
  }
  if (problem.includes('version of Java')) return 'beyond ASCII';
  // What is left is a principal of Kafka's that is none here.
  assert.ok(kafka.startsWith('='), about);
  const principal = fromUnits(kafka.slice(1));
  if (problem.includes('empty')) assert.equal(principal, '', about);
  else if (problem.includes('in two')) assert.ok(!principal.isWellFormed(), about);
  else if (problem.includes('control')) assert.match(principal, /\p{Cc}/u, about);
  else assert.ok(Buffer.byteLength(principal) > 256, about);
  return problem;
}

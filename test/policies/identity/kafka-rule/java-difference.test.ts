/** Names and expressions held against Java's own. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { printName } from '../../../../policies/identity/kafka-rule/distinguished-name.ts';
import { compileRegex, findAll, type Regex } from '../../../../policies/identity/kafka-rule/regex/regex.ts';
import { RegexError } from '../../../../policies/identity/kafka-rule/regex/syntax.ts';
import { TAG } from '../../../../policies/x509/der.ts';
import { requireKafka } from '../../../support/kafka-dist.ts';
import { Counts } from '../../../support/kafka-principal/counts.ts';
import { JAVA_ONLY } from '../../../support/kafka-principal/java-only.ts';
import { patterns, texts } from '../../../support/kafka-principal/patterns.ts';
import { askJava, fromUnits } from '../../../support/kafka-principal/principal.ts';
import { without } from '../../../support/require-tool.ts';
import { attribute, name as derName, tlv } from '../../x509/der-writer.ts';

const SEED = 20_261_124;
const PLENTY = 1_000_000;
const skip = requireKafka() || without('javac');

const OIDS = ['2.5.4.3', '2.5.4.6', '2.5.4.7', '2.5.4.8', '2.5.4.9', '2.5.4.10', '2.5.4.11'].concat(
  ...[
    '2.5.4.4',
    '2.5.4.5',
    '2.5.4.12',
    '2.5.4.17',
    '2.5.4.42',
    '1.2.840.113549.1.9.1',
    '2.5.4.97',
    '1.3.6.1.4.1.99999.7',
  ],
  ...['0.9.2342.19200300.100.1.1', '0.9.2342.19200300.100.1.25'],
);
const PRINTABLE = ['a', 'B', ' ', ' ', '=', ',', '+', '.', "'", '/', '1', 'x'.repeat(150)];
const ASCII = [...PRINTABLE, '#', ';', '<', '>', '"', '\\', '@', '*'];

const value = fc.oneof(
  fc.record({ tag: fc.constant<number>(TAG.utf8String), value: characters([...ASCII, 'ß', '€', '😀']) }),
  fc.record({ tag: fc.constant<number>(TAG.printableString), value: characters(PRINTABLE) }),
  fc.record({ tag: fc.constant<number>(TAG.ia5String), value: characters(ASCII) }),
);
const attributes = fc.tuple(fc.constantFrom(...OIDS), value).map(([oid, rest]) => ({ oid, ...rest }));
const subjects = fc.array(fc.array(attributes, { minLength: 1, maxLength: 3 }), { maxLength: 5 });

test('a name is printed as Java prints it', { skip }, async (t) => {
  const cases = fc.sample(subjects, { seed: SEED, numRuns: 5_000 });
  const answers = await askJava(
    cases.map((rdns) => ({
      kind: 'name',
      der: derName(...rdns.map((rdn) => rdn.map((one) => attribute(one.oid, tlv(one.tag, Buffer.from(one.value)))))),
    })),
  );
  for (const [i, rdns] of cases.entries()) {
    assert.deepEqual(printName(rdns), { text: fromUnits(answers[i]?.[0] ?? '') }, JSON.stringify(rdns));
  }
  t.diagnostic(`${cases.length} names`);
});

test('an expression matches as java.util.regex does', { skip }, async (t) => {
  const shape = fc.record({ source: patterns, texts: fc.array(texts, { minLength: 4, maxLength: 4 }) });
  const cases = fc.sample(shape, { seed: SEED, numRuns: 12_000 });
  const answers = await askJava(cases.map((one) => ({ kind: 'regex', ...one })));
  const seen = new Counts();
  for (const [i, { source, texts }] of cases.entries()) {
    const java = answers[i] ?? [];
    const regex = compiled(source);
    if (typeof regex === 'string') {
      seen.add(
        java[0] === '!' ? 'refused by both' : (JAVA_ONLY.exec(regex)?.[0] ?? assert.fail(`${source}: ${regex}`)),
      );
      continue;
    }
    for (const [k, text] of texts.entries()) {
      if (regex.asciiOnly && /[^\0-\x7f]/.test(text)) continue;
      const ours = spans(regex, text);
      assert.equal(steady(regex, ours), steady(regex, java[k] ?? ''), JSON.stringify({ source, text }));
      seen.add(ours === '0' ? 'no match' : 'match');
    }
  }
  seen.atLeast('match', 20_000);
  seen.atLeast('no match', 2_000);
  seen.tell(t);
});

function characters(of: readonly string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...of), { maxLength: 6 }).map((chars) => chars.join(''));
}

function compiled(source: string): Regex | string {
  try {
    return compileRegex(source);
  } catch (error) {
    if (error instanceof RegexError) return error.message;
    throw error;
  }
}

function spans(regex: Regex, text: string): string {
  const found = [...findAll(regex, text, { steps: PLENTY })].map(({ start, end, slots }) =>
    [start, end, ...slots].join(','),
  );
  return [regex.matches(text, { steps: PLENTY }) ? '1' : '0', ...found].join(';');
}

/** Without the groups that a rule must not take. */
function steady(regex: Regex, answer: string): string {
  if (regex.unsteady.size === 0) return answer;
  const [whole = '', ...found] = answer.split(';');
  const kept = found.map((one) => one.split(',').filter((_, i) => !regex.unsteady.has(i >> 1)));
  return [whole, ...kept.map((one) => one.join(','))].join(';');
}

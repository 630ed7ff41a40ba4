import assert from 'node:assert/strict';
import test from 'node:test';
import { edit, marked } from '../../control-plane/config/support.ts';
import { lint, RULE } from './support.ts';

const EVERYTHING = '        - publish: "#"';
const NEXT = '        # headgate-lint-disable-next-line';

/** Rules in place of the only one, and what is left: the place (‸) and the lint. */
const SILENCERS: readonly (readonly [about: string, rules: string, left?: string])[] = [
  ['at the end of the line', `${EVERYTHING} # headgate-lint-disable-line allow-everything: console`],
  ['on the line above', `${NEXT} allow-everything: console\n${EVERYTHING}`],
  ['several comments above', `${NEXT} allow-everything: console\n\n        # and more\n${EVERYTHING}`],
  [
    'several lints at once',
    `${EVERYTHING}\n${NEXT} redundant-rule, look-alike: OPS-12\n        - publish: "\u0430b"`,
    ' ‸"#" allow-everything',
  ],
  [
    'another lint than the one found',
    `        - publish: ‸"#" # headgate-lint-disable-line redundant-rule: console`,
    'allow-everything unused-silencer',
  ],
  [
    'another line',
    `${NEXT} allow-everything: console\n${RULE}        - subscribe: ‸"#"`,
    'unused-silencer allow-everything',
  ],
  [
    'no reason',
    `        - publish: ‸"#" # headgate-lint-disable-line allow-everything`,
    'allow-everything bad-silencer',
  ],
  [
    'an empty reason',
    `        - publish: ‸"#" # headgate-lint-disable-line allow-everything:  `,
    'allow-everything bad-silencer',
  ],
  [
    'an unknown lint',
    `        - publish: ‸"#" # headgate-lint-disable-line allow-everythin: console`,
    'allow-everything bad-silencer',
  ],
  [
    'a form that is none',
    `        - publish: ‸"#" # headgate-lint-ignore allow-everything: console`,
    'allow-everything bad-silencer',
  ],
  ['silencing the silencers', `${RULE}        # headgate-lint-disable-line unused-silencer: never`, 'bad-silencer'],
  ['nothing to silence', `${RULE}        # headgate-lint-disable-next-line allow-everything: never`, 'unused-silencer'],
];

for (const [about, rules, left = ''] of SILENCERS) {
  test(`a silencer ${about}`, async () => {
    const { text } = marked(edit(RULE, `${rules.replace(/\n$/, '')}\n`));
    const { code, out } = await lint(text, '--json');
    const { findings } = JSON.parse(out[0] ?? '');
    const ids = findings.map((one: { lint: string }) => one.lint);
    const expected = left.split(' ').filter((word) => /^[a-z-]+$/.test(word));
    assert.deepEqual(ids, expected, JSON.stringify(findings, null, 1));
    assert.equal(code, expected.length === 0 ? 0 : 1);
  });
}

test('what looks like a comment inside of a text is none', async () => {
  for (const principal of [
    '"{CN} # headgate-lint"',
    '|-\n      {CN} # headgate-lint',
    "'# headgate-lint {CN}'",
    '|-\n      # headgate-lint {CN}',
  ]) {
    assert.equal((await lint(edit('principal: "{CN}"', `principal: ${principal}`))).code, 0, principal);
  }
});

test('what is wrong with a silencer is reported at the comment', async () => {
  const { out } = await lint(edit(RULE, `${EVERYTHING} # headgate-lint-disable-line allow-everythin: console\n`));
  assert.match(
    out[1] ?? '',
    /FILE:\d+:24: warning: there is no lint "allow-everythin"; did you mean allow-everything\? \[bad-silencer\]/,
  );
});

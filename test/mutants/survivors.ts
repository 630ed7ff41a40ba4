/** Mutants that are known to survive, each with the reason. `npm run mutants` fails for any other. */

export interface KnownSurvivors {
  readonly file: string;
  /** Why no test can or need tell the mutants from the code. */
  readonly reason: string;
  /** Original and mutated code as `npm run mutants` prints them. */
  readonly mutants: readonly (readonly [original: string, mutated: string])[];
}

export const SURVIVORS: readonly KnownSurvivors[] = [
  {
    file: 'policies/acl/kafka-access.ts',
    reason: 'equivalent: of the refusal that shadow mode lets through only the rule is read',
    mutants: [
      ['false', 'true'],
      ['false', 'true'],
    ],
  },
  {
    file: 'policies/acl/kafka-check.ts',
    reason: 'equivalent: the types of a rule are those of its keys that have a value',
    mutants: [["''", '"Stryker was here!"']],
  },
  {
    file: 'policies/acl/filter-index.ts',
    reason: 'equivalent: whether few filters are looked at one by one and one alone is sorted is a matter of speed',
    mutants: [
      ['all.length <= FEW', 'false'],
      ['all.length <= FEW', 'all.length < FEW'],
      ['found.length > 1', 'true'],
      ['found.length > 1', 'found.length >= 1'],
    ],
  },
  {
    file: 'policies/acl/mqtt-access.ts',
    reason: 'equivalent: parseTopicFilter throws nothing else',
    mutants: [['!(error instanceof TopicFilterError)', 'false']],
  },
  {
    file: 'policies/acl/mqtt-access.ts',
    reason: 'equivalent: a function that ends returns undefined',
    mutants: [['{ // Not UTF-8 although the caller promised it: refused, nev … g near. return undefined; }', '{}']],
  },
  {
    file: 'policies/acl/template.ts',
    reason: 'equivalent: a template has an odd number of pieces, so that the text behind a variable is always there',
    mutants: [
      ["''", '"Stryker was here!"'],
      ["''", '"Stryker was here!"'],
    ],
  },
  {
    file: 'policies/acl/template.ts',
    reason: 'equivalent: what stands behind a { is at 1 at least',
    mutants: [['close < 0', 'close <= 0']],
  },
  {
    file: 'policies/acl/template.ts',
    reason: 'equivalent: text between the pieces of a level with variables moves no wildcard to where one may stand',
    mutants: [["''", '"Stryker was here!"']],
  },
  {
    file: 'policies/acl/template.ts',
    reason: 'equivalent: a value that is missing or empty is refused twice, by fillFilter and by fillTemplate',
    mutants: [
      ['filled === undefined', 'false'],
      ["value !== ''", 'true'],
      ["''", '"Stryker was here!"'],
    ],
  },
  {
    file: 'policies/acl/topic-filter.ts',
    reason: 'equivalent: a text has at least as many bytes as characters; looking at them first only saves counting',
    mutants: [['text.length > MAX_TOPIC_BYTES', 'false']],
  },
  {
    file: 'policies/acl/topic-filter.ts',
    reason: 'equivalent: UTF-8 is the default of Buffer.byteLength',
    mutants: [["'utf8'", '""']],
  },
  {
    file: 'policies/acl/topic-filter.ts',
    reason: 'equivalent: without a group there are no levels behind it either, which is refused alike',
    mutants: [['group === undefined', 'false']],
  },
  {
    file: 'policies/limits/blocks.ts',
    reason: 'equivalent: a role that does not exist states no limits',
    mutants: [['[]', '["Stryker was here"]']],
  },
  {
    file: 'policies/limits/by-identity.ts',
    reason: 'equivalent: a text in the place of a block states no limits',
    mutants: [['[]', '["Stryker was here"]']],
  },
  {
    file: 'policies/limits/check-limits.ts',
    reason: 'equivalent: a limit that is a text has neither burst nor onExceed that could be wrong',
    mutants: [['!long', 'false']],
  },
  {
    file: 'policies/limits/check-limits.ts',
    reason: 'equivalent: the readers of rates and durations throw nothing else',
    mutants: [['!(error instanceof RateError)', 'false']],
  },
  {
    file: 'policies/limits/effective.ts',
    reason: 'equivalent: a text in the place of a group has no limits',
    mutants: [
      ['[]', '["Stryker was here"]'],
      ['[]', '["Stryker was here"]'],
    ],
  },
  {
    file: 'policies/limits/effective.ts',
    reason: 'equivalent: of two that are equally hard either is the hardest',
    mutants: [
      [
        'ON_EXCEED.indexOf(shared.onExceed) > ON_EXCEED.indexOf(hardest)',
        'ON_EXCEED.indexOf(shared.onExceed) >= ON_EXCEED.indexOf(hardest)',
      ],
    ],
  },
  {
    file: 'policies/limits/gcra.ts',
    reason: 'equivalent: a TAT of now is as good as one in the past, which never makes anybody wait',
    mutants: [
      ['tat > now', 'true'],
      ['tat > now', 'tat >= now'],
      ['tat > now', 'tat >= now'],
      ['tat > now', 'tat >= now'],
    ],
  },
  {
    file: 'policies/limits/gcra.ts',
    reason:
      'equivalent: what costs a full bucket or more is bounded by the full bucket behind it; asking first saves counting',
    mutants: [
      ['n >= bucket.burst', 'false'],
      ['n >= bucket.burst', 'n > bucket.burst'],
    ],
  },
  {
    file: 'policies/limits/kafka-quota.ts',
    reason: 'equivalent: at the bound the time to wait is none',
    mutants: [['rate > bound', 'rate >= bound']],
  },
  {
    file: 'policies/limits/rate.ts',
    reason: 'equivalent: a match has all its groups, and without a match there is no factor either',
    mutants: [
      ["''", '"Stryker was here!"'],
      ["''", '"Stryker was here!"'],
      ["''", '"Stryker was here!"'],
      ['match === null', 'false'],
    ],
  },
  {
    file: 'policies/limits/scope.ts',
    reason: 'equivalent: neither text names a group',
    mutants: [["''", '"Stryker was here!"']],
  },
  {
    file: 'policies/identity/compile.ts',
    reason: 'equivalent: what is compiled counts only where no problem was reported, and here one was',
    mutants: [
      ["''", '"Stryker was here!"'],
      ['[]', '["Stryker was here"]'],
    ],
  },
  {
    file: 'policies/identity/compile.ts',
    reason: 'equivalent: parseKafkaRules throws nothing else',
    mutants: [['!(error instanceof KafkaRuleError)', 'false']],
  },
  {
    file: 'policies/identity/match-identity.ts',
    reason: 'equivalent: of an attribute that is found there is a value',
    mutants: [["''", '"Stryker was here!"']],
  },
  {
    file: 'policies/identity/pattern.ts',
    reason: 'equivalent: whoever asks for foldsCase takes undefined for no',
    mutants: [
      ['() => false', '() => undefined'],
      ['() => false', '() => undefined'],
    ],
  },
  {
    file: 'policies/identity/pattern.ts',
    reason: 'equivalent: a text that is split at undefined is left whole',
    mutants: [
      ['kind.separator === undefined', 'false'],
      ['separator !== undefined', 'true'],
    ],
  },
  {
    file: 'policies/identity/pattern.ts',
    reason: 'equivalent: text has no constraint, and a variable that has one has a value',
    mutants: [
      ['parts.filter(isPlaceholder)', 'parts'],
      ["''", '"Stryker was here!"'],
    ],
  },
  {
    file: 'policies/identity/pattern.ts',
    reason: 'equivalent: an empty literal of a segment is as good as none, and there is always a last level',
    mutants: [
      ["piece !== ''", 'true'],
      ["''", '"Stryker was here!"'],
      ['levels.at(-1)?.push', 'levels.at(-1).push'],
    ],
  },
  {
    file: 'policies/identity/template.ts',
    reason: 'equivalent: what ends a placeholder is at 1 at least',
    mutants: [['close < 0', 'close <= 0']],
  },
  {
    file: 'policies/identity/template.ts',
    reason: 'equivalent: compileConstraint throws nothing else',
    mutants: [['!(error instanceof RegexError)', 'false']],
  },
];

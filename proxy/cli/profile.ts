import { nearest } from '../control-plane/config/suggest.ts';
import { allowedKeys } from '../shared/tls/key-rules.ts';
import { TLS_PROFILE_NAMES, TLS_PROFILES, type TlsProfile } from '../shared/tls/profiles.ts';
import { defineCommand, EXITS } from './command.ts';
import { EXIT } from './io.ts';
import { table } from './table.ts';
import { exactly, UsageError } from './usage-error.ts';

/** `headgate profile`: the TLS profiles with their sources, one in full, or the differences of two. */
export const profileCommand = defineCommand({
  name: 'profile',
  usage: 'list | show NAME | diff A B [--json]',
  options: { json: { type: 'boolean', help: 'print JSON instead of a table' } },
  positionals: true,
  notes: [
    'list: every profile with the date of its source. show: one in full. diff: what A has and B has not (-), and the',
    'other way round (+). `listeners[].tls.profile` chooses one.',
  ],
  exits: [EXITS.ok, EXITS.usage],
  async run({ values, positionals }, io) {
    for (const line of linesOf(positionals, values.json ?? false)) io.out(line);
    return EXIT.ok;
  },
});

function linesOf([verb, ...names]: readonly string[], json: boolean): readonly string[] {
  switch (verb) {
    case 'list':
      exactly(names, []);
      return list(json);
    case 'show': {
      const [name] = exactly(names, ['NAME']);
      return show(profileNamed(name), json);
    }
    case 'diff': {
      const [a, b] = exactly(names, ['A', 'B']);
      return diff(profileNamed(a), profileNamed(b), json);
    }
    default:
      throw new UsageError(verb === undefined ? 'a command is missing' : `no command ${JSON.stringify(verb)}`);
  }
}

function list(json: boolean): readonly string[] {
  const profiles = TLS_PROFILE_NAMES.map((name) => TLS_PROFILES[name]);
  if (json) return [asJson(profiles)];
  const rows = profiles.map(({ name, date, versions, groups, source }) => {
    return [name, date, versions.join(', '), groups.postQuantum.join(', '), source];
  });
  return table(['NAME', 'DATE', 'VERSIONS', 'POST-QUANTUM', 'SOURCE'], rows);
}

function show(profile: TlsProfile, json: boolean): readonly string[] {
  if (json) return [asJson(profile)];
  const rows = facts(profile).flatMap(({ title, values }) => {
    return (values.length === 0 ? ['none'] : values).map((value, i) => [i === 0 ? title : '', value]);
  });
  return table(['name', profile.name], rows);
}

/** How one property of `b` differs from that of `a`. */
interface Difference {
  readonly title: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** Values that both have are in another order. */
  readonly reordered: boolean;
}

function diff(a: TlsProfile, b: TlsProfile, json: boolean): readonly string[] {
  const differences = differencesBetween(a, b);
  if (json) return [asJson(differences)];
  const lines = differences.flatMap(({ title, removed, added, reordered }) => [
    '',
    `${title}${reordered ? ' in another order' : ''}`,
    ...removed.map((value) => `  - ${value}`),
    ...added.map((value) => `  + ${value}`),
  ]);
  return [`- ${a.name}`, `+ ${b.name}`, ...lines];
}

function differencesBetween(a: TlsProfile, b: TlsProfile): readonly Difference[] {
  const others = facts(b);
  return facts(a).flatMap(({ title, values }, i) => {
    const theirs = others[i]?.values ?? [];
    const removed = values.filter((value) => !theirs.includes(value));
    const added = theirs.filter((value) => !values.includes(value));
    const kept = values.filter((value) => theirs.includes(value));
    const theirKept = theirs.filter((value) => values.includes(value));
    const reordered = kept.some((value, k) => value !== theirKept[k]);
    return removed.length + added.length > 0 || reordered ? [{ title, removed, added, reordered }] : [];
  });
}

/** A profile for people; titles and their order are the same for all. */
function facts(profile: TlsProfile): readonly { readonly title: string; readonly values: readonly string[] }[] {
  const { source, date, versions, suites, groups, signatures, order, certificateDays, notes } = profile;
  return [
    { title: 'source', values: [source] },
    { title: 'date', values: [date] },
    { title: 'versions', values: versions },
    { title: 'TLSv1.3 suites', values: suites['TLSv1.3'] },
    { title: 'TLSv1.2 suites', values: suites['TLSv1.2'] },
    { title: 'order of suites', values: [`the ${order}'s`] },
    { title: 'post-quantum groups', values: groups.postQuantum },
    { title: 'classic groups', values: groups.classic },
    { title: 'signatures', values: signatures },
    { title: 'certificate keys', values: allowedKeys(profile.name) },
    {
      title: 'certificate life',
      values: [certificateDays === undefined ? 'no limit' : `up to ${certificateDays} days`],
    },
    { title: 'notes', values: notes },
  ];
}

function profileNamed(typed: string): TlsProfile {
  const name = TLS_PROFILE_NAMES.find((one) => one === typed);
  if (name !== undefined) return TLS_PROFILES[name];
  const near = nearest(typed, TLS_PROFILE_NAMES);
  const hint = near === undefined ? `the profiles are ${TLS_PROFILE_NAMES.join(', ')}` : `did you mean ${near}?`;
  throw new UsageError(`no profile ${JSON.stringify(typed)}; ${hint}`);
}

/** With null where a profile says nothing. */
function asJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (inner === undefined ? null : inner), 2);
}

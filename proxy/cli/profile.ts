import { parseArgs } from 'node:util';
import { nearest } from '../control-plane/config/suggest.ts';
import { allowedKeys } from '../shared/tls/key-rules.ts';
import { TLS_PROFILE_NAMES, TLS_PROFILES, type TlsProfile } from '../shared/tls/profiles.ts';
import { EXIT, type Io } from './io.ts';
import { table } from './table.ts';
import { wrongUsage } from './wrong-usage.ts';

/** The command line does not make sense; exit code 2. */
class UsageError extends Error {}

/** `headgate profile`: the TLS profiles with their sources, one in full, or what differs between two. */
export async function profileCommand(argv: string[], io: Io): Promise<number> {
  try {
    for (const line of answer(argv)) io.out(line);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return wrongUsage('profile', error.message, io);
  }
}

function answer(argv: string[]): readonly string[] {
  const { positionals, json } = readArguments(argv);
  const [command, ...names] = positionals;
  switch (command) {
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
      throw new UsageError(command === undefined ? 'a command is missing' : `no command ${JSON.stringify(command)}`);
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

/** What `b` has not of `a`, and what it has instead. */
interface Difference {
  readonly title: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** The same values, of which others come first. */
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

function readArguments(argv: string[]): { readonly positionals: readonly string[]; readonly json: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      options: { json: { type: 'boolean' } },
      allowPositionals: true,
    });
    return { positionals, json: values.json ?? false };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function exactly<const T extends readonly string[]>(given: readonly string[], wanted: T): { [K in keyof T]: string } {
  const missing = wanted[given.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  if (given.length > wanted.length) throw new UsageError(`"${given[wanted.length]}" is one argument too many`);
  return given as unknown as { [K in keyof T]: string };
}

function profileNamed(typed: string): TlsProfile {
  const name = TLS_PROFILE_NAMES.find((one) => one === typed);
  if (name !== undefined) return TLS_PROFILES[name];
  const near = nearest(typed, TLS_PROFILE_NAMES);
  const hint = near === undefined ? `there are ${TLS_PROFILE_NAMES.join(', ')}` : `did you mean ${near}?`;
  throw new UsageError(`no profile ${JSON.stringify(typed)}; ${hint}`);
}

/** With null where a profile says nothing. */
function asJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (inner === undefined ? null : inner), 2);
}

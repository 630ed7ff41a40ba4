import type { CommandName } from './command-name.ts';

interface Help {
  readonly usage: string;
  /** Rows of option and meaning; may be empty. */
  readonly options: readonly (readonly [string, string])[];
  /** Further sentences. */
  readonly notes?: readonly string[];
  /** Rows of exit code and meaning. */
  readonly exits: readonly (readonly [number, string])[];
}

const OK = [0, 'done'] as const;
const USAGE = [2, 'wrong usage'] as const;

/** Of every command that asks a running headgate. */
const ADMIN = [
  ['--admin WHERE', 'admin socket or URL; default $HEADGATE_ADMIN or ./headgate.sock'],
  ['--token-file FILE', 'bearer token, for an admin URL'],
  ['--ca FILE', 'authority of the admin server, for an https URL'],
  ['--cert FILE', 'client certificate, for an https URL'],
  ['--key FILE', 'its key'],
] as const;

/** `headgate pki` has subcommands and prints its own. */
export const HELP: Readonly<Record<Exclude<CommandName, 'pki'>, Help>> = {
  run: {
    usage: 'headgate run [--config FILE]',
    options: [['--config FILE', 'the configuration (YAML); default headgate.yaml']],
    notes: [
      'SIGHUP reloads configuration, certificates and keys and opens the audit file anew.',
      'SIGTERM and SIGINT drain; a second one ends at once.',
    ],
    exits: [
      [0, 'drained after SIGTERM or SIGINT'],
      [1, 'cannot start or cannot go on, for example a port is taken'],
      [2, 'wrong usage, or the configuration has errors (all are printed)'],
    ],
  },
  check: {
    usage: 'headgate check --config FILE [--json]',
    options: [
      ['--config FILE', 'the configuration (YAML)'],
      ['--json', 'print the result and the problems as one JSON object'],
    ],
    exits: [
      [0, 'the configuration is sound'],
      [2, 'wrong usage, or the configuration has errors (all are printed, with file:line:column and the fix)'],
    ],
  },
  lint: {
    usage: 'headgate lint --config FILE [--json]',
    options: [
      ['--config FILE', 'the configuration (YAML); the files that it names need not be there'],
      ['--json', 'print the findings, and those that a comment silences, as one JSON object'],
    ],
    notes: [
      'docs/lint.md says what each finding means. One that is meant is silenced with its reason:',
      '  # headgate-lint-disable-line LINT: REASON          at the end of its line',
      '  # headgate-lint-disable-next-line LINT: REASON     on a line above it',
    ],
    exits: [
      [0, 'nothing was found'],
      [1, 'there are findings'],
      [2, 'wrong usage, or the configuration has errors'],
    ],
  },
  test: {
    usage: 'headgate test [--config FILE] [--junit FILE] [--coverage] FILE…',
    options: [
      ['--config FILE', 'the configuration that is tested; default: what the files of tests name'],
      ['--junit FILE', 'write the results as JUnit XML'],
      ['--coverage', 'list the rules and identities that no test touches'],
    ],
    notes: ['docs/policy-tests.md shows a file of tests. Neither brokers nor certificates and keys are needed.'],
    exits: [
      [0, 'all tests pass'],
      [1, 'tests fail (each is printed with its place and the reason)'],
      [2, 'wrong usage, or a file or the configuration has errors; no test was run'],
    ],
  },
  schema: {
    usage: 'headgate schema [--tests]',
    options: [['--tests', 'of files of policy tests']],
    notes: [
      'Editors with the YAML language server take it by a first line in the file:',
      '  # yaml-language-server: $schema=headgate.schema.json',
    ],
    exits: [OK, USAGE],
  },
  demo: {
    usage: 'headgate demo [--exit]',
    options: [['--exit', 'end when the account is complete; the last line is one JSON object with the counts']],
    notes: [
      'MQTT 5 clients need mosquitto (started by the demo) or a broker at HEADGATE_MQTT=host:port; without',
      'either their steps are skipped and counted. Under CI=true that is a failure. NO_COLOR is respected.',
      'Kafka clients need Java 17 and Maven (Apache Kafka, 54 MB, is fetched once into a cache: HEADGATE_CACHE)',
      'or a broker at HEADGATE_KAFKA=host:port; without either it is the same with their steps.',
    ],
    exits: [[0, 'every expectation held'], [1, 'an expectation did not hold, or a part could not be started'], USAGE],
  },
  profile: {
    usage: 'headgate profile list | show NAME | diff A B [--json]',
    options: [['--json', 'print data instead of a table']],
    notes: [
      'list: every profile with the date of its source. show: one in full. diff: what B has not of A (-) and has',
      'instead (+). `listeners[].tls.profile` chooses one.',
    ],
    exits: [OK, USAGE],
  },
  explain: {
    usage: 'headgate explain --config FILE CLIENT [QUESTION] [--json]',
    options: [
      ['--config FILE', 'the configuration (YAML)'],
      ['--cert FILE', 'the client: its certificate and what it sends with it (PEM)'],
      ['--trust STORE', 'with --cert: the trust store that accepted it'],
      ['--facts FILE', 'the client: what its certificate shows (YAML, as in policy tests)'],
      ['--anonymous', 'the client: it shows no certificate'],
      ['--principal P', 'the client: its principal; --identity I where several may call a client so'],
      ['--var NAME=VALUE', 'a variable that the principal does not tell'],
      ['--id D', 'a decision of the running proxy; asked again of this configuration'],
      ['--mqtt ACTION', 'publish, will, receive (--topic T), subscribe (--filter F), connect; --qos, --retain, --size'],
      ['--client-id C', 'may the client use this client id?'],
      ['--kafka OPERATION', 'on --topic, --group, --transactional-id or --cluster; --host ADDRESS of the client'],
      ['--at TIME', 'with --cert and --facts: when the client comes (RFC 3339); now by default'],
      ['--json', 'one JSON object'],
      ['--admin WHERE', 'with --id, as are --token-file, --ca, --cert and --key: see headgate rejections --help'],
    ],
    exits: [
      [0, 'explained, whatever the verdict'],
      [1, 'the decision is not known, or the admin socket cannot be reached'],
      [2, 'wrong usage, or a file has errors'],
    ],
  },
  diff: {
    usage: 'headgate diff OLD NEW [--decisions FILE] [--json]',
    options: [
      ['--decisions FILE', 'an audit file: which of its rejections would be allowed'],
      ['--json', 'one JSON object'],
    ],
    notes: [
      '+ is allowed now and was not, - the other way round, ~ may be either.',
      'Certificates of trust stores are not compared.',
    ],
    exits: [
      [0, 'no verdict changes'],
      [2, 'wrong usage, or a file has errors'],
      [3, 'only narrower'],
      [4, 'wider, or perhaps'],
    ],
  },
  rejections: {
    usage: 'headgate rejections [OPTIONS]',
    options: [
      ['--principal P', 'of this principal only'],
      ['--cause C', 'of this cause only; an unknown one prints the list'],
      ['--identity I', 'of this identity of the configuration only'],
      ['--listener L', 'on this listener only'],
      ['--since 10m', 'not older than this'],
      ['--shadow', 'only what was let through because what refuses it is in shadow'],
      ['--id D', 'the one with this decision id, which clients are sent'],
      ['--limit N', 'at most so many, the newest'],
      ['--follow', 'go on printing as they happen'],
      ['--json', 'one JSON object per line'],
      ...ADMIN,
    ],
    exits: [OK, [1, 'the admin socket cannot be reached or refused'], USAGE],
  },
  inventory: {
    usage: 'headgate inventory [--json | --csv] [OPTIONS]',
    options: [
      ['--json', 'the whole inventory as one JSON object'],
      ['--csv', 'a row for each certificate and use (RFC 4180)'],
      ...ADMIN,
    ],
    exits: [OK, [1, 'the admin socket cannot be reached or refused'], USAGE],
  },
  pq: {
    usage: 'headgate pq [OPTIONS]',
    options: [
      ['--listener L', 'on this listener only'],
      ['--identity I', 'clients of this identity of the configuration only'],
      ['--principal P', 'this principal only'],
      ['--limit N', 'at most so many clients; default 100'],
      ['--json', 'one JSON object, with the clients that are hybrid, too'],
      ...ADMIN,
    ],
    notes: [
      'For listeners with `pq: report`, since they have it. Clients are those that were identified: one counts as refused',
      'when its last handshake was classic.',
    ],
    exits: [OK, [1, 'the admin socket cannot be reached or refused'], USAGE],
  },
  deny: {
    usage: 'headgate deny add WHAT [--reason TEXT] [--until TIME] | remove ID | list',
    options: [
      ['--serial S --issuer I', 'this certificate: its serial number and the name or SHA-256 of its issuer'],
      ['--sha256 H', 'the certificate with this SHA-256'],
      ['--spki H', 'certificates whose public key has this SHA-256'],
      ['--subject CN=pump-*', 'certificates whose subject matches'],
      ['--principal P', 'this principal, whatever its certificate'],
      ['--reason TEXT', 'why, for the log and for `headgate rejections`'],
      ['--until TIME', 'to the end of a day (2026-12-31), or to a time (2026-12-31T18:00:00Z)'],
      ['--json', 'one JSON object for each entry'],
      ...ADMIN,
    ],
    notes: [
      'The answer comes when every worker has ended the live sessions that are meant.',
      'Entries are kept in `state.dir`; without it they are gone with the process.',
    ],
    exits: [OK, [1, 'the admin socket cannot be reached or refused'], USAGE],
  },
  reload: {
    usage: 'headgate reload [--dry-run] [--json] [OPTIONS]',
    options: [
      ['--dry-run', 'tell what it would do, and change nothing'],
      ['--json', 'the answer as one JSON object'],
      ...ADMIN,
    ],
    notes: [
      'A dry run reads and checks the files, prepares them on every worker, and tells which parts differ, which live',
      'sessions would end and why, and which rejections of the last hour would be allowed. Files that are watched',
      '(`reloadInterval`) are taken unasked all the same: with `reloadInterval: 0s` only when asked.',
    ],
    exits: [OK, [1, 'the files are refused, or the admin socket cannot be reached or refused'], USAGE],
  },
  rollback: {
    usage: 'headgate rollback [--json] [OPTIONS]',
    options: [['--json', 'the answer as one JSON object'], ...ADMIN],
    notes: [
      'Configuration and certificates of before, as a new generation; a second rollback brings the later ones back.',
      'What is revoked and denied now stays so. The files are not touched: correct them, since their next change,',
      'or `headgate reload`, takes them again.',
    ],
    exits: [OK, [1, 'there is nothing to go back to, or the admin socket cannot be reached or refused'], USAGE],
  },
  import: {
    usage: 'headgate import kafka-acls|mosquitto|emqx FILE [--trust NAME]',
    options: [['--trust NAME', 'trust store of the clients, whose common name is the user; default clients']],
    notes: [
      'kafka-acls reads what `kafka-acls.sh --list` prints, mosquitto an acl_file, emqx an acl.conf.',
      'The YAML goes to standard output; each line that is left out or narrower is told on standard error.',
      'A subscription must lie inside of what may be read; nothing is allowed that no line allows.',
    ],
    exits: [
      [0, 'everything is carried over'],
      [1, 'something is left out or narrower'],
      [2, 'wrong usage, or the file cannot be read'],
    ],
  },
  version: { usage: 'headgate version', options: [], exits: [OK] },
  help: { usage: 'headgate help [COMMAND]', options: [], exits: [OK, USAGE] },
};

/** Help of one command as lines. */
export function renderHelp(summary: string, help: Help): string[] {
  return [
    `usage: ${help.usage}`,
    '',
    summary,
    ...(help.options.length > 0 ? ['', 'options:', ...columns(help.options)] : []),
    ...(help.notes === undefined ? [] : ['', ...help.notes]),
    '',
    'exit codes:',
    ...columns(help.exits),
  ];
}

/** Two columns, indented. */
export function columns(rows: readonly (readonly [string | number, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => String(left).length));
  return rows.map(([left, right]) => `  ${String(left).padEnd(width)}  ${right}`);
}

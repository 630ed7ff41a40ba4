/**
 * Which keys this build acts upon. A setting that is read and not enforced would be a hole that
 * nobody sees: `headgate run` refuses it, `headgate check` warns. The test holds the table and
 * the schema together in both directions.
 */
import { everyKey, type KeyNode, stepInto } from './keys.ts';
import type { Path, PathStep, Report } from './problem.ts';

/** What is not built yet, in the words of the problem. */
export type NotYet = 'revocation' | 'Kafka' | 'state on disk';

/** `true`, the feature that is missing, or, where it hangs on the value, the missing ones by value. */
export type Enforcement = true | NotYet | Readonly<Record<string, NotYet>>;

/** Keys that are enforced, section by section. */
const ENFORCED: Readonly<Record<string, readonly string[]>> = {
  '': [
    'listeners',
    'trust',
    'identities',
    'roles',
    'workers',
    'accept',
    'reader',
    'maxConnections',
    'drain',
    'log',
    'reloadInterval',
    'strictPermissions',
    'audit',
    'telemetry',
    'probe',
    'admin',
  ],
  'listeners[]': ['name', 'listen', 'proxyProtocol', 'tls', 'admission', 'timeouts', 'upstream', 'mqtt'],
  'listeners[].tls': ['profile', 'certificate', 'key', 'passphrase', 'clients'],
  'listeners[].admission': ['perAddress', 'burst', 'exempt', 'allow', 'handshakes', 'queue'],
  'listeners[].timeouts': ['handshake', 'connect', 'packet', 'upstream'],
  'listeners[].upstream': ['address', 'addresses', 'username', 'password', 'passthrough', 'tls', 'connectTimeout'],
  'listeners[].upstream.tls': ['ca', 'certificate', 'key', 'passphrase', 'serverName'],
  'listeners[].mqtt': [
    'maxPacketSize',
    'maxConnectSize',
    'maxKeepAlive',
    'maxFiltersPerSubscribe',
    'maxSubscriptions',
    'maxTopicLevels',
    'receiveMaximum',
    'topicAliasMaximum',
    'maxSessionExpiry',
    'maxUserProperties',
    'tolerateLongLengths',
  ],
  'trust.*': ['ca'],
  'identities[]': ['name', 'when', 'principal', 'roles'],
  'identities[].when': ['trust', 'subject', 'san'],
  'identities[].when.san': ['uri', 'dns', 'email', 'ip'],
  'roles.*': ['mqtt', 'limits'],
  'roles.*.mqtt': ['clientId', 'allow', 'deny', 'onDeny', 'denialBudget'],
  'roles.*.mqtt.allow[]': ['publish', 'subscribe', 'receive', 'will', 'qos', 'retain'],
  'roles.*.mqtt.deny[]': ['publish', 'subscribe', 'receive', 'will', 'qos', 'retain'],
  'roles.*.limits': ['publish', 'bytes', 'requests', 'handshakes', 'connections', 'burst', 'onExceed'],
  drain: ['delay', 'deadline', 'wills'],
  log: ['level', 'format'],
  audit: ['file', 'onOverflow'],
  telemetry: ['sampling', 'endpoint', 'traces', 'metrics'],
  probe: ['listen'],
  admin: ['socket', 'listen', 'token', 'tls', 'hosts'],
  'admin.tls': ['certificate', 'key', 'clientCa'],
};

/** Keys that are not, each with everything below it. */
const NOT_YET: Readonly<Record<string, Exclude<Enforcement, true>>> = {
  'listeners[].protocol': { kafka: 'Kafka' },
  'listeners[].upstream.bootstrap': 'Kafka',
  'listeners[].upstream.advertise': 'Kafka',
  'listeners[].upstream.advertise.host': 'Kafka',
  'listeners[].upstream.advertise.ports': 'Kafka',
  'listeners[].upstream.advertise.sni': 'Kafka',
  'trust.*.revocation': 'revocation',
  'trust.*.revocation.crl': 'revocation',
  'trust.*.revocation.ocsp': 'revocation',
  'trust.*.revocation.onStale': 'revocation',
  'roles.*.kafka': 'Kafka',
  ...kafkaRules('roles.*.kafka.allow'),
  ...kafkaRules('roles.*.kafka.deny'),
  state: 'state on disk',
  'state.dir': 'state on disk',
};

function kafkaRules(list: string): Record<string, NotYet> {
  const keys = ['topic', 'group', 'transactionalId', 'cluster', 'prefix', 'operations'];
  return Object.fromEntries([list, ...keys.map((key) => `${list}[].${key}`)].map((key) => [key, 'Kafka']));
}

/** Path of a key in the schema -> whether this build enforces it. */
export const ENFORCEMENT: ReadonlyMap<string, Enforcement> = new Map<string, Enforcement>([
  ...Object.entries(ENFORCED).flatMap(([section, keys]) =>
    keys.map((key): [string, Enforcement] => [section === '' ? key : `${section}.${key}`, true]),
  ),
  ...Object.entries(NOT_YET),
]);

/** The table against the schema: keys of the schema without a row, and rows without a key. Both are empty. */
export function compareWithSchema(keys: KeyNode): { readonly missing: string[]; readonly stale: string[] } {
  const paths = new Set([...everyKey(keys)].map(({ path }) => path).filter((path) => /[^*\]]$/.test(path)));
  return {
    missing: [...paths].filter((path) => !ENFORCEMENT.has(path)),
    stale: [...ENFORCEMENT.keys()].filter((path) => !paths.has(path)),
  };
}

/** Reports every key of `value` that is present and not enforced: an error before a run, else a warning. */
export function checkEnforced(value: unknown, keys: KeyNode, report: Report, forRun: boolean): void {
  visit(value, keys, [], (path, feature) => {
    const message = `this build does not enforce ${feature} yet`;
    if (forRun) report.error(path, message, 'remove it to run', 'key');
    else report.warning(path, `${message}; \`headgate run\` will refuse it`, 'remove it to run', 'key');
  });
}

function visit(
  value: unknown,
  key: KeyNode | undefined,
  path: Path,
  tell: (path: Path, feature: NotYet) => void,
): void {
  if (typeof value !== 'object' || value === null || key === undefined) return;
  const entries = value as Record<PathStep, unknown>;
  const steps: PathStep[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  // A listener of a protocol that is not there is one problem, not one for each of its keys.
  const protocol = missing(stepInto(key, 'protocol'), entries['protocol']);
  if (protocol !== undefined && key.path === 'listeners[]') {
    tell([...path, 'protocol'], protocol);
    return;
  }
  for (const step of steps) {
    const child = stepInto(key, step);
    const feature = missing(child, entries[step]);
    if (feature !== undefined) tell([...path, step], feature);
    else visit(entries[step], child, [...path, step], tell);
  }
}

function missing(key: KeyNode | undefined, value: unknown): NotYet | undefined {
  const enforcement = key === undefined ? undefined : ENFORCEMENT.get(key.path);
  if (enforcement === undefined || enforcement === true) return undefined;
  if (typeof enforcement === 'string') return enforcement;
  return typeof value === 'string' && Object.hasOwn(enforcement, value) ? enforcement[value] : undefined;
}

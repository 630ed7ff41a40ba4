/**
 * Which keys this build acts upon. A setting that is read and not enforced would be a hole that
 * nobody sees: `headgate run` refuses it, `headgate check` warns. The test holds the table and
 * the schema together in both directions.
 */
import { BURSTING, LIMITS, TRAFFIC } from '../../../policies/limits/keys.ts';
import type { TrafficKey } from '../../../policies/limits/table.ts';
import { everyKey, type KeyNode, stepInto } from './keys.ts';
import type { Path, PathStep, Report } from './problem.ts';

/** `true`, or the feature that is missing, in the words of the problem. */
export type Enforcement = true | string;

/** Keys that are enforced, section by section. */
const ENFORCED: Readonly<Record<string, readonly string[]>> = {
  '': [
    'listeners',
    'trust',
    'identities',
    'roles',
    'limits',
    'workers',
    'accept',
    'reader',
    'maxConnections',
    'drain',
    'log',
    'reloadInterval',
    'strictPermissions',
    'deny',
    'state',
    'audit',
    'telemetry',
    'probe',
    'admin',
  ],
  'listeners[]': [
    'name',
    'listen',
    'mode',
    'proxyProtocol',
    'tls',
    'admission',
    'timeouts',
    'limits',
    'protocol',
    'upstream',
    'mqtt',
    'kafka',
  ],
  'listeners[].tls': [
    'profile',
    'pq',
    'certificate',
    'key',
    'passphrase',
    'certificates',
    'stapling',
    'clientAuth',
    'eku',
    'clockSkew',
    'clients',
  ],
  'listeners[].tls.certificates[]': ['certificate', 'key', 'passphrase'],
  'listeners[].admission': [
    'perAddress',
    'burst',
    'exempt',
    'allow',
    'handshakes',
    'queue',
    'halfOpen',
    'halfOpenPerAddress',
  ],
  'listeners[].timeouts': ['handshake', 'connect', 'packet', 'upstream'],
  'listeners[].upstream': [
    'address',
    'addresses',
    'username',
    'password',
    'passthrough',
    'tls',
    'connectTimeout',
    'bootstrap',
    'advertise',
    'localAddress',
    'metadataInterval',
  ],
  'listeners[].upstream.advertise': ['host', 'ports', 'bindPorts', 'firstNodeId', 'sni', 'port'],
  'listeners[].upstream.tls': ['ca', 'pins', 'certificate', 'key', 'passphrase', 'serverName'],
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
  'listeners[].kafka': [
    'maxFrameSize',
    'maxRequestSize',
    'maxInFlight',
    'memory',
    'maxThrottle',
    'autoCreateTopics',
    'hideApis',
  ],
  'trust.*': ['ca', 'anchors', 'pins', 'revocation'],
  'trust.*.revocation': ['mode', 'crl', 'crlHosts', 'ocsp', 'ocspHosts', 'refresh', 'maxStaleness', 'onStale'],
  deny: ['file'],
  state: ['dir'],
  'identities[]': ['name', 'when', 'principal', 'kafkaPrincipalRules', 'roles', 'limits'],
  'identities[].when': ['trust', 'anonymous', 'subject', 'san', 'issuer', 'eku', 'serial', 'age'],
  'identities[].when.age': ['min', 'max'],
  'identities[].when.san': ['uri', 'dns', 'email', 'ip'],
  'roles.*': ['mode', 'mqtt', 'kafka', 'limits'],
  'roles.*.mqtt': ['clientId', 'allow', 'deny', 'onDeny', 'denyOverlap', 'denialBudget'],
  'roles.*.mqtt.allow[]': ['publish', 'subscribe', 'receive', 'will', 'qos', 'size', 'retain', 'mode'],
  'roles.*.mqtt.deny[]': ['publish', 'subscribe', 'receive', 'will', 'qos', 'size', 'retain', 'mode'],
  'roles.*.kafka': ['allow', 'deny'],
  'roles.*.kafka.allow[]': ['topic', 'group', 'transactionalId', 'cluster', 'prefix', 'operations', 'hosts', 'mode'],
  'roles.*.kafka.deny[]': ['topic', 'group', 'transactionalId', 'cluster', 'prefix', 'operations', 'hosts', 'mode'],
  ...limitsOf('limits'),
  ...limitsOf('listeners[].limits'),
  ...limitsOf('identities[].limits'),
  ...limitsOf('roles.*.limits'),
  drain: ['delay', 'deadline', 'wills'],
  log: ['level', 'format'],
  audit: ['file', 'onOverflow'],
  telemetry: ['sampling', 'endpoint', 'traces', 'metrics'],
  probe: ['listen'],
  admin: ['socket', 'listen', 'token', 'tls', 'hosts'],
  'admin.tls': ['certificate', 'key', 'clientCa'],
};

/** Keys that are not, each with everything below it, and the feature that is missing. None at present. */
const NOT_YET: Readonly<Record<string, string>> = {};

function limitsOf(block: string): Readonly<Record<string, readonly string[]>> {
  const inFull = (key: TrafficKey) => (BURSTING.includes(key) ? ['limit', 'burst', 'onExceed'] : ['limit', 'onExceed']);
  return {
    [block]: ['scope', 'quota', ...LIMITS, 'burst', 'onExceed'],
    ...Object.fromEntries(TRAFFIC.map((key) => [`${block}.${key}`, inFull(key)])),
  };
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
export function checkEnforced(
  value: unknown,
  keys: KeyNode,
  report: Report,
  forRun: boolean,
  enforcement: ReadonlyMap<string, Enforcement> = ENFORCEMENT,
): void {
  visit(value, keys, [], enforcement, (path, feature) => {
    const message = `this build does not enforce ${feature} yet`;
    if (forRun) report.error(path, message, 'remove it to run', 'key');
    else report.warning(path, `${message}; \`headgate run\` will refuse it`, 'remove it to run', 'key');
  });
}

function visit(
  value: unknown,
  key: KeyNode | undefined,
  path: Path,
  table: ReadonlyMap<string, Enforcement>,
  tell: (path: Path, feature: string) => void,
): void {
  if (typeof value !== 'object' || value === null || key === undefined) return;
  const entries = value as Record<PathStep, unknown>;
  const steps: PathStep[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const step of steps) {
    const child = stepInto(key, step);
    const enforcement = child === undefined ? undefined : table.get(child.path);
    if (typeof enforcement === 'string') tell([...path, step], enforcement);
    else visit(entries[step], child, [...path, step], table, tell);
  }
}

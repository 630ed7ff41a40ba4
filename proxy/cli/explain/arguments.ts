/** What `headgate explain` is asked, by its options. */
import type { PolicyRequest } from '../../../policies/analysis/policy-test/request.ts';
import type { Protocol } from '../../../policies/decision.ts';
import { parseInstant } from '../../control-plane/api/instant.ts';
import type { AdminTarget } from '../admin-client.ts';
import { adminTarget } from '../admin-options.ts';
import type { Option, Options, Values as ValuesOf } from '../command.ts';
import { requireConfig } from '../config-option.ts';
import { UsageError } from '../usage-error.ts';
import { readQuestions } from './questions.ts';

/** Options of `headgate explain`. */
export const EXPLAIN_OPTIONS = {
  config: { type: 'string', value: 'FILE', help: 'the configuration (YAML)' },
  cert: {
    type: 'string',
    value: 'FILE',
    help: 'the client: its certificate and the intermediates that it sends (PEM)',
  },
  trust: { type: 'string', value: 'STORE', help: 'with --cert: the trust store that accepted it' },
  facts: {
    type: 'string',
    value: 'FILE',
    help: 'the client: what its certificate contains (YAML, as in policy tests)',
  },
  anonymous: { type: 'boolean', help: 'the client: it sends no certificate' },
  principal: {
    type: 'string',
    value: 'P',
    help: 'the client: its principal; --identity I where several identities have it',
  },
  identity: { type: 'string' },
  var: {
    type: 'string',
    multiple: true,
    value: 'NAME=VALUE',
    help: 'a variable that the principal does not determine',
  },
  id: { type: 'string', value: 'D', help: 'a decision of the running proxy; made again with this configuration' },
  mqtt: {
    type: 'string',
    value: 'ACTION',
    help: 'publish, will, receive (--topic T), subscribe (--filter F), connect; --qos, --retain, --size',
  },
  topic: { type: 'string' },
  filter: { type: 'string' },
  qos: { type: 'string' },
  retain: { type: 'boolean' },
  size: { type: 'string' },
  'client-id': { type: 'string', value: 'C', help: 'is the client allowed to use this client id?' },
  kafka: {
    type: 'string',
    value: 'OPERATION',
    help: 'on --topic, --group, --transactional-id or --cluster; --host ADDRESS of the client',
  },
  group: { type: 'string' },
  'transactional-id': { type: 'string' },
  cluster: { type: 'boolean' },
  host: { type: 'string' },
  at: {
    type: 'string',
    value: 'TIME',
    help: 'with --cert and --facts: when the client connects (RFC 3339); default now',
  },
  json: { type: 'boolean', help: 'print one JSON object' },
  admin: {
    type: 'string',
    value: 'WHERE',
    help: 'with --id, as are --token-file, --ca, --cert and --key: see headgate rejections --help',
  },
  'token-file': { type: 'string' },
  ca: { type: 'string' },
  key: { type: 'string' },
} as const satisfies Options & Record<Protocol, Option>;

type Values = ValuesOf<typeof EXPLAIN_OPTIONS>;

/** The client that the question is about. */
export type ClientArgument =
  | { readonly kind: 'certificate'; readonly file: string; readonly trust: string | undefined }
  | { readonly kind: 'facts'; readonly file: string }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'principal'; readonly principal: string; readonly identity: string | undefined }
  | { readonly kind: 'decision'; readonly id: string; readonly target: AdminTarget };

/** What `headgate explain` is asked. */
export interface ExplainArguments {
  readonly config: string;
  readonly client: ClientArgument;
  /** Variables that the principal does not determine. */
  readonly variables: Readonly<Record<string, string>>;
  /** Empty: only who the client is. */
  readonly questions: readonly PolicyRequest[];
  /** When the client connects, in milliseconds since the epoch; undefined: now. */
  readonly at: number | undefined;
  readonly json: boolean;
}

/** @throws UsageError */
export function readArguments(values: Values): ExplainArguments {
  const config = requireConfig(values.config);
  const questions = readQuestions(values);
  if (typeof questions === 'string') throw new UsageError(questions);
  const client = readClient(values);
  const variables = readVariables(values.var ?? []);
  if (values.var !== undefined && client.kind !== 'principal' && client.kind !== 'decision') {
    throw new UsageError('--var is for --principal and --id: a certificate determines its variables itself');
  }
  const at = readTime(values.at, client);
  return { config, client, variables, questions, at, json: values.json ?? false };
}

function readTime(written: string | undefined, { kind }: ClientArgument): number | undefined {
  if (written === undefined) return undefined;
  if (kind !== 'certificate' && kind !== 'facts') {
    throw new UsageError('--at is for --cert and --facts');
  }
  const at = parseInstant(written);
  if (at === undefined) throw new UsageError('--at is an RFC 3339 time, such as 2026-11-24T08:00:00Z');
  return at;
}

function readClient(values: Values): ClientArgument {
  const { cert, facts, principal, id, anonymous, trust, identity } = values;
  // With --id the certificate is the one for the admin server.
  const given = [
    id === undefined && cert !== undefined && '--cert',
    facts !== undefined && '--facts',
    principal !== undefined && '--principal',
    id !== undefined && '--id',
    anonymous === true && '--anonymous',
  ].filter((one) => one !== false);
  if (given.length !== 1) {
    const found = given.length === 0 ? '' : `, not ${given.join(' and ')}`;
    throw new UsageError(`exactly one of --cert, --facts, --principal, --anonymous and --id names the client${found}`);
  }
  if (trust !== undefined && given[0] !== '--cert') throw new UsageError('--trust belongs to --cert');
  if (identity !== undefined && principal === undefined) throw new UsageError('--identity belongs to --principal');
  if (id !== undefined) return { kind: 'decision', id, target: adminTarget(values) };
  if (cert !== undefined) return { kind: 'certificate', file: cert, trust };
  if (facts !== undefined) return { kind: 'facts', file: facts };
  return principal === undefined ? { kind: 'anonymous' } : { kind: 'principal', principal, identity };
}

function readVariables(written: readonly string[]): Record<string, string> {
  const entries = written.map((one) => {
    const at = one.indexOf('=');
    if (at < 1) throw new UsageError('--var is of the form NAME=VALUE');
    return [one.slice(0, at), one.slice(at + 1)] as const;
  });
  return Object.fromEntries(entries);
}

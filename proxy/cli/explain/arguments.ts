/** What `headgate explain` was asked, by its options. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { PolicyRequest } from '../../../policies/analysis/policy-test/request.ts';
import type { Protocol } from '../../../policies/decision.ts';
import { parseInstant } from '../../control-plane/api/instant.ts';
import type { AdminTarget } from '../admin-client.ts';
import { ADMIN_OPTIONS, adminTarget } from '../admin-target.ts';
import { readQuestions } from './questions.ts';

const OPTIONS = {
  config: { type: 'string' },
  trust: { type: 'string' },
  facts: { type: 'string' },
  anonymous: { type: 'boolean' },
  principal: { type: 'string' },
  identity: { type: 'string' },
  var: { type: 'string', multiple: true },
  id: { type: 'string' },
  mqtt: { type: 'string' },
  kafka: { type: 'string' },
  topic: { type: 'string' },
  filter: { type: 'string' },
  qos: { type: 'string' },
  retain: { type: 'boolean' },
  size: { type: 'string' },
  'client-id': { type: 'string' },
  group: { type: 'string' },
  'transactional-id': { type: 'string' },
  cluster: { type: 'boolean' },
  host: { type: 'string' },
  at: { type: 'string' },
  json: { type: 'boolean' },
  ...ADMIN_OPTIONS,
} as const satisfies ParseArgsOptionsConfig & Record<Protocol, { readonly type: 'string' }>;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** Who is meant. */
export type ClientArgument =
  | { readonly kind: 'certificate'; readonly file: string; readonly trust: string | undefined }
  | { readonly kind: 'facts'; readonly file: string }
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'principal'; readonly principal: string; readonly identity: string | undefined }
  | { readonly kind: 'decision'; readonly id: string; readonly target: AdminTarget };

export interface ExplainArguments {
  readonly config: string;
  readonly client: ClientArgument;
  /** Variables that the principal does not tell. */
  readonly variables: Readonly<Record<string, string>>;
  /** Empty: only who the client is. */
  readonly questions: readonly PolicyRequest[];
  /** When the client comes, in milliseconds since the epoch; undefined: now. */
  readonly at: number | undefined;
  readonly json: boolean;
}

/** The command was called in a way that it does not know; the message is for the one who did. */
export class UsageError extends Error {}

/** @throws UsageError, TokenUnreadable */
export function readArguments(argv: readonly string[]): ExplainArguments {
  let values: Values;
  try {
    ({ values } = parseArgs({ args: [...argv], options: OPTIONS }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values.config === undefined) throw new UsageError('--config FILE is needed');
  const questions = readQuestions(values);
  if (typeof questions === 'string') throw new UsageError(questions);
  const client = readClient(values);
  const variables = readVariables(values.var ?? []);
  if (values.var !== undefined && client.kind !== 'principal' && client.kind !== 'decision') {
    throw new UsageError('--var is for --principal and --id: a certificate tells its variables itself');
  }
  const at = readTime(values.at, client);
  return { config: values.config, client, variables, questions, at, json: values.json ?? false };
}

function readTime(written: string | undefined, { kind }: ClientArgument): number | undefined {
  if (written === undefined) return undefined;
  if (kind !== 'certificate' && kind !== 'facts') {
    throw new UsageError('--at is for --cert and --facts: nothing else has a time');
  }
  const at = parseInstant(written);
  if (at === undefined) throw new UsageError('--at is an RFC 3339 time, such as 2026-11-24T08:00:00Z');
  return at;
}

function readClient(values: Values): ClientArgument {
  const { cert, facts, principal, id, anonymous, trust, identity } = values;
  // With --id the certificate is the one that is shown to the admin interface.
  const given = [
    id === undefined && cert !== undefined && '--cert',
    facts !== undefined && '--facts',
    principal !== undefined && '--principal',
    id !== undefined && '--id',
    anonymous === true && '--anonymous',
  ].filter((one) => one !== false);
  if (given.length !== 1) {
    const found = given.length === 0 ? '' : `, not ${given.join(' and ')}`;
    throw new UsageError(`one of --cert, --facts, --principal, --anonymous and --id says who is meant${found}`);
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

import { parseArgs } from 'node:util';
import { parseIp } from '../../../policies/x509/ip.ts';
import type { IssueRequest } from './authority.ts';
import type { LeafUsage } from './extensions.ts';
import { libraryName, parseSubject } from './subject.ts';

/** The command line does not make sense; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface InitArguments {
  readonly dir: string;
  readonly name: string;
  readonly days?: number;
}

export interface IssueArguments {
  readonly dir: string;
  readonly name: string;
  readonly force: boolean;
  readonly request: IssueRequest;
}

export function initArguments(argv: readonly string[]): InitArguments {
  const { values, positionals } = parse(argv, { name: { type: 'string' }, days: { type: 'string' } });
  const [dir] = exactly(positionals, ['DIR']);
  return { dir, name: values.name ?? 'headgate development CA', ...days(values.days) };
}

export function revokeArguments(argv: readonly string[]): { readonly dir: string; readonly name: string } {
  const [dir, name] = exactly(parse(argv, {}).positionals, ['DIR', 'NAME']);
  return { dir, name };
}

export function issueArguments(argv: readonly string[]): IssueArguments {
  const { values, positionals } = parse(argv, {
    client: { type: 'boolean' },
    server: { type: 'boolean' },
    'no-eku': { type: 'boolean' },
    force: { type: 'boolean' },
    subject: { type: 'string' },
    uri: { type: 'string', multiple: true },
    dns: { type: 'string', multiple: true },
    ip: { type: 'string', multiple: true },
    days: { type: 'string' },
    'not-before': { type: 'string' },
    'not-after': { type: 'string' },
  });
  const [dir, name] = exactly(positionals, ['DIR', 'NAME']);
  const { uri = [], dns = [], ip = [] } = values;
  const eku = usage(values.client === true, values.server === true, values['no-eku'] === true);
  if ((eku === 'server' || eku === 'both') && dns.length + ip.length === 0) {
    throw new UsageError('a server certificate needs --dns or --ip: clients look for the name there');
  }
  if (values.days !== undefined && values['not-after'] !== undefined) {
    throw new UsageError('--days and --not-after exclude each other');
  }
  for (const text of [...uri, ...dns]) {
    if (!/^[\x21-\x7e]+$/.test(text)) throw new UsageError(`"${text}" holds something else than visible ASCII`);
  }
  for (const text of ip) if (parseIp(text) === undefined) throw new UsageError(`"${text}" is not an IP address`);
  return {
    dir,
    name,
    force: values.force === true,
    request: {
      subject: subject(values.subject) ?? [{ CN: name }],
      eku,
      uri,
      dns,
      ip,
      ...days(values.days),
      ...date('notBefore', 'not-before', values['not-before']),
      ...date('notAfter', 'not-after', values['not-after']),
    },
  };
}

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

function parse<T extends Options>(argv: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function exactly<const T extends readonly string[]>(
  positionals: readonly string[],
  names: T,
): { [K in keyof T]: string } {
  const missing = names[positionals.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  if (positionals.length > names.length)
    throw new UsageError(`"${positionals[names.length]}" is one argument too many`);
  return positionals as unknown as { [K in keyof T]: string };
}

function usage(client: boolean, server: boolean, none: boolean): LeafUsage {
  if (none && (client || server)) throw new UsageError('--no-eku excludes --client and --server');
  if (none) return 'none';
  return client && server ? 'both' : server ? 'server' : 'client';
}

function subject(text: string | undefined): IssueRequest['subject'] | undefined {
  if (text === undefined) return undefined;
  try {
    const parts = parseSubject(text);
    libraryName(parts);
    return parts;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function days(text: string | undefined): { readonly days?: number } {
  if (text === undefined) return {};
  const value = Number(text);
  if (!/^[1-9]\d*$/.test(text) || value > 36_500) throw new UsageError('--days is a whole number from 1 to 36500');
  return { days: value };
}

function date<K extends string>(key: K, option: string, text: string | undefined): { readonly [P in K]?: Date } {
  if (text === undefined) return {};
  const value = new Date(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(value.getTime())) {
    throw new UsageError(`--${option} is a date such as 2027-01-31 or 2027-01-31T12:00:00Z`);
  }
  return { [key]: value } as { readonly [P in K]?: Date };
}

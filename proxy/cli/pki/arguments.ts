import { parseIp } from '../../../policies/x509/ip.ts';
import { date, days, exactly, isHttp, keyKind, parse, UsageError, whole } from './argument-values.ts';
import type { IssueRequest } from './authority.ts';
import { REASONS, type ReasonName } from './crl.ts';
import type { CrlOptions, InitRequest } from './directory.ts';
import type { LeafUsage } from './extensions.ts';
import { libraryName, parseSubject } from './subject.ts';

export interface InitArguments {
  readonly dir: string;
  readonly request: InitRequest;
}

export interface IssueArguments {
  readonly dir: string;
  readonly name: string;
  readonly force: boolean;
  readonly request: IssueRequest;
}

export interface ResponderArguments {
  readonly dir: string;
  readonly host: string;
  readonly port: number;
  readonly delegated: boolean;
  /** Milliseconds. */
  readonly validFor: number;
}

export function initArguments(argv: readonly string[]): InitArguments {
  const { values, positionals } = parse(argv, {
    name: { type: 'string' },
    days: { type: 'string' },
    key: { type: 'string' },
    intermediate: { type: 'boolean' },
  });
  const [dir] = exactly(positionals, ['DIR']);
  const commonName = values.name ?? 'headgate development CA';
  const intermediate = values.intermediate === true;
  return { dir, request: { commonName, intermediate, ...days(values.days), ...keyKind(values.key) } };
}

export function revokeArguments(argv: readonly string[]): {
  readonly dir: string;
  readonly name: string;
  readonly reason: ReasonName;
} {
  const { values, positionals } = parse(argv, { reason: { type: 'string', default: 'keyCompromise' } });
  const [dir, name] = exactly(positionals, ['DIR', 'NAME']);
  if (!Object.hasOwn(REASONS, values.reason)) {
    throw new UsageError(`--reason is one of ${Object.keys(REASONS).join(', ')}`);
  }
  return { dir, name, reason: values.reason as ReasonName };
}

export function crlArguments(argv: readonly string[]): { readonly dir: string; readonly options: CrlOptions } {
  const { values, positionals } = parse(argv, { days: { type: 'string' }, delta: { type: 'string' } });
  const [dir] = exactly(positionals, ['DIR']);
  const deltaTo = values.delta === undefined ? {} : { deltaTo: whole('--delta', values.delta, 1, 1e9) };
  return { dir, options: { ...days(values.days), ...deltaTo } };
}

export function listArguments(argv: readonly string[]): { readonly dir: string; readonly json: boolean } {
  const { values, positionals } = parse(argv, { json: { type: 'boolean' } });
  const [dir] = exactly(positionals, ['DIR']);
  return { dir, json: values.json === true };
}

export function responderArguments(argv: readonly string[]): ResponderArguments {
  const { values, positionals } = parse(argv, {
    listen: { type: 'string', default: '127.0.0.1:0' },
    delegated: { type: 'boolean' },
    minutes: { type: 'string', default: '60' },
  });
  const [dir] = exactly(positionals, ['DIR']);
  const colon = values.listen.lastIndexOf(':');
  const host = values.listen.slice(0, Math.max(colon, 0)).replace(/^\[(.*)\]$/, '$1');
  if (parseIp(host) === undefined) throw new UsageError('--listen is an IP address and a port, e.g. 127.0.0.1:8889');
  return {
    dir,
    host,
    port: whole('the port of --listen', values.listen.slice(colon + 1), 0, 65_535),
    delegated: values.delegated === true,
    validFor: whole('--minutes', values.minutes, 1, 525_600) * 60_000,
  };
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
    'san-email': { type: 'string', multiple: true },
    'crl-url': { type: 'string', multiple: true },
    'ocsp-url': { type: 'string', multiple: true },
    key: { type: 'string' },
    days: { type: 'string' },
    'not-before': { type: 'string' },
    'not-after': { type: 'string' },
  });
  const [dir, name] = exactly(positionals, ['DIR', 'NAME']);
  const { uri = [], dns = [], ip = [], 'san-email': email = [] } = values;
  const { 'crl-url': crlUrl = [], 'ocsp-url': ocspUrl = [] } = values;
  const eku = usage(values.client === true, values.server === true, values['no-eku'] === true);
  if ((eku === 'server' || eku === 'both') && dns.length + ip.length === 0) {
    throw new UsageError('a server certificate needs --dns or --ip: clients look for the name there');
  }
  if (values.days !== undefined && values['not-after'] !== undefined) {
    throw new UsageError('--days and --not-after exclude each other');
  }
  for (const text of [...uri, ...dns, ...email]) {
    if (!/^[\x21-\x7e]+$/.test(text)) throw new UsageError(`"${text}" holds something else than visible ASCII`);
  }
  for (const text of ip) if (parseIp(text) === undefined) throw new UsageError(`"${text}" is not an IP address`);
  for (const text of email) if (!text.includes('@')) throw new UsageError(`"${text}" is not an e-mail address`);
  for (const text of [...crlUrl, ...ocspUrl]) if (!isHttp(text)) throw new UsageError(`"${text}" is not an http URL`);
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
      email,
      crlUrl,
      ocspUrl,
      ...keyKind(values.key),
      ...days(values.days),
      ...date('notBefore', 'not-before', values['not-before']),
      ...date('notAfter', 'not-after', values['not-after']),
    },
  };
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

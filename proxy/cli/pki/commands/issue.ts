import { join } from 'node:path';
import { parseIp } from '../../../../policies/x509/ip.ts';
import type { Options, Values } from '../../command.ts';
import { exactly, UsageError } from '../../usage-error.ts';
import { date, days, isHttp, KEY_TYPE_NAMES, keyKind } from '../argument-values.ts';
import type { IssueRequest } from '../authority.ts';
import { definePkiCommand } from '../define-pki-command.ts';
import { issueInto } from '../directory.ts';
import type { LeafUsage } from '../extensions.ts';
import { libraryName, parseSubject } from '../subject.ts';

const OPTIONS = {
  client: { type: 'boolean', help: 'for clients (the default)' },
  server: { type: 'boolean', help: 'for servers; needs --dns or --ip. With --client: for both' },
  'no-eku': { type: 'boolean', help: 'without extended key usage' },
  subject: {
    type: 'string',
    value: 'TEXT',
    help:
      'e.g. "O=Acme,OU=plant 7,CN=pump-1" in the order of the certificate;\n' +
      '"+" makes a multi-valued RDN, "\\" takes the next character literally (default "CN=NAME")',
  },
  uri: {
    type: 'string',
    multiple: true,
    value: 'U',
    help: 'subject alternative name, as are --dns D, --ip I and --san-email E; may be given several times',
  },
  dns: { type: 'string', multiple: true },
  ip: { type: 'string', multiple: true },
  'san-email': { type: 'string', multiple: true },
  key: { type: 'string', value: 'TYPE', help: `${KEY_TYPE_NAMES} (default p256)` },
  'crl-url': {
    type: 'string',
    multiple: true,
    value: 'URL',
    help: 'where its CRL is (CRL distribution point); may be given several times',
  },
  'ocsp-url': {
    type: 'string',
    multiple: true,
    value: 'URL',
    help: 'where its OCSP responder is (authority information access); may be given several times',
  },
  days: { type: 'string', value: 'N', help: 'days that it is valid (default 90)' },
  'not-before': { type: 'string', value: 'DATE', help: 'ISO 8601, e.g. 2027-01-31T12:00:00Z' },
  'not-after': { type: 'string', value: 'DATE', help: 'ISO 8601; excludes --days' },
  force: { type: 'boolean', help: 'replace NAME.pem and NAME.key; the replaced certificate is not revoked' },
} as const satisfies Options;

/** `headgate pki issue`: issues a certificate with its key. */
export const issue = definePkiCommand({
  name: 'issue',
  usage: 'DIR NAME [OPTIONS]',
  options: OPTIONS,
  notes: [
    'Issues DIR/NAME.pem with the key DIR/NAME.key (PKCS #8, mode 0600). NAME.pem ends with the intermediate, if any.',
  ],
  async run({ values, positionals }, io) {
    const [dir, name] = exactly(positionals, ['DIR', 'NAME']);
    const serial = await issueInto(dir, name, readRequest(name, values), values.force === true);
    io.out(`issued ${join(dir, `${name}.pem`)} with ${join(dir, `${name}.key`)}, serial ${serial}`);
  },
});

function readRequest(name: string, values: Values<typeof OPTIONS>): IssueRequest {
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
    if (!/^[\x21-\x7e]+$/.test(text)) throw new UsageError(`"${text}" contains characters other than visible ASCII`);
  }
  for (const text of ip) if (parseIp(text) === undefined) throw new UsageError(`"${text}" is not an IP address`);
  for (const text of email) if (!text.includes('@')) throw new UsageError(`"${text}" is not an e-mail address`);
  for (const text of [...crlUrl, ...ocspUrl]) if (!isHttp(text)) throw new UsageError(`"${text}" is not an http URL`);
  return {
    subject: readSubject(values.subject) ?? [{ CN: name }],
    eku,
    ...{ uri, dns, ip, email, crlUrl, ocspUrl },
    ...keyKind(values.key),
    ...days(values.days),
    ...date('notBefore', 'not-before', values['not-before']),
    ...date('notAfter', 'not-after', values['not-after']),
  };
}

function usage(client: boolean, server: boolean, none: boolean): LeafUsage {
  if (none && (client || server)) throw new UsageError('--no-eku excludes --client and --server');
  if (none) return 'none';
  return client && server ? 'both' : server ? 'server' : 'client';
}

function readSubject(text: string | undefined): IssueRequest['subject'] | undefined {
  if (text === undefined) return undefined;
  try {
    const parts = parseSubject(text);
    libraryName(parts);
    return parts;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** What the brokers behind a listener have in common, whatever they speak. */
import type * as z from 'zod';
import { duration, MINUTE } from './fields/quantity.ts';
import { list, section, together } from './fields/section.ts';
import { keyHash, path, secret, text } from './fields/text.ts';

export const upstreamTls = together(
  section({
    ca: path('a PEM file').describe(
      'Certificates in which the broker’s chain must end. The host name is always verified.',
    ),
    pins: list(keyHash(), 64)
      .prefault([])
      .describe('Public keys; a certificate of the broker’s chain must have one of them. Empty: any.'),
    certificate: path('a PEM file').exactOptional().describe('Client certificate sent to the broker. Needs `key`.'),
    key: path('a PEM file').exactOptional().describe('Private key of `certificate`.'),
    passphrase: secret('a passphrase').exactOptional().describe('Passphrase of an encrypted `key`.'),
    serverName: text('a host name', 253)
      .exactOptional()
      .describe('Name for SNI and verification, instead of the host in the address.'),
  }),
  'certificate',
  'key',
).describe('TLS to the broker. Absent: plain TCP.');

export const connectTimeout = duration({ min: 100, max: MINUTE })
  .prefault('5s')
  .describe('How long connecting to one broker address may take (TCP and TLS) before the next is tried.');

/** TLS toward brokers as it is written. */
export type UpstreamTls = z.infer<typeof upstreamTls>;

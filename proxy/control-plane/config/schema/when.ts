/** `identities[].when`: what a certificate must show. */
import * as z from 'zod';
import { meta } from './fields/meta.ts';
import { DAY, duration, SECOND } from './fields/quantity.ts';
import { oneOf, section } from './fields/section.ts';
import { name, text } from './fields/text.ts';

/** Patterns of one attribute or kind of name, and purposes. */
const MAX_PATTERNS = 16;
const MAX_SERIALS = 1024;

/** One text or a list of them, as it is written. `what`: as an error names it, with its article. */
function oneOrSeveral(what: string, example: string, max: number, plural: string) {
  return z
    .union([text(what), z.array(text(what)).min(1).max(max)], {
      error: `must be ${what} such as ${example}, or a list of ${plural}`,
    })
    .meta({ type: `${what} such as ${example}, or a list of ${plural}` });
}

const patterns = (example: string) => oneOrSeveral('a pattern', example, MAX_PATTERNS, 'patterns');
const altNames = (example: string, what: string) =>
  patterns(example).exactOptional().describe(`${what} A list: each must be present.`);

export const when = oneOf(
  section({
    trust: name().exactOptional().describe('Name of the trust store that must have accepted the chain.'),
    anonymous: z
      .literal(true)
      .meta(meta({ type: 'true' }))
      .exactOptional()
      .describe(
        'Instead of all other keys: the client showed no certificate, and `tls.clientAuth` of its listener allows that.',
      ),
    subject: z
      .record(text('an attribute', 64), patterns('"erp-*" or "{device}"'))
      .exactOptional()
      .describe(
        'Attribute of the subject (CN, O, OU, C, L, ST, DC, UID, SERIALNUMBER, E) and the pattern it must match; a list: each must be present. `*` matches any text, `{name}` captures it as a variable, `{name:[a-z0-9-]+}` captures only what the expression matches.',
      ),
    san: section({
      uri: altNames(
        '"spiffe://acme/{device}"',
        'Pattern of a URI, matched level by level: `{name}` captures exactly one level.',
      ),
      dns: altNames(
        '"{device}.example.com"',
        'Pattern of a DNS name; `{name}` captures one label or a part of it, in lower case.',
      ),
      email: altNames('"{user}@example.com"', 'Pattern of a mail address.'),
      ip: oneOrSeveral('an address', '192.0.2.7', MAX_PATTERNS, 'addresses')
        .exactOptional()
        .describe('An IP address. A list: each must be present.'),
    })
      .exactOptional()
      .describe('Subject alternative names that must be present.'),
    issuer: z
      .record(text('an attribute', 64), patterns('"Plant CA*"'))
      .exactOptional()
      .describe('Attributes of the issuer name, as in `subject`, without variables.'),
    eku: oneOrSeveral('a purpose', 'clientAuth', MAX_PATTERNS, 'purposes')
      .exactOptional()
      .describe(
        'Extended key usages that the certificate must have, each literally: `clientAuth`, `serverAuth`, `anyExtendedKeyUsage` or dotted OIDs.',
      ),
    serial: oneOrSeveral('a serial number', '"4A:3F:09"', MAX_SERIALS, 'serial numbers')
      .exactOptional()
      .describe('Serial number of the certificate in hexadecimal, in quotation marks; a list: one of them.'),
    age: section({
      min: duration({ min: SECOND, max: 36_500 * DAY })
        .exactOptional()
        .describe('The certificate is at least this old.'),
      max: duration({ min: SECOND, max: 36_500 * DAY })
        .exactOptional()
        .describe('The certificate is at most this old.'),
    })
      .exactOptional()
      .describe(
        'Time since the `notBefore` of the certificate, at the handshake and whenever sessions are reauthorized.',
      ),
  }),
  ['trust', 'anonymous'],
).describe('Conditions on the certificate. All of them must match.');

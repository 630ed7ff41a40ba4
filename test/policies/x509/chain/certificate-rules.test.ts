import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ValidationOptions } from '../../../../policies/x509/chain/options.ts';
import {
  ANY_PURPOSE,
  AUTHORITY,
  authority,
  basicConstraints,
  CLIENT_AUTH,
  client,
  dns,
  extKeyUsage,
  type Issued,
  keyUsage,
  nameConstraints,
  root,
  SERVER_AUTH,
  unknownCritical,
} from './issue.ts';
import { validate, verdict } from './validating.ts';

const anchor = root();

interface Case {
  readonly what: string;
  readonly chain: () => readonly [Issued, ...Issued[]];
  readonly options?: Partial<ValidationOptions>;
  readonly expect: ReturnType<typeof verdict>;
}

const leafWith = (extensions: readonly Buffer[]) => () => [client(anchor, { extensions })] as const;
const below = (extensions: readonly Buffer[]) => () => {
  const intermediate = authority(anchor, 'below', { extensions });
  return [client(intermediate), intermediate] as const;
};

const CASES: readonly Case[] = [
  {
    what: 'purpose of a server',
    chain: leafWith([extKeyUsage(SERVER_AUTH)]),
    expect: ['wrong-eku', 0, 'RFC 5280 4.2.1.12'],
  },
  { what: 'purposes of both', chain: leafWith([extKeyUsage(SERVER_AUTH, CLIENT_AUTH)]), expect: 'trusted' },
  {
    what: 'as a server',
    chain: leafWith([extKeyUsage(SERVER_AUTH)]),
    options: { purpose: 'serverAuth' },
    expect: 'trusted',
  },
  {
    what: 'any purpose, strict',
    chain: leafWith([extKeyUsage(ANY_PURPOSE)]),
    expect: ['wrong-eku', 0, 'RFC 5280 4.2.1.12'],
  },
  { what: 'any purpose, any', chain: leafWith([extKeyUsage(ANY_PURPOSE)]), options: { eku: 'any' }, expect: 'trusted' },
  {
    what: 'no purpose, any',
    chain: leafWith([]),
    options: { eku: 'any' },
    expect: ['wrong-eku', 0, 'RFC 5280 4.2.1.12'],
  },
  { what: 'no purpose, lenient', chain: leafWith([]), options: { eku: 'lenient' }, expect: 'trusted' },
  {
    what: 'another purpose, lenient',
    chain: leafWith([extKeyUsage(SERVER_AUTH)]),
    options: { eku: 'lenient' },
    expect: ['wrong-eku', 0, 'RFC 5280 4.2.1.12'],
  },
  {
    what: 'an intermediate for servers only',
    chain: below([...AUTHORITY, extKeyUsage(SERVER_AUTH)]),
    expect: ['wrong-eku', 1, 'RFC 5280 4.2.1.12'],
  },
  {
    what: 'an intermediate for any purpose',
    chain: below([...AUTHORITY, extKeyUsage(ANY_PURPOSE)]),
    expect: 'trusted',
  },
  {
    what: 'a leaf that may only encrypt',
    chain: leafWith([keyUsage(0x20), extKeyUsage(CLIENT_AUTH)]),
    expect: ['key-usage', 0, 'RFC 5280 4.2.1.3'],
  },
  {
    what: 'an authority that may not sign certificates',
    chain: below([basicConstraints(true), keyUsage(0x02)]),
    expect: ['key-usage', 1, 'RFC 5280 4.2.1.3'],
  },
  {
    what: 'a client that issues',
    chain: () => {
      const issuer = client(anchor, { subject: 'device' });
      return [client(issuer), issuer];
    },
    expect: ['not-a-ca', 1, 'RFC 5280 4.2.1.9'],
  },
  { what: 'cA left out', chain: below([basicConstraints(false)]), expect: ['not-a-ca', 1, 'RFC 5280 4.2.1.9'] },
  {
    what: 'an unknown critical extension of the leaf',
    chain: leafWith([extKeyUsage(CLIENT_AUTH), unknownCritical()]),
    expect: ['unknown-critical-extension', 0, 'RFC 5280 4.2'],
  },
  {
    what: 'an unknown critical extension of an intermediate',
    chain: below([...AUTHORITY, unknownCritical()]),
    expect: ['unknown-critical-extension', 1, 'RFC 5280 4.2'],
  },
  {
    what: 'name constraints in a leaf that is an authority',
    chain: leafWith([basicConstraints(true), extKeyUsage(CLIENT_AUTH), nameConstraints([dns('acme')])]),
    expect: 'trusted',
  },
  {
    what: 'name constraints in a leaf',
    chain: leafWith([extKeyUsage(CLIENT_AUTH), nameConstraints([dns('acme')])]),
    expect: ['chain-rejected', 0, 'RFC 5280 4.2.1.10'],
  },
];

describe('rules for single certificates', () => {
  for (const { what, chain, options, expect } of CASES) {
    test(what, () => assert.deepEqual(verdict(validate(chain(), [anchor], options)), expect));
  }
});

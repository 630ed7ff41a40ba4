import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { altNames, extension, oid, sequence, tlv } from '../der-writer.ts';
import {
  authority,
  authorityKeyId,
  basicConstraints,
  CLIENT,
  client,
  directory,
  distinguishedName,
  dns,
  type Issued,
  keyUsage,
  root,
  subjectKeyId,
  uri,
} from './issue.ts';
import { validate, verdict } from './validating.ts';

const CA = [basicConstraints(true), keyUsage(0x06)];
const anchor = root('root', { extensions: [...CA, subjectKeyId('root')] });
const plant = authority(anchor, 'plant', { extensions: [...CA, subjectKeyId('plant'), authorityKeyId('root')] });
const LEAF = [...CLIENT, authorityKeyId('plant')];
const INFO_ACCESS = '1.3.6.1.5.5.7.1.1';
const basicNotCritical = extension('2.5.29.19', sequence(tlv(0x01, [0xff])));
const access = (...descriptions: Buffer[]) => extension(INFO_ACCESS, sequence(...descriptions));
const OCSP = sequence(oid('1.3.6.1.5.5.7.48.1'), uri('http://a.test'));
const namesIssuer = tlv(0xa1, directory(distinguishedName('root')));

const leaf = (extensions: readonly Buffer[], subject: Buffer | string = 'leaf') =>
  [client(plant, { extensions, subject }), plant] as const;
const below = (extensions: readonly Buffer[]) => {
  const issuer = authority(anchor, 'plant', { extensions });
  return [client(issuer, { extensions: LEAF }), issuer] as const;
};

interface Case {
  readonly what: string;
  readonly chain: readonly [Issued, ...Issued[]];
  readonly anchor?: Issued;
  /** Section of RFC 5280. */
  readonly broken?: string;
  readonly index?: number;
}

const rootWith = (...extensions: Buffer[]) => {
  const issuer = root('root', { extensions });
  return { chain: [client(issuer, { extensions: [...CLIENT, authorityKeyId('root')] })] as const, anchor: issuer };
};

const CASES: readonly Case[] = [
  { what: 'a chain without a fault', chain: leaf(LEAF) },
  { what: 'a leaf without authority key identifier', chain: leaf(CLIENT), broken: '4.2.1.1', index: 0 },
  {
    what: 'an intermediate without it',
    chain: below([...CA, subjectKeyId('plant')]),
    broken: '4.2.1.1',
    index: 1,
  },
  {
    what: 'one that names issuer and serial number only',
    chain: leaf([...CLIENT, extension('2.5.29.35', sequence(namesIssuer, tlv(0x82, [1])))]),
    broken: '4.2.1.1',
    index: 0,
  },
  {
    what: 'one that names the issuer without the serial number',
    chain: leaf([...CLIENT, extension('2.5.29.35', sequence(tlv(0x80, Buffer.from('plant')), namesIssuer))]),
    broken: '4.2.1.1',
    index: 0,
  },
  {
    what: 'an anchor that names another key',
    ...rootWith(...CA, subjectKeyId('root'), authorityKeyId('x')),
    broken: '4.2.1.1',
    index: 1,
  },
  { what: 'an anchor that names its own key', ...rootWith(...CA, subjectKeyId('root'), authorityKeyId('root')) },
  { what: 'an anchor without subject key identifier', ...rootWith(...CA), broken: '4.2.1.2', index: 1 },
  {
    what: 'a leaf that may sign certificates and is no authority',
    chain: leaf([keyUsage(0x84), ...LEAF.slice(1)]),
    broken: '4.2.1.3',
    index: 0,
  },
  {
    what: 'a leaf that is an authority and may not sign certificates',
    chain: leaf([basicConstraints(true), subjectKeyId('leaf'), ...LEAF]),
    broken: '4.2.1.3',
    index: 0,
  },
  {
    what: 'an empty subject with names that are not critical',
    chain: leaf([...LEAF, altNames(uri('spiffe://acme/d1'))], sequence()),
    broken: '4.2.1.6',
    index: 0,
  },
  {
    what: 'an empty subject with critical names',
    chain: leaf([...LEAF, extension('2.5.29.17', sequence(uri('spiffe://acme/d1')), tlv(0x01, [0xff]))], sequence()),
  },
  {
    what: 'a DNS name with an underscore',
    chain: leaf([...LEAF, altNames(dns('a_b.test'))]),
    broken: '4.2.1.6',
    index: 0,
  },
  { what: 'an address as DNS name', chain: leaf([...LEAF, altNames(dns('10.0.0.1'))]), broken: '4.2.1.6', index: 0 },
  { what: 'a DNS name with an asterisk', chain: leaf([...LEAF, altNames(dns('*.a.test'))]) },
  {
    what: 'basicConstraints that is not critical',
    ...rootWith(basicNotCritical, keyUsage(0x06), subjectKeyId('root')),
    broken: '4.2.1.9',
    index: 1,
  },
  {
    what: 'policyConstraints that is not critical',
    chain: below([...CA, subjectKeyId('plant'), authorityKeyId('root'), extension('2.5.29.36', sequence())]),
    broken: '4.2.1.11',
    index: 1,
  },
  {
    what: 'authorityInfoAccess',
    chain: leaf([...LEAF, access(OCSP, OCSP)]),
  },
  { what: 'an empty authorityInfoAccess', chain: leaf([...LEAF, access()]), broken: '4.2.2.1', index: 0 },
  {
    what: 'one whose second description lacks its location',
    chain: leaf([...LEAF, access(OCSP, sequence(oid('1.2.3')))]),
    broken: '4.2.2.1',
    index: 0,
  },
  {
    what: 'one with two locations in a description',
    chain: leaf([...LEAF, access(sequence(oid('1.2.3'), uri('http://a.test'), uri('http://b.test')))]),
    broken: '4.2.2.1',
    index: 0,
  },
  { what: 'one without location', chain: leaf([...LEAF, access(sequence(oid('1.2.3')))]), broken: '4.2.2.1', index: 0 },
];

describe('rules for issuers', () => {
  for (const { what, chain, anchor: trusted = anchor, broken, index } of CASES) {
    test(what, () => {
      const expected = broken === undefined ? 'trusted' : ['chain-rejected', index, `RFC 5280 ${broken}`];
      assert.deepEqual(verdict(validate(chain, [trusted], { issuance: true })), expected);
      assert.equal(verdict(validate(chain, [trusted], { issuance: false })), 'trusted');
    });
  }
});

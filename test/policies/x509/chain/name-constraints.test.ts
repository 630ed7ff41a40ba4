import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { altNames, ascii, attribute, CN, name, sequence, utf8 } from '../der-writer.ts';
import { constrained } from './constrained.ts';
import {
  AUTHORITY,
  authority,
  CLIENT,
  client,
  directory,
  distinguishedName,
  dns,
  email,
  ip,
  nameConstraints,
  otherName,
  root,
  uri,
} from './issue.ts';
import { validate, verdict } from './validating.ts';

const anchor = root();

/** Is a leaf with the names trusted below an authority with the constraints? */
function allowed(
  permitted: readonly Buffer[],
  excluded: readonly Buffer[],
  names: readonly Buffer[],
  subject?: Buffer,
) {
  const { chain, trust } = constrained(permitted, excluded, names, subject);
  const result = verdict(validate(chain, trust));
  if (result === 'trusted') return true;
  assert.deepEqual(result, ['name-constraint', 1, 'RFC 5280 4.2.1.10']);
  return false;
}

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';
const rdn = (type: string, text: string) => [attribute(type, utf8(text))];

interface Case {
  readonly what: string;
  readonly base: Buffer;
  readonly inside?: readonly Buffer[];
  readonly outside?: readonly Buffer[];
  /** Neither permitted nor free of an exclusion: wildcards that straddle, and names without a clear place. */
  readonly neither?: readonly Buffer[];
}

const CASES: readonly Case[] = [
  {
    what: 'a DNS domain',
    base: dns('Acme.test'),
    inside: [dns('acme.test'), dns('a.b.ACME.test'), dns('*.acme.test')],
    outside: [dns('xacme.test'), dns('acme.test.evil'), dns('test')],
    neither: [dns('*.test'), dns('a_b.acme.test'), dns('.acme.test'), dns('10.0.0.1'), dns('a.*.acme.test')],
  },
  { what: 'every DNS name', base: dns(''), inside: [dns('a.test'), dns('*.test')] },
  {
    what: 'a host of URIs',
    base: uri('acme.test'),
    inside: [uri('spiffe://acme.test/p1/d1'), uri('HTTPS://me@ACME.test:8443/x?y#z'), uri('mqtt://acme.test')],
    outside: [uri('spiffe://a.acme.test/x'), uri('spiffe://acme.test.evil/x'), uri('spiffe://acme.test@evil/x')],
    neither: [
      uri('urn:dev:1'),
      uri('spiffe://10.0.0.1/x'),
      uri('spiffe://[::1]/x'),
      uri('spiffe://evil\\@acme.test/'),
      uri('spiffe://a@evil@acme.test'),
    ],
  },
  {
    what: 'a domain of URIs',
    base: uri('.acme.test'),
    inside: [uri('spiffe://a.acme.test/x'), uri('spiffe://a.b.acme.test')],
    outside: [uri('spiffe://acme.test/x'), uri('spiffe://xacme.test/x')],
  },
  {
    what: 'one mailbox',
    base: email('Ann@Acme.test'),
    inside: [email('Ann@ACME.test')],
    outside: [email('ann@acme.test'), email('Ann@a.acme.test')],
    neither: [email('acme.test'), email('@acme.test'), email('Ann@acme.test@evil.test')],
  },
  {
    what: 'a host of mailboxes',
    base: email('acme.test'),
    inside: [email('ann@acme.test')],
    outside: [email('ann@a.acme.test')],
  },
  {
    what: 'a domain of mailboxes',
    base: email('.acme.test'),
    inside: [email('ann@a.acme.test')],
    outside: [email('ann@acme.test')],
  },
  {
    what: 'an IPv4 range',
    base: ip(10, 1, 2, 3, 255, 255, 0, 0),
    inside: [ip(10, 1, 9, 9)],
    outside: [ip(10, 2, 2, 3), ip(...Array(16).fill(0))],
  },
  {
    what: 'every IPv4 address',
    base: ip(0, 0, 0, 0, 0, 0, 0, 0),
    inside: [ip(1, 2, 3, 4)],
    outside: [ip(...Array(16).fill(0))],
  },
  {
    what: 'an IPv6 range',
    base: ip(0x20, 1, 0xd, 0xb8, ...Array(12).fill(0), ...Array(4).fill(255), ...Array(12).fill(0)),
    inside: [ip(0x20, 1, 0xd, 0xb8, ...Array(12).fill(7))],
    outside: [ip(0x20, 1, 0xd, 0xb9, ...Array(12).fill(7)), ip(0x20, 1, 0xd, 0xb8)],
  },
  {
    what: 'a directory',
    base: directory(name(rdn('2.5.4.10', 'Acme  Corp'))),
    inside: [directory(name(rdn('2.5.4.10', 'acme corp'), rdn(CN, 'x')))],
    outside: [directory(name(rdn(CN, 'x'), rdn('2.5.4.10', 'acme corp')))],
  },
  { what: 'other names', base: otherName(), neither: [otherName()] },
];

describe('name constraints', () => {
  for (const { what, base, inside = [], outside = [], neither = [] } of CASES) {
    test(what, () => {
      // The subject must fit a permitted directory too.
      const subject = base[0] === 0xa4 ? name(rdn('2.5.4.10', 'ACME CORP'), rdn(CN, 'leaf')) : undefined;
      const permitted = (item: Buffer) => allowed([base], [], [item], subject);
      const free = (item: Buffer) => allowed([], [base], [item]);
      for (const item of inside)
        assert.deepEqual([permitted(item), free(item)], [true, false], item.toString('latin1'));
      for (const item of outside)
        assert.deepEqual([permitted(item), free(item)], [false, true], item.toString('latin1'));
      for (const item of neither)
        assert.deepEqual([permitted(item), free(item)], [false, false], item.toString('latin1'));
    });
  }

  test('a name of a kind without constraints is free', () => {
    assert.ok(allowed([dns('acme.test')], [email('acme.test')], [uri('urn:dev:1'), ip(1, 2, 3, 4), otherName()]));
  });

  test('one permitted subtree is enough, one excluded is too much', () => {
    assert.ok(allowed([dns('a.test'), dns('b.test')], [], [dns('x.b.test')]));
    assert.ok(!allowed([dns('b.test')], [dns('a.test'), dns('x.b.test')], [dns('x.b.test')]));
    assert.ok(!allowed([dns('a.test')], [], [dns('a.test'), dns('b.test')]));
  });

  test('the subject is held against directories, an empty one is not', () => {
    const base = directory(distinguishedName('Acme'));
    assert.ok(allowed([base], [], [], distinguishedName('Acme', 'd1')));
    assert.ok(!allowed([base], [], [], distinguishedName('Other', 'd1')));
    assert.ok(!allowed([], [base], [], distinguishedName('ACME', 'd1')));
    assert.ok(allowed([base], [], [dns('a.test')], sequence()));
  });

  test('e-mail addresses of the subject are held against those of mailboxes', () => {
    const subject = name([attribute(EMAIL_ADDRESS, ascii(0x16, 'ann@acme.test'))]);
    assert.ok(allowed([email('acme.test')], [], [], subject));
    assert.ok(!allowed([email('other.test')], [], [], subject));
    assert.ok(!allowed([], [email('acme.test')], [email('ann@other.test')], subject));
  });

  test('they hold for every certificate below, self-issued ones above the leaf excepted', () => {
    const extensions = [...AUTHORITY, nameConstraints([directory(distinguishedName('Acme'))])];
    const constrained = root('Plant', { extensions });
    const subject = distinguishedName('Acme', 'd1');
    const outside = authority(constrained, 'Other');
    const result = validate([client(outside, { subject }), outside], [constrained]);
    assert.deepEqual(verdict(result), ['name-constraint', 2, 'RFC 5280 4.2.1.10']);
    const renewed = authority(constrained, 'Plant');
    assert.equal(verdict(validate([client(renewed, { subject }), renewed], [constrained])), 'trusted');
    const selfIssuedLeaf = client(constrained, { subject: constrained.subject });
    assert.deepEqual(verdict(validate([selfIssuedLeaf], [constrained])), ['name-constraint', 1, 'RFC 5280 4.2.1.10']);
  });

  test('those of several authorities add up', () => {
    const outer = authority(anchor, 'outer', { extensions: [...AUTHORITY, nameConstraints([dns('acme.test')])] });
    const inner = authority(outer, 'inner', { extensions: [...AUTHORITY, nameConstraints([dns('test')])] });
    const leaf = (text: string) => client(inner, { extensions: [...CLIENT, altNames(dns(text))] });
    assert.equal(verdict(validate([leaf('a.acme.test'), inner, outer], [anchor])), 'trusted');
    assert.deepEqual(verdict(validate([leaf('a.test'), inner, outer], [anchor])), [
      'name-constraint',
      2,
      'RFC 5280 4.2.1.10',
    ]);
  });
});

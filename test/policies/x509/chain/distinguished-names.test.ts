import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { comparableName } from '../../../../policies/x509/chain/distinguished-names.ts';
import { DerReader } from '../../../../policies/x509/der.ts';
import { readName } from '../../../../policies/x509/name.ts';
import { ascii, attribute, CN, name, utf8 } from '../der-writer.ts';

const O = '2.5.4.10';
const comparable = (der: Buffer) => comparableName(readName(new DerReader(der), 'name'));
const cn = (text: string) => name([attribute(CN, utf8(text))]);

const EQUAL = [
  { what: 'case', a: cn('Acme'), b: cn('aCME') },
  { what: 'case beyond ASCII', a: cn('MÜLLER'), b: cn('müller') },
  { what: 'white space', a: cn(' Acme   Corp '), b: cn('acme corp') },
  { what: 'composed and decomposed letters', a: cn('\u00fc'), b: cn('u\u0308') },
  { what: 'the string type', a: cn('acme'), b: name([attribute(CN, ascii(0x13, 'acme'))]) },
  {
    what: 'the order within an RDN',
    a: name([attribute(CN, utf8('a')), attribute(O, utf8('b'))]),
    b: name([attribute(O, utf8('b')), attribute(CN, utf8('a'))]),
  },
];

const DIFFERENT = [
  { what: 'the text', a: cn('acme'), b: cn('acm') },
  { what: 'white space within a word', a: cn('acme'), b: cn('ac me') },
  { what: 'the attribute', a: cn('acme'), b: name([attribute(O, utf8('acme'))]) },
  {
    what: 'the order of RDNs',
    a: name([attribute(CN, utf8('a'))], [attribute(O, utf8('b'))]),
    b: name([attribute(O, utf8('b'))], [attribute(CN, utf8('a'))]),
  },
  {
    what: 'one RDN or two',
    a: name([attribute(CN, utf8('a')), attribute(O, utf8('b'))]),
    b: name([attribute(O, utf8('b'))], [attribute(CN, utf8('a'))]),
  },
  { what: 'one more RDN', a: cn('a'), b: name([attribute(CN, utf8('a'))], [attribute(CN, utf8('a'))]) },
  {
    what: 'text that looks like another attribute',
    a: cn(`a ${O}=b`),
    b: name([attribute(CN, utf8('a')), attribute(O, utf8('b'))]),
  },
];

describe('names are compared as RFC 5280 7.1 asks', () => {
  for (const { what, a, b } of EQUAL) {
    test(`${what} does not count`, () => assert.equal(comparable(a), comparable(b)));
  }
  for (const { what, a, b } of DIFFERENT) {
    test(`${what} counts`, () => assert.notEqual(comparable(a), comparable(b)));
  }
});

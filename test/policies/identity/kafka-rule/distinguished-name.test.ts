import assert from 'node:assert/strict';
import test from 'node:test';
import { type PrintedAttribute, printName } from '../../../../policies/identity/kafka-rule/distinguished-name.ts';
import { attributeOid } from '../../../../policies/x509/attribute-types.ts';
import { TAG } from '../../../../policies/x509/der.ts';

type Pair = readonly [type: string, value: string, tag?: number];

/** Names in certificate order, and what X500Principal.getName() makes of them. */
const CASES: readonly (readonly [name: readonly (readonly Pair[])[], text: string])[] = [
  [[], ''],
  [[[['DC', 'com']], [['DC', 'example']], [['UID', 'u1']], [['CN', 'carol']]], 'CN=carol,UID=u1,DC=example,DC=com'],
  [
    [[['C', 'US']], [['O', 'Acme']], [['CN', 'bob']], [['E', 'bob@example.com', TAG.ia5String]]],
    '1.2.840.113549.1.9.1=#160f626f62406578616d706c652e636f6d,CN=bob,O=Acme,C=US',
  ],
  [[[['E', 'a@b', TAG.ia5String]]], '1.2.840.113549.1.9.1=#1603614062'],
  [[[['SERIALNUMBER', '4711', TAG.printableString]]], '2.5.4.5=#130434373131'],
  [[[['TITLE', 'ß', TAG.utf8String]]], '2.5.4.12=#0c02c39f'],
  [[[['GN', 'a'.repeat(200), TAG.printableString]]], `2.5.4.42=#1381c8${'61'.repeat(200)}`],
  [[[['SN', 'a'.repeat(300), TAG.utf8String]]], `2.5.4.4=#0c82012c${'61'.repeat(300)}`],
  [
    [
      [['O', 'Acme']],
      [
        ['OU', 'x'],
        ['CN', 'dave'],
      ],
    ],
    'OU=x+CN=dave,O=Acme',
  ],
  [[[['O', 'Acme, Inc.']]], 'O=Acme\\, Inc.'],
  [[[['CN', 'admin,OU=ServiceUsers']]], 'CN=admin\\,OU\\=ServiceUsers'],
  [[[['CN', ' lead and trail ']]], 'CN=\\ lead and trail\\ '],
  [[[['CN', 'a   b']]], 'CN=a   b'],
  [[[['CN', '   ']]], 'CN=\\ \\ \\ '],
  [[[['CN', '#hash']], [['CN', 'a#b']]], 'CN=a\\#b,CN=\\#hash'],
  [[[['CN', 'quote"back\\slash;semi<lt>gt=eq+']]], 'CN=quote\\"back\\\\slash\\;semi\\<lt\\>gt\\=eq\\+'],
  [[[['CN', 'first']], [['CN', 'second']]], 'CN=second,CN=first'],
  [[[['CN', '']]], 'CN='],
  [[[['STREET', 'Weg 1']], [['L', 'Köln']], [['ST', '😀']]], 'ST=😀,L=Köln,STREET=Weg 1'],
];

const nameOf = (rdns: readonly (readonly Pair[])[]): PrintedAttribute[][] =>
  rdns.map((rdn) =>
    rdn.map(([type, value, tag]) => ({
      oid: attributeOid(type) ?? type,
      value,
      ...(tag === undefined ? {} : { tag }),
    })),
  );

for (const [rdns, text] of CASES) {
  test(`Java prints ${JSON.stringify(text)}`, () => assert.deepEqual(printName(nameOf(rdns)), { text }));
}

const REFUSED: readonly (readonly [name: readonly (readonly Pair[])[], problem: RegExp])[] = [
  [[[['CN', 'x\nCN=admin']]], /2\.5\.4\.3 holds a control character/],
  [[[['CN', 'x\0']]], /control character/],
  [
    [
      [
        ['CN', 'x'],
        ['E', 'a@b'],
      ],
    ],
    /1\.2\.840\.113549\.1\.9\.1 has no known string type/,
  ],
  [[[['E', 'ab', 0x1e]]], /no known string type/],
];

for (const [rdns, problem] of REFUSED) {
  test(`a name that is not printed: ${problem.source}`, () => {
    const printed = printName(nameOf(rdns));
    assert.match('problem' in printed ? printed.problem : '', problem);
  });
}

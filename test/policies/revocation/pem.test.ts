import assert from 'node:assert/strict';
import test from 'node:test';
import { PemError, readBlocks } from '../../../policies/revocation/pem.ts';
import { crl } from './support/crl-writer.ts';

const der = crl();
const lines = (label: string, bytes: Uint8Array) => [
  `-----BEGIN ${label}-----`,
  ...(Buffer.from(bytes)
    .toString('base64')
    .match(/.{1,64}/g) ?? []),
  `-----END ${label}-----`,
];
const list = lines('X509 CRL', der);
const certificate = lines('CERTIFICATE', Buffer.from('certificate'));

const READ: readonly (readonly [what: string, file: string | Uint8Array, blocks: readonly [string, number][]])[] = [
  ['one of DER', der, [['DER', 1]]],
  ['one PEM block', list.join('\n'), [['X509 CRL', 1]]],
  ['lines ending in CR LF', `${list.join('\r\n')}\r\n`, [['X509 CRL', 1]]],
  ['white space behind lines', list.join(' \t\n'), [['X509 CRL', 1]]],
  ['a byte order mark', `\ufeff${list.join('\n')}`, [['X509 CRL', 1]]],
  ['text around', ['Issuer: CN=x', '', ...list, 'the end - of it'].join('\n'), [['X509 CRL', 3]]],
  [
    'two blocks',
    [...list, ...list].join('\n'),
    [
      ['X509 CRL', 1],
      ['X509 CRL', list.length + 1],
    ],
  ],
  [
    'two kinds',
    [...certificate, '', ...list].join('\n'),
    [
      ['CERTIFICATE', 1],
      ['X509 CRL', 5],
    ],
  ],
  ['text that begins with the octet of a SEQUENCE', ['0 lists', ...list].join('\n'), [['X509 CRL', 2]]],
];

for (const [what, file, blocks] of READ) {
  test(`read: ${what}`, () => {
    const found = readBlocks(Buffer.from(file));
    assert.deepEqual(
      found.map(({ label, line }) => [label, line]),
      blocks,
    );
    for (const block of found) {
      assert.deepEqual(Buffer.from(block.der), block.label === 'CERTIFICATE' ? Buffer.from('certificate') : der);
    }
  });
}

const REFUSED: readonly (readonly [what: string, file: string, words: RegExp, line: number])[] = [
  ['nothing', '', /neither DER nor does it hold a PEM block/, 1],
  ['text alone', 'no list\nin here', /neither DER nor does it hold a PEM block/, 1],
  ['a block without an end', list.slice(0, -1).join('\n'), /has no end/, 1],
  ['a block in a block', [...list.slice(0, 2), ...list].join('\n'), /begins inside another/, 3],
  ['an end without a beginning', ['', ...list.slice(1)].join('\n'), /ends that did not begin/, list.length],
  [
    'an end of another kind',
    [...list.slice(0, -1), '-----END CERTIFICATE-----'].join('\n'),
    /ends that did not/,
    list.length,
  ],
  [
    'a private key',
    [...list, ...lines('PRIVATE KEY', der)].join('\n'),
    /another kind than X509 CRL and/,
    list.length + 1,
  ],
  ['a boundary with too few dashes', [...list, '-----BEGIN X509 CRL----'].join('\n'), /malformed/, list.length + 1],
  [
    'a header inside',
    ['-----BEGIN X509 CRL-----', 'Proc-Type: 4,ENCRYPTED', ...list.slice(1)].join('\n'),
    /not base64/,
    2,
  ],
  [
    'padding in the middle',
    ['-----BEGIN X509 CRL-----', 'QQ==', 'QUJD', '-----END X509 CRL-----'].join('\n'),
    /not base64/,
    1,
  ],
  ['base64 cut short', ['-----BEGIN X509 CRL-----', 'QUJDR', '-----END X509 CRL-----'].join('\n'), /not base64/, 1],
  ['bits left over', ['-----BEGIN X509 CRL-----', 'QR==', '-----END X509 CRL-----'].join('\n'), /not base64/, 1],
  ['an empty block', '-----BEGIN X509 CRL-----\n-----END X509 CRL-----', /not base64/, 1],
];

for (const [what, file, words, line] of REFUSED) {
  test(`refused: ${what}`, () => {
    assert.throws(
      () => readBlocks(Buffer.from(file)),
      (error) => error instanceof PemError && words.test(error.message) && error.line === line,
    );
  });
}

test('what is wrong is told without a word of the file', () => {
  const secret = 'a-very-secret-thing';
  const files = [
    `-----BEGIN ${secret}-----`,
    `-----BEGIN X509 CRL-----\n${secret}`,
    `-----BEGIN SECRET KEY-----\n${secret}`,
  ];
  for (const file of files) {
    assert.throws(
      () => readBlocks(Buffer.from(file)),
      (error) => error instanceof PemError && !/secret/i.test(error.message),
    );
  }
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { readClientHello } from '../../../policies/tls/client-hello.ts';
import { ja4 } from '../../../policies/tls/ja4.ts';
import { clientHello } from '../../support/client-hello.ts';
import { extension, type HelloParts, hello, words, write } from './hello-writer.ts';

/** Numbers as the published examples have them: four hex digits, commas between. */
function numbers(text: string): number[] {
  return text === '' ? [] : text.split(',').map((digits) => Number.parseInt(digits, 16));
}

interface Client {
  readonly version?: number;
  readonly versions?: string;
  readonly ciphers: string;
  /** All of them, in the order sent; the content is made up where the fingerprint does not depend on it. */
  readonly extensions: string;
  readonly signatures?: string;
  readonly alpn?: string | Uint8Array;
}

function fingerprint({ version, versions = '0304,0303', ciphers, extensions, signatures = '', alpn }: Client): string {
  const content: Readonly<Record<number, () => Buffer>> = {
    0: () => write.sni('a.example'),
    10: () => write.groups([29]),
    13: () => write.signatures(numbers(signatures)),
    16: () => write.alpn(alpn ?? 'h2'),
    43: () => write.versions(numbers(versions)),
    51: () => write.keyShares(29),
  };
  const parts: HelloParts = {
    ...(version === undefined ? {} : { version }),
    ciphers: words(numbers(ciphers)),
    extensions: numbers(extensions).map((type) => content[type]?.() ?? extension(type, Buffer.alloc(0))),
  };
  return ja4(readClientHello(hello(parts)));
}

const CHROME = {
  ciphers: '1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035',
  extensions: '001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015',
  signatures: '0403,0804,0401,0503,0805,0501,0806,0601',
};

/** The examples of FoxIO's technical details, and one that a public fingerprint service shows with its raw form. */
const PUBLISHED: readonly (Client & { readonly name: string; readonly expected: string })[] = [
  { name: 'the example', ...CHROME, expected: 't13d1516h2_8daaf6152771_e5627efa2ab1' },
  {
    name: 'the example among GREASE',
    ciphers: `3a3a,${CHROME.ciphers},fafa`,
    extensions: `0a0a,${CHROME.extensions},1a1a`,
    signatures: `4a4a,${CHROME.signatures}`,
    versions: '7a7a,0304,0303',
    expected: 't13d1516h2_8daaf6152771_e5627efa2ab1',
  },
  {
    name: 'a client with a signalling suite',
    ciphers: '00ff,1301,1302,1303,c02b,c02c,c02f,c030,cca8,cca9',
    extensions: '0000,0010,0005,000a,000b,000d,0017,0023,002b,002d,0033',
    signatures: '0503,0403,0807,0806,0805,0804,0601,0501,0401',
    expected: 't13d1011h2_61a7ad8aa9b6_3fcd1a44f3e3',
  },
];

for (const { name, expected, ...client } of PUBLISHED) {
  test(`published: ${name}`, () => assert.equal(fingerprint(client), expected));
}

test('published: without signature algorithms the hash is that of the extensions alone', () => {
  assert.equal(fingerprint({ ...CHROME, signatures: '0a0a' }), 't13d1516h2_8daaf6152771_6d807ffa2a79');
});

/** The two characters for the first protocol name, from the same source. */
const PROTOCOLS: readonly [string | Uint8Array, string][] = [
  ['h2', 'h2'],
  ['http/1.1', 'h1'],
  ['mqtt', 'mt'],
  ['x', 'xx'],
  [Buffer.from([0xab]), 'ab'],
  [Buffer.from([0xab, 0xcd]), 'ad'],
  [Buffer.from([0x30, 0xab]), '3b'],
  [Buffer.from([0x30, 0x31, 0xab, 0xcd]), '3d'],
  [Buffer.from([0x30, 0xab, 0xcd, 0x31]), '01'],
];

for (const [alpn, expected] of PROTOCOLS) {
  test(`the protocol name ${JSON.stringify(Buffer.from(alpn).toString('latin1'))} is told as ${expected}`, () => {
    assert.equal(fingerprint({ ...CHROME, alpn }).slice(8, 10), expected);
  });
}

const STARTS: readonly [string, Client, string][] = [
  ['no server name, no protocol', { ciphers: '1301', extensions: '002b' }, 't13i010100'],
  ['the highest version counts, not the first', { ciphers: '1301', extensions: '002b', versions: '0303,0304' }, 't13i'],
  ['TLS 1.2 has no list of versions', { ciphers: 'c02b,c02f', extensions: '0000,000a' }, 't12d020200'],
  ['TLS 1.1', { version: 0x0302, ciphers: '002f', extensions: '' }, 't11i010000_'],
  ['TLS 1.0', { version: 0x0301, ciphers: '002f', extensions: '' }, 't10i010000_'],
  ['SSL 3.0', { version: 0x0300, ciphers: '002f', extensions: '' }, 'ts3i010000_'],
  ['a version without a name', { version: 0x0399, ciphers: '002f', extensions: '' }, 't00i'],
  ['versions of GREASE only', { ciphers: '1301', extensions: '002b', versions: '0a0a' }, 't00i'],
];

for (const [name, client, start] of STARTS) {
  test(`${name}: ${start}`, () => assert.equal(fingerprint(client).slice(0, start.length), start));
}

test('counts stop at 99 and empty lists have zeros in place of a hash', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => (0xc000 + n).toString(16)).join(',');
  assert.equal(fingerprint({ ciphers: hundred, extensions: '' }).slice(4, 8), '9900');
  assert.match(fingerprint({ ciphers: '0a0a', extensions: '' }), /^t12i000000_000000000000_000000000000$/);
  assert.match(fingerprint({ ciphers: '1301', extensions: '0000,0010' }), /^t12d0102h2_[0-9a-f]{12}_000000000000$/);
});

test('the same client is the same, whatever the order of its lists, its random values and the server name', async () => {
  const facts = await Promise.all(
    ['a.example', 'b.example'].map(async (servername) =>
      readClientHello((await clientHello({ servername })).subarray(5)),
    ),
  );
  const [a, b] = facts.map(ja4);
  assert.equal(a, b);
  const { cipherSuites, extensions, ...rest } = facts[0] as (typeof facts)[number];
  const turned = { ...rest, cipherSuites: cipherSuites.toReversed(), extensions: extensions.toReversed() };
  assert.equal(ja4(turned), a);
  const other = { ...turned, signatureAlgorithms: rest.signatureAlgorithms.toReversed() };
  assert.notEqual(ja4(other), a, 'but the order of signature algorithms tells clients apart');
});

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ClientHelloError } from '../../../policies/tls/byte-cursor.ts';
import { type ClientHelloFacts, MAX_ITEMS, readClientHello } from '../../../policies/tls/client-hello.ts';
import { clientHello } from '../../support/client-hello.ts';
import { findTool, without } from '../../support/require-tool.ts';
import { extension, hello, vector, words, write } from './hello-writer.ts';
import { sentHello } from './sent-hello.ts';

const X25519MLKEM768 = 4588;
const X25519 = 29;
const P256 = 23;
const P384 = 24;
const GREASE = 0x2a2a;

/** The handshake message that Node's TLS client sends. */
async function nodeHello(options: Parameters<typeof clientHello>[0]): Promise<Buffer> {
  return (await clientHello(options)).subarray(5);
}

test('everything that the reader looks for is found, in the order of the client', () => {
  const message = hello({
    ciphers: words([GREASE, 0x1302, 0x1301, 0xc02b]),
    extensions: [
      extension(GREASE, Buffer.alloc(0)),
      write.versions([GREASE, 0x0304, 0x0303]),
      write.sni('B1.Kafka.Example.com'),
      write.groups([GREASE, X25519, P256]),
      write.signatures([0x0403, 0x0804]),
      write.alpn('mqtt', 'h2'),
      extension(0xfe0d, Buffer.alloc(9)),
      write.keyShares(GREASE, X25519),
      write.earlyData(),
      write.psk(),
    ],
  });
  assert.deepEqual(readClientHello(message), {
    legacyVersion: 0x0303,
    versions: [GREASE, 0x0304, 0x0303],
    cipherSuites: [GREASE, 0x1302, 0x1301, 0xc02b],
    groups: [GREASE, X25519, P256],
    keyShares: [GREASE, X25519],
    signatureAlgorithms: [0x0403, 0x0804],
    alpn: ['mqtt', 'h2'],
    sni: 'b1.kafka.example.com',
    extensions: [GREASE, 43, 0, 10, 13, 16, 0xfe0d, 51, 42, 41],
    hasPsk: true,
    earlyData: true,
  } satisfies ClientHelloFacts);
});

test('a hello without extensions, as TLS 1.0 has it, offers no lists', () => {
  const facts = readClientHello(hello({ version: 0x0301, session: Buffer.alloc(0), extensions: null }));
  assert.deepEqual(facts, {
    legacyVersion: 0x0301,
    versions: [],
    cipherSuites: [0x1301],
    groups: [],
    keyShares: [],
    signatureAlgorithms: [],
    alpn: [],
    sni: undefined,
    extensions: [],
    hasPsk: false,
    earlyData: false,
  });
});

test('a protocol name is kept byte by byte', () => {
  assert.deepEqual(readClientHello(hello({ extensions: [write.alpn(Buffer.from([0xff, 0x00, 0xe4]))] })).alpn, [
    '\u00ff\u0000\u00e4',
  ]);
});

test('a list of key shares may be empty: the client asks for the group', () => {
  assert.deepEqual(readClientHello(hello({ extensions: [write.keyShares()] })).keyShares, []);
});

test('what Node sends: versions, groups, shares, names', async () => {
  const facts = readClientHello(
    await nodeHello({
      servername: 'gate.example.com',
      ALPNProtocols: ['mqtt'],
      ecdhCurve: 'X25519MLKEM768:X25519:P-384',
      sigalgs: 'ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256',
      ciphers: 'TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256',
    }),
  );
  assert.equal(facts.legacyVersion, 0x0303);
  assert.deepEqual(facts.versions, [0x0304, 0x0303]);
  assert.deepEqual(facts.cipherSuites.slice(0, 2), [0x1301, 0xc02b]);
  assert.deepEqual(facts.groups, [X25519MLKEM768, X25519, P384]);
  assert.equal(facts.keyShares[0], X25519MLKEM768);
  assert.deepEqual(facts.signatureAlgorithms, [0x0403, 0x0804]);
  assert.deepEqual(facts.alpn, ['mqtt']);
  assert.equal(facts.sni, 'gate.example.com');
  assert.equal(facts.hasPsk, false);
});

test('what Node sends for TLS 1.2: no list of versions, no shares', async () => {
  const facts = readClientHello(await nodeHello({ maxVersion: 'TLSv1.2' }));
  assert.deepEqual([facts.legacyVersion, facts.versions, facts.keyShares], [0x0303, [], []]);
  assert.ok(facts.groups.includes(X25519));
});

test('what openssl s_client sends', { skip: without('openssl') }, async () => {
  const message = await sentHello(findTool('openssl') as string, (port) => [
    ...['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'a.example', '-alpn', 'h2,mqtt'],
    ...['-groups', 'P-384:P-256', '-tls1_3', '-ciphersuites', 'TLS_AES_256_GCM_SHA384'],
  ]);
  const facts = readClientHello(message);
  assert.deepEqual(facts.versions, [0x0304]);
  assert.deepEqual(facts.groups, [P384, P256]);
  assert.deepEqual(facts.keyShares, [P384]);
  assert.deepEqual(facts.alpn, ['h2', 'mqtt']);
  assert.equal(facts.sni, 'a.example');
  assert.equal(facts.cipherSuites[0], 0x1302);
});

test('what curl sends', { skip: without('curl') }, async () => {
  const message = await sentHello(findTool('curl') as string, (port) => [
    ...['-sk', '--max-time', '5', '--noproxy', '*', '--tlsv1.2', '--connect-to', `a.example:${port}:127.0.0.1:${port}`],
    `https://a.example:${port}/`,
  ]);
  const facts = readClientHello(message);
  assert.equal(facts.sni, 'a.example');
  assert.ok(facts.versions.includes(0x0304) && facts.versions.includes(0x0303));
  assert.ok(facts.alpn.includes('http/1.1'));
  assert.ok(facts.keyShares.length > 0 && facts.keyShares.every((group) => facts.groups.includes(group)));
});

const one = (bytes: Uint8Array) => hello({ extensions: [bytes] });
const many = (count: number) => words(Array.from({ length: count }, (_, n) => n));
const WRONG: readonly [string, Buffer, RegExp][] = [
  ['nothing', Buffer.alloc(0), /the type is cut off/],
  ['a ServerHello', Buffer.from([2, 0, 0, 0]), /not a ClientHello/],
  ['a byte behind the message', Buffer.concat([hello(), Buffer.alloc(1)]), /1 bytes too many/],
  ['a byte behind the extensions', hello({ rest: Buffer.alloc(1) }), /1 bytes too many/],
  ['a session id of 33 bytes', hello({ session: Buffer.alloc(33) }), /session id/],
  ['no cipher suite', hello({ ciphers: Buffer.alloc(0) }), /cipher_suites/],
  ['half a cipher suite', hello({ ciphers: Buffer.alloc(3) }), /cipher_suites is cut off/],
  ['too many cipher suites', hello({ ciphers: many(MAX_ITEMS.cipherSuites + 1) }), /more than 256/],
  ['no compression method', hello({ compression: Buffer.alloc(0) }), /compression_methods/],
  ['no null compression', hello({ compression: Buffer.from([1]) }), /null method/],
  ['half an extension', hello({ extensions: [Buffer.from([0, 10, 0])] }), /an extension is cut off/],
  ['an extension longer than the rest', hello({ extensions: [Buffer.from([0, 10, 0, 9, 0])] }), /cut off/],
  ['two server names', hello({ extensions: [write.sni('a'), write.sni('b')] }), /extension 0 comes twice/],
  [
    'an unknown extension twice',
    hello({ extensions: [extension(999, words([])), extension(999, words([]))] }),
    /twice/,
  ],
  ['an empty server name', one(write.sni('')), /server_name/],
  ['an empty list of names', one(extension(0, vector(2))), /server_name/],
  ['two names in a list', one(extension(0, vector(2, Buffer.from('\0\0\x01a\0\0\x01b')))), /server_name/],
  ['a name of another type', one(extension(0, vector(2, Buffer.from('\x01\0\x01a')))), /no host name/],
  ['a name of 256 bytes', one(write.sni('a'.repeat(256))), /255 bytes/],
  ['a name with a zero byte', one(write.sni('a.example\0.evil')), /characters/],
  ['a name that is not ASCII', one(write.sni('ä.example')), /characters/],
  ['no group', one(write.groups([])), /supported_groups/],
  ['half a group', one(extension(10, vector(2, Buffer.alloc(3)))), /supported_groups is cut off/],
  ['too many groups', one(write.groups(Array.from({ length: 65 }, (_, n) => n))), /more than 64/],
  ['a byte behind the groups', one(extension(10, Buffer.from([0, 2, 0, 29, 0]))), /too many behind supported_groups/],
  ['no version', one(write.versions([])), /supported_versions/],
  ['an empty protocol name', one(write.alpn('')), /protocol_negotiation|protocol name/],
  ['no protocol name', one(write.alpn()), /protocol_negotiation/],
  ['too many protocol names', one(write.alpn(...new Array<string>(257).fill('a'))), /more than 512 bytes/],
  ['an empty key share', one(extension(51, vector(2, words([29, 0])))), /a key share/],
  ['too many key shares', one(write.keyShares(...new Array<number>(65).fill(29))), /more than 64/],
  ['early data with content', one(extension(42, Buffer.alloc(1))), /early_data/],
  ['a key that is not last', hello({ extensions: [write.psk(), write.groups([29])] }), /not the last/],
  [
    'too many extensions',
    hello({ extensions: Array.from({ length: 65 }, (_, n) => extension(0x1000 + n, Buffer.alloc(0))) }),
    /more than 64 extensions/,
  ],
];

for (const [name, bytes, message] of WRONG) {
  test(`${name} is refused and named`, () => {
    assert.throws(
      () => readClientHello(bytes),
      (error) => error instanceof ClientHelloError && message.test(error.message),
    );
  });
}

test('a hello as large as the limits allow is read', () => {
  const facts = readClientHello(
    hello({
      ciphers: many(MAX_ITEMS.cipherSuites),
      extensions: [
        write.groups(Array.from({ length: MAX_ITEMS.list }, (_, n) => n)),
        ...Array.from({ length: MAX_ITEMS.extensions - 1 }, (_, n) => extension(0x1000 + n, Buffer.alloc(0))),
      ],
    }),
  );
  assert.equal(facts.cipherSuites.length, MAX_ITEMS.cipherSuites);
  assert.equal(facts.extensions.length, MAX_ITEMS.extensions);
  assert.equal(facts.groups.length, MAX_ITEMS.list);
});

const real = await nodeHello({ servername: 'gate.example.com', ALPNProtocols: ['mqtt'] });

test('a hello cut anywhere is refused', () => {
  for (let end = 0; end < real.length; end++) {
    assert.throws(() => readClientHello(real.subarray(0, end)), ClientHelloError, `cut at ${end}`);
  }
});

function onlyItsOwnError(bytes: Uint8Array): void {
  try {
    const { sni } = readClientHello(bytes);
    if (sni !== undefined) assert.match(sni, /^[a-z0-9._-]{1,255}$/);
  } catch (error) {
    assert.ok(error instanceof ClientHelloError, String(error));
  }
}

test('random bytes and changed hellos are read, or refused by its own error', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), onlyItsOwnError), { numRuns: 2000 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (data) => onlyItsOwnError(one(data))),
    { numRuns: 2000 },
  );
  const change = fc.record({ at: fc.nat(real.length - 1), value: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const bytes = Buffer.from(real);
      for (const { at, value } of changes) bytes[at] = value;
      onlyItsOwnError(bytes);
    }),
    { numRuns: 3000 },
  );
});

test('what is written is what is read', () => {
  const list = fc.array(fc.nat(0xffff), { minLength: 1, maxLength: 64 });
  const names = fc.array(fc.uint8Array({ minLength: 1, maxLength: 100 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(list, list, list, names, fc.stringMatching(/^[A-Za-z0-9._-]{1,255}$/), (a, b, versions, alpn, sni) => {
      const facts = readClientHello(
        hello({
          ciphers: words(a),
          extensions: [
            write.groups(b),
            write.versions(versions),
            write.keyShares(...b),
            write.alpn(...alpn),
            write.sni(sni),
          ],
        }),
      );
      assert.deepEqual([facts.cipherSuites, facts.groups, facts.keyShares, facts.versions], [a, b, b, versions]);
      assert.deepEqual(
        facts.alpn.map((name) => Buffer.from(name, 'latin1')),
        alpn.map((name) => Buffer.from(name)),
      );
      assert.equal(facts.sni, sni.toLowerCase());
    }),
    { numRuns: 300 },
  );
});

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { octetString, oid, sequence, tagged } from '../../../../proxy/cli/pki/der-writer.ts';
import { needsOpenssl } from '../../../policies/x509/openssl.ts';
import { Child, runChild } from '../../../support/child.ts';
import { certificate, done, fails, withAuthority } from './command.ts';
import { oneRequest, post, readAnswer, UNKNOWN_CERT, withLab } from './ocsp-lab.ts';
import { verifySigned } from './signed.ts';

const PROGRAM = join(import.meta.dirname, '../../../../bin/headgate.mjs');

for (const delegated of [false, true]) {
  const signer = delegated ? 'a delegated certificate' : 'the authority';

  for (const type of ['p256', 'p384', 'rsa2048', 'ed25519']) {
    test(`openssl believes ${signer} with a ${type} key`, needsOpenssl, () =>
      withLab(
        delegated,
        async ({ ask }) => {
          assert.match(await ask('good'), /good\.pem: good\n/);
          assert.match(await ask('bad'), /bad\.pem: revoked\n[\s\S]*Reason: superseded\n/);
          assert.match(await ask('intermediate'), /intermediate\.pem: good\n/);
        },
        '--key',
        type,
      ),
    );
  }

  for (const [type, digest] of [
    ['p256', 'sha256'],
    ['ml-dsa-65', null],
  ] as const) {
    test(`the answer of ${signer} with a ${type} key holds for node:crypto`, () =>
      withLab(
        delegated,
        async ({ dir, url }) => {
          const { basic, certs } = readAnswer(await post(url, oneRequest()));
          const middle = await certificate(join(dir, 'intermediate.pem'));
          assert.equal(certs.length, delegated ? 1 : 0);
          const [own] = certs;
          if (own !== undefined) {
            assert.deepEqual(own.keyUsage, ['1.3.6.1.5.5.7.3.9']);
            assert.ok(own.verify(middle.publicKey));
          }
          assert.ok(verifySigned(basic, own?.publicKey ?? middle.publicKey, digest));
        },
        '--key',
        type,
      ));
  }
}

test('the answer follows the directory: what is revoked or issued while the responder runs', needsOpenssl, () =>
  withLab(false, async ({ dir, ask }) => {
    await done('revoke', dir, 'good');
    assert.match(await ask('good'), /good\.pem: revoked\n/);
    await done('issue', dir, 'new');
    assert.match(await ask('new'), /new\.pem: good\n/);
  }),
);

test('other digests, several certificates in one request, and serial numbers of others', needsOpenssl, () =>
  withLab(false, async ({ dir, ask }) => {
    for (const digest of ['-sha1', '-sha256', '-sha384', '-sha512']) {
      assert.match(
        await ask('good', digest, '-cert', join(dir, 'bad.pem')),
        /bad\.pem: revoked\n[\s\S]*good\.pem: good\n/,
      );
    }
    assert.match(await ask('good', '-serial', '0x4711'), /0x4711: unknown\n/);
  }),
);

test('one answer speaks for one authority: the certificates of another are unknown in it', needsOpenssl, () =>
  withLab(false, async ({ dir, url }) => {
    const about = (issuer: string, name: string) => [
      ...['-issuer', join(dir, `${issuer}.pem`)],
      ...['-cert', join(dir, `${name}.pem`)],
    ];
    const ask = async (...certificates: string[]) =>
      (await runChild('openssl', ['ocsp', ...certificates, '-url', url, '-noverify'])).stdout;
    const mixed = await ask(...about('ca', 'intermediate'), ...about('intermediate', 'bad'));
    assert.match(mixed, /intermediate\.pem: good\n/);
    assert.match(mixed, /bad\.pem: unknown\n/);
    // The first issuer named here is no authority of the directory.
    const foreign = await ask(...about('good', 'bad'), ...about('intermediate', 'good'));
    assert.match(foreign, /bad\.pem: unknown\n/);
    assert.match(foreign, /good\.pem: good\n/);
    // A serial number counts only together with the authority that gave it.
    const { serialNumber } = await certificate(join(dir, 'good.pem'));
    assert.match(await ask('-issuer', join(dir, 'ca.pem'), '-serial', `0x${serialNumber}`), /: unknown\n/);
  }),
);

test('the nonce comes back, and without one there is none', () =>
  withLab(false, async ({ url }) => {
    const nonce = octetString(Buffer.alloc(32, 9));
    const extension = sequence(oid('1.3.6.1.5.5.7.48.1.2'), octetString(nonce));
    assert.ok((await post(url, oneRequest(tagged(2, sequence(extension))))).includes(extension));
    assert.ok(!(await post(url, oneRequest())).includes(oid('1.3.6.1.5.5.7.48.1.2')));
  }));

test('GET takes the request in the path, however it is escaped', () =>
  withLab(false, async ({ url }) => {
    const base64 = oneRequest().toString('base64');
    for (const path of [encodeURIComponent(base64), base64, base64.replaceAll('=', '%3d'), `/${base64}`]) {
      const response = await fetch(`${url}/${path}`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), 'application/ocsp-response');
      assert.ok(readAnswer(Buffer.from(await response.arrayBuffer())).basic.length > 0);
    }
  }));

const MALFORMED: readonly [what: string, der: Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['text', Buffer.from('hello')],
  ['no certificate', sequence(sequence(sequence()))],
  ['33 certificates', sequence(sequence(sequence(...Array.from({ length: 33 }, () => sequence(UNKNOWN_CERT)))))],
  ['bytes left over', Buffer.concat([oneRequest(), Buffer.from([0])])],
  ['a request cut short', oneRequest().subarray(0, -1)],
  [
    'a nonce that is too long',
    oneRequest(tagged(2, sequence(sequence(oid('1.3.6.1.5.5.7.48.1.2'), octetString(Buffer.alloc(200)))))),
  ],
];

test('what is no request is answered as malformed, unsigned', () =>
  withLab(false, async ({ url }) => {
    for (const [what, der] of MALFORMED) assert.equal((await post(url, der)).toString('hex'), '30030a0101', what);
  }));

test('a directory that cannot be read is an internal error, without a word about it', () =>
  withLab(false, async ({ dir, url }) => {
    await writeFile(join(dir, 'index.json'), '{');
    assert.equal((await post(url, oneRequest())).toString('hex'), '30030a0102');
  }));

const REFUSED: readonly [status: number, path: string, init: RequestInit][] = [
  [405, '/', { method: 'PUT', body: 'x' }],
  [400, '/', {}],
  [400, '/%zz', {}],
  [400, '/a.b', {}],
  [413, '/', { method: 'POST', body: Buffer.alloc(20_000) }],
];

test('HTTP that is no OCSP is refused', () =>
  withLab(false, async ({ url }) => {
    for (const [status, path, init] of REFUSED) {
      assert.equal((await fetch(url + path, init)).status, status, `${init.method ?? 'GET'} ${path}`);
    }
  }));

test('headgate pki ocsp-responder prints its URL, answers, and ends with 0 on a signal', () =>
  withAuthority(async (dir) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      await using child = new Child(process.execPath, [PROGRAM, 'pki', 'ocsp-responder', dir, '--delegated']);
      await child.printed(/http:\S+\n/);
      const url = child.stdout.trim();
      assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
      assert.ok(readAnswer(await post(url, oneRequest())).certs.length === 1);
      assert.deepEqual(await child.end(signal), { code: 0, signal: null });
    }
  }));

test('a port that is taken, and a directory without an authority, are said in words', () =>
  withLab(false, async ({ dir, url }) => {
    await fails(1, /EADDRINUSE/, 'ocsp-responder', dir, '--listen', new URL(url).host);
    await fails(1, /holds no authority/, 'ocsp-responder', join(dir, 'none'));
  }));

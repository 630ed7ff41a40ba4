import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { readCertificate } from '../../../../policies/x509/certificate.ts';
import { openAuthority } from '../../../../proxy/cli/pki/authority.ts';
import { needsOpenssl, openssl } from '../../../policies/x509/openssl.ts';
import { certificate, done, fails, mode, withAuthority } from './command.ts';

test('init makes an authority whose key only its owner reads, and never overwrites one', async () => {
  await withAuthority(async (dir) => {
    assert.deepEqual((await readdir(dir)).sort(), ['ca.key', 'ca.pem', 'crl.pem', 'index.json']);
    assert.equal(await mode(join(dir, 'ca.key')), '600');
    assert.equal((await certificate(join(dir, 'ca.pem'))).subject, 'CN=Acme CA');
    const before = await readFile(join(dir, 'ca.key'));
    await fails(1, /ca\.pem exists; an authority is never overwritten/, 'init', dir);
    assert.deepEqual(await readFile(join(dir, 'ca.key')), before);
  });
});

test('issue makes a client certificate with the names that were asked for', async () => {
  await withAuthority(async (dir) => {
    const names = ['--uri', 'spiffe://acme/p1/d1', '--uri', 'urn:x', '--dns', 'a.example', '--ip', '::1'];
    const times = ['--not-before', '2026-01-01', '--not-after', '2036-01-01T12:00:00Z'];
    const out = await done('issue', dir, 'pump-1', '--subject', 'O=Acme,OU=x,CN=y', ...names, ...times);
    const pump = await certificate(join(dir, 'pump-1.pem'));
    const facts = readCertificate(pump.raw);
    assert.ok(pump.checkIssued(await certificate(join(dir, 'ca.pem'))));
    assert.match(out, new RegExp(`serial ${facts.serial}$`));
    assert.equal(pump.subject, 'O=Acme\nOU=x\nCN=y');
    assert.deepEqual(facts.san, { uri: ['spiffe://acme/p1/d1', 'urn:x'], dns: ['a.example'], email: [], ip: ['::1'] });
    assert.equal(new Date(facts.notBefore).toISOString(), '2026-01-01T00:00:00.000Z');
    assert.equal(new Date(facts.notAfter).toISOString(), '2036-01-01T12:00:00.000Z');
    assert.equal(await mode(join(dir, 'pump-1.key')), '600');
    assert.match(await readFile(join(dir, 'pump-1.key'), 'utf8'), /^-----BEGIN PRIVATE KEY-----/);
  });
});

test('without a subject the name is the CN, for clients', async () => {
  await withAuthority(async (dir) => {
    await done('issue', dir, 'erp-7');
    const { subject, keyUsage } = await certificate(join(dir, 'erp-7.pem'));
    assert.equal(subject, 'CN=erp-7');
    assert.deepEqual(keyUsage, ['1.3.6.1.5.5.7.3.2']);
    await done('issue', dir, 'bare', '--no-eku');
    assert.equal((await certificate(join(dir, 'bare.pem'))).keyUsage, undefined);
    await done('issue', dir, 'both', '--client', '--server', '--ip', '127.0.0.1');
    assert.equal((await certificate(join(dir, 'both.pem'))).keyUsage?.length, 2);
  });
});

test('issue replaces nothing unless it is forced to', async () => {
  await withAuthority(async (dir) => {
    await done('issue', dir, 'x');
    const before = await readFile(join(dir, 'x.key'), 'utf8');
    await fails(1, /x\.pem exists; --force replaces it/, 'issue', dir, 'x');
    await rm(join(dir, 'x.pem'));
    await fails(1, /x\.key exists; --force replaces it/, 'issue', dir, 'x');
    assert.equal(await readFile(join(dir, 'x.key'), 'utf8'), before);
    await done('issue', dir, 'x', '--force');
    assert.notEqual(await readFile(join(dir, 'x.key'), 'utf8'), before);
    assert.equal(await mode(join(dir, 'x.key')), '600');
  });
});

test('revoke lists all certificates of the name and counts the CRL number up', needsOpenssl, async () => {
  await withAuthority(async (dir) => {
    const crl = () => openssl(['crl', '-in', join(dir, 'crl.pem'), '-CAfile', join(dir, 'ca.pem'), '-text', '-noout']);
    const verify = (name: string) =>
      openssl([
        'verify',
        '-CAfile',
        join(dir, 'ca.pem'),
        '-crl_check',
        '-CRLfile',
        join(dir, 'crl.pem'),
        '-purpose',
        'sslclient',
        join(dir, `${name}.pem`),
      ]);
    for (const name of ['a', 'b']) await done('issue', dir, name);
    const first = (await certificate(join(dir, 'a.pem'))).serialNumber;
    await done('issue', dir, 'a', '--force');
    const second = (await certificate(join(dir, 'a.pem'))).serialNumber;
    assert.match(crl(), /CRL Number:\s+1\n[\s\S]*No Revoked Certificates/);
    assert.match(verify('a'), /OK/);

    assert.match(await done('revoke', dir, 'a'), new RegExp(`^revoked ${first}, ${second};`));
    const text = crl();
    assert.match(text, /CRL Number:\s+2\n/);
    assert.deepEqual(text.match(/(?<=Serial Number: )\w+/g), [first, second]);
    assert.throws(() => verify('a'), /certificate revoked/);
    assert.match(verify('b'), /OK/);

    await fails(1, /"a" is revoked already/, 'revoke', dir, 'a');
    await done('revoke', dir, 'b');
    assert.match(crl(), /CRL Number:\s+3\n/);
    assert.equal(crl().match(/Serial Number/g)?.length, 3);
  });
});

test('the authority of a directory can be opened and issues on', async () => {
  await withAuthority(async (dir) => {
    const authority = await openAuthority(dir);
    const { cert } = await authority.issue({ subject: 'CN=x' });
    assert.ok(new X509Certificate(cert).verify((await certificate(join(dir, 'ca.pem'))).publicKey));
  });
});

test('names that are no file names, or names of the authority, are refused before anything is written', async () => {
  await withAuthority(async (dir) => {
    const before = await readdir(dir);
    for (const name of ['../x', 'a/b', '.x', '', 'x y', 'ü', 'a\0', 'x'.repeat(65)]) {
      await fails(1, /is no name for files/, 'issue', dir, name);
      await fails(1, /is no name for files/, 'revoke', dir, name);
    }
    for (const name of ['ca', 'CA', 'crl', 'index', 'intermediate', 'ca-crl', 'crl-delta'])
      await fails(1, /is a file of the authority itself/, 'issue', dir, name, '--force');
    assert.deepEqual(await readdir(dir), before);
  });
});

test('what cannot be done is said in words', async () => {
  await withAuthority(async (dir) => {
    await fails(1, /no certificate was issued under the name "nobody"/, 'revoke', dir, 'nobody');
    await fails(1, /holds no authority; make one with: headgate pki init/, 'issue', join(dir, 'none'), 'x');
    await fails(
      1,
      /end before it begins/,
      'issue',
      dir,
      'x',
      '--not-before',
      '2030-01-01',
      '--not-after',
      '2029-01-01',
    );
    await writeFile(join(dir, 'index.json'), '{');
    await fails(1, /index\.json is not JSON/, 'issue', dir, 'x');
    await writeFile(join(dir, 'index.json'), '{"crlNumber":1,"certificates":[{}]}');
    await fails(1, /index\.json is not the index of an authority/, 'issue', dir, 'x');
  });
});

const USAGE: readonly [message: RegExp, ...argv: string[]][] = [
  [/a command is missing/],
  [/unknown command "isue"/, 'isue'],
  [/DIR is missing/, 'init'],
  [/NAME is missing/, 'issue', 'dir'],
  [/"z" is one argument too many/, 'issue', 'dir', 'x', 'z'],
  [/Unknown option '--frobnicate'/, 'issue', 'dir', 'x', '--frobnicate'],
  [/--days is a whole number/, 'issue', 'dir', 'x', '--days', '0'],
  [/--days is a whole number/, 'init', 'dir', '--days', '1.5'],
  [/--not-after is a date such as/, 'issue', 'dir', 'x', '--not-after', 'tomorrow'],
  [/--days and --not-after exclude each other/, 'issue', 'dir', 'x', '--days', '1', '--not-after', '2030-01-01'],
  [/a server certificate needs --dns or --ip/, 'issue', 'dir', 'x', '--server'],
  [/--no-eku excludes/, 'issue', 'dir', 'x', '--no-eku', '--client'],
  [/"10\.0\.0\.300" is not an IP address/, 'issue', 'dir', 'x', '--ip', '10.0.0.300'],
  [/visible ASCII/, 'issue', 'dir', 'x', '--uri', 'urn:ü'],
  [/"x" in the subject is not of the form/, 'issue', 'dir', 'x', '--subject', 'x'],
  [/unknown subject attribute "XY"/, 'issue', 'dir', 'x', '--subject', 'XY=z'],
  [/--key is one of p256, .*ml-dsa-65/, 'init', 'dir', '--key', 'rsa1024'],
  [/--key is one of/, 'issue', 'dir', 'x', '--key', 'P-256'],
  [/"x" is not an e-mail address/, 'issue', 'dir', 'x', '--san-email', 'x'],
  [/visible ASCII/, 'issue', 'dir', 'x', '--san-email', 'ü@x.example'],
  [/"ldap:\/\/x" is not an http URL/, 'issue', 'dir', 'x', '--crl-url', 'ldap://x'],
  [/"http:\/\/a b" is not an http URL/, 'issue', 'dir', 'x', '--ocsp-url', 'http://a b'],
  [/--reason is one of keyCompromise, /, 'revoke', 'dir', 'x', '--reason', 'unspecified'],
  [/--delta is a whole number/, 'crl', 'dir', '--delta', '0'],
  [/--days is a whole number/, 'crl', 'dir', '--days', 'soon'],
  [/DIR is missing/, 'list'],
  [/DIR is missing/, 'ocsp-responder'],
  [/--listen is an IP address and a port/, 'ocsp-responder', 'dir', '--listen', 'localhost:80'],
  [/--listen is an IP address and a port/, 'ocsp-responder', 'dir', '--listen', '8080'],
  [/the port of --listen is a whole number/, 'ocsp-responder', 'dir', '--listen', '127.0.0.1:65536'],
  [/--minutes is a whole number/, 'ocsp-responder', 'dir', '--minutes', '0'],
];

for (const [message, ...argv] of USAGE) {
  test(`exit code 2 and a hint for: pki ${argv.join(' ')}`, () => fails(2, message, ...argv));
}

const COMMANDS = ['init', 'issue', 'revoke', 'crl', 'ocsp-responder', 'list'];

for (const argv of [['--help'], ['-h'], ['issue', 'dir', '-h'], ...COMMANDS.map((name) => [name, '--help'])]) {
  test(`help for: pki ${argv.join(' ')}`, async () =>
    assert.match(await done(...argv), /^usage: headgate pki[\s\S]*exit codes:\n {2}0 {2}done/));
}

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { needsOpenssl, openssl } from '../../../policies/x509/openssl.ts';
import { certificate, done, fails, mode, withAuthority } from './command.ts';

const withIntermediate = (use: (dir: string) => Promise<void>, ...options: string[]) =>
  withAuthority(use, '--intermediate', ...options);

test('init --intermediate makes two authorities, each with its list', () =>
  withIntermediate(async (dir) => {
    const files = ['ca-crl.pem', 'ca.key', 'ca.pem', 'crl.pem', 'index.json', 'intermediate.key', 'intermediate.pem'];
    assert.deepEqual((await readdir(dir)).sort(), files);
    assert.equal(await mode(dir), '700');
    assert.equal(await mode(join(dir, 'intermediate.key')), '600');
    const [ca, middle] = [await certificate(join(dir, 'ca.pem')), await certificate(join(dir, 'intermediate.pem'))];
    assert.ok(middle.ca && middle.checkIssued(ca) && middle.verify(ca.publicKey));
    assert.equal(middle.subject, 'CN=Acme CA intermediate');
    await fails(1, /exists; an authority is never overwritten/, 'init', dir);
  }));

test('the intermediate issues from then on, and its certificate follows the leaf in the file', () =>
  withIntermediate(async (dir) => {
    await done('issue', dir, 'x');
    const [x, middle] = [await certificate(join(dir, 'x.pem')), await certificate(join(dir, 'intermediate.pem'))];
    assert.ok(x.checkIssued(middle) && x.verify(middle.publicKey));
    const text = await readFile(join(dir, 'x.pem'), 'utf8');
    assert.equal(text.match(/BEGIN CERTIFICATE/g)?.length, 2);
    assert.ok(text.endsWith(await readFile(join(dir, 'intermediate.pem'), 'utf8')));
  }));

test('the intermediate does not outlive an authority of few days', () =>
  withIntermediate(
    async (dir) => {
      const [ca, middle] = [await certificate(join(dir, 'ca.pem')), await certificate(join(dir, 'intermediate.pem'))];
      assert.ok(Math.abs(ca.validToDate.getTime() - middle.validToDate.getTime()) <= 2000);
    },
    '--days',
    '30',
  ));

test('its path length is 0 and each list has one issuer', needsOpenssl, () =>
  withIntermediate(async (dir) => {
    const text = openssl(['x509', '-in', join(dir, 'intermediate.pem'), '-noout', '-text']);
    assert.match(text, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
    const crl = (file: string) => openssl(['crl', '-in', join(dir, file), '-noout', '-text']);
    assert.match(crl('crl.pem'), /Issuer: CN = Acme CA intermediate\n/);
    assert.match(crl('ca-crl.pem'), /Issuer: CN = Acme CA\n/);
  }),
);

test('revoking the intermediate is said in the list of the authority, not in its own', needsOpenssl, () =>
  withIntermediate(async (dir) => {
    await done('issue', dir, 'x');
    await done('revoke', dir, 'intermediate', '--reason', 'cACompromise');
    await done('revoke', dir, 'x');
    const serials = (file: string) =>
      openssl(['crl', '-in', join(dir, file), '-noout', '-text']).match(/(?<=Serial Number: )\w+/g);
    assert.deepEqual(serials('ca-crl.pem'), [(await certificate(join(dir, 'intermediate.pem'))).serialNumber]);
    assert.deepEqual(serials('crl.pem'), [(await certificate(join(dir, 'x.pem'))).serialNumber]);
  }),
);

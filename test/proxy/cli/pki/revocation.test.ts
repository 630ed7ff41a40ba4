import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { readCertificate } from '../../../../policies/x509/certificate.ts';
import { needsOpenssl, openssl } from '../../../policies/x509/openssl.ts';
import { certificate, done, fails, withAuthority } from './command.ts';

const crlText = (dir: string, file = 'crl.pem') =>
  openssl(['crl', '-in', join(dir, file), '-CAfile', join(dir, 'ca.pem'), '-text', '-noout']);
const serialOf = async (dir: string, name: string) => (await certificate(join(dir, `${name}.pem`))).serialNumber;

test('crl signs a fresh list under a number that grows, for as many days as asked', needsOpenssl, () =>
  withAuthority(async (dir) => {
    await done('issue', dir, 'x');
    await done('revoke', dir, 'x');
    assert.match(await done('crl', dir, '--days', '3'), /wrote .*crl\.pem, CRL number 3$/);
    const text = crlText(dir);
    assert.match(text, /CRL Number:\s+3\n/);
    assert.match(text, new RegExp(`Serial Number: ${await serialOf(dir, 'x')}`));
    const [last, next] = ['Last', 'Next'].map((which) =>
      Date.parse(text.match(new RegExp(`${which} Update: (.*)`))?.[1] ?? ''),
    ) as [number, number];
    assert.equal(next - last, 3 * 86_400_000);
    assert.match(await done('crl', dir), /CRL number 4$/);
  }),
);

const REASONS: readonly [reason: string, printed: string][] = [
  ['keyCompromise', 'Key Compromise'],
  ['cACompromise', 'CA Compromise'],
  ['affiliationChanged', 'Affiliation Changed'],
  ['superseded', 'Superseded'],
  ['cessationOfOperation', 'Cessation Of Operation'],
  ['certificateHold', 'Certificate Hold'],
  ['privilegeWithdrawn', 'Privilege Withdrawn'],
  ['aACompromise', 'AA Compromise'],
];

test('revoke gives the reason that was asked for, and keeps those of before', needsOpenssl, () =>
  withAuthority(async (dir) => {
    for (const [reason] of REASONS) {
      await done('issue', dir, reason);
      await done('revoke', dir, reason, '--reason', reason);
    }
    const printed = crlText(dir).match(/(?<=CRL Reason Code: \n\s+)\S.*/g);
    assert.deepEqual(
      printed,
      REASONS.map(([, words]) => words),
    );
  }),
);

test('a delta lists what was revoked after its base, under the number of the complete list', needsOpenssl, () =>
  withAuthority(async (dir) => {
    for (const name of ['a', 'b']) {
      await done('issue', dir, name);
      await done('revoke', dir, name);
    }
    await fails(1, /there is no CRL number 9 yet; the last one is 3/, 'crl', dir, '--delta', '9');
    await done('crl', dir, '--delta', '2');
    const delta = crlText(dir, 'crl-delta.pem');
    assert.match(delta, /Delta CRL Indicator: critical\s+2\n/);
    assert.match(delta, /CRL Number:\s+4\n/);
    assert.match(crlText(dir), /CRL Number:\s+4\n/);
    assert.deepEqual(delta.match(/(?<=Serial Number: )\w+/g), [await serialOf(dir, 'b')]);
  }),
);

test('issue says where to ask about revocation, and takes e-mail addresses', needsOpenssl, () =>
  withAuthority(async (dir) => {
    const urls = [
      '--crl-url',
      'http://crl.example/a.crl',
      '--ocsp-url',
      'http://o.example/',
      '--ocsp-url',
      'https://p.example',
    ];
    await done('issue', dir, 'x', '--san-email', 'a@x.example', '--san-email', 'b@x.example', ...urls);
    assert.deepEqual(readCertificate((await certificate(join(dir, 'x.pem'))).raw).san.email, [
      'a@x.example',
      'b@x.example',
    ]);
    const text = openssl(['x509', '-in', join(dir, 'x.pem'), '-noout', '-text']);
    assert.match(text, /CRL Distribution Points:\s+Full Name:\s+URI:http:\/\/crl\.example\/a\.crl\n/);
    assert.match(text, /OCSP - URI:http:\/\/o\.example\/\n\s+OCSP - URI:https:\/\/p\.example\n/);
  }),
);

test('list tells what was issued, and what of it is revoked', () =>
  withAuthority(async (dir) => {
    await done('issue', dir, 'pump-1', '--subject', 'O=Acme,CN=pump-1', '--days', '10');
    await done(
      'issue',
      dir,
      'gate',
      '--server',
      '--ip',
      '::1',
      '--not-before',
      '2020-01-01',
      '--not-after',
      '2021-01-01',
    );
    await done('revoke', dir, 'gate', '--reason', 'superseded');
    const [pump, gate, ...rest] = JSON.parse(await done('list', dir, '--json'));
    assert.deepEqual(rest, []);
    const { notAfter, ...facts } = pump;
    const serial = await serialOf(dir, 'pump-1');
    const good = { type: 'client', daysLeft: 9, revoked: null, reason: null };
    assert.deepEqual(facts, { name: 'pump-1', serial, subject: 'O=Acme, CN=pump-1', ...good });
    assert.equal(notAfter, (await certificate(join(dir, 'pump-1.pem'))).validToDate.toISOString());
    assert.equal(gate.type, 'server');
    assert.equal(gate.notAfter, '2021-01-01T00:00:00.000Z');
    assert.ok(gate.daysLeft < -1000);
    assert.equal(gate.reason, 'superseded');
    assert.ok(Math.abs(Date.parse(gate.revoked) - Date.now()) < 60_000);

    const [heading, ...lines] = (await done('list', dir)).split('\n');
    assert.match(heading ?? '', /^NAME +SERIAL +TYPE +NOT AFTER +DAYS LEFT +REVOKED +SUBJECT$/);
    assert.match(lines[0] ?? '', new RegExp(`^pump-1  ${serial}  client  \\S+ +9 +no +O=Acme, CN=pump-1$`));
    assert.match(lines[1] ?? '', /^gate .* server +2021-01-01 +-\d+ +\S+ superseded +CN=gate$/);
  }));

test('the index of an older version is read, and its certificates can be revoked', needsOpenssl, () =>
  withAuthority(async (dir) => {
    const certificates = [{ name: 'old', serial: '4A01' }];
    await writeFile(join(dir, 'index.json'), JSON.stringify({ crlNumber: 7, certificates }));
    assert.match(await done('list', dir), /\nold +4A01 +- +- +- +no +-$/);
    await done('revoke', dir, 'old');
    assert.match(crlText(dir), /CRL Number:\s+8\n[\s\S]*Serial Number: 4A01/);
    assert.equal(JSON.parse(await readFile(join(dir, 'index.json'), 'utf8')).crlNumber, 8);
  }),
);

for (const broken of [
  { serial: 'xyz' },
  { reason: 'toString' },
  { issuer: '../ca' },
  { revoked: 'yesterday' },
  { crl: '1' },
]) {
  test(`an index with ${JSON.stringify(broken)} is refused`, () =>
    withAuthority(async (dir) => {
      const certificates = [{ name: 'x', serial: '01', ...broken }];
      await writeFile(join(dir, 'index.json'), JSON.stringify({ crlNumber: 1, certificates }));
      await fails(1, /index\.json is not the index of an authority/, 'list', dir);
    }));
}

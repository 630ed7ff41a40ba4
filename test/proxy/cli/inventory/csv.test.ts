import assert from 'node:assert/strict';
import test from 'node:test';
import { csvLines } from '../../../../proxy/cli/inventory/csv.ts';
import { NOW, sample } from './sample.ts';

/** Fields of a line of RFC 4180, read in another way than they are written. */
function fields(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

async function csvRows(): Promise<Record<string, string>[]> {
  const [header = '', ...lines] = csvLines(await sample());
  const names = fields(header);
  return lines.map((line) => {
    const values = fields(line);
    assert.equal(values.length, names.length, line);
    return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
  });
}

test('CSV has a row for each certificate and use, and one for a broker in plain text', async () => {
  const rows = await csvRows();
  assert.deepEqual(
    rows.map(({ kind, name, role, transport }) => [kind, name, role, transport].join(' ')),
    [
      'listener plant server tls',
      'listener plant server-intermediate tls',
      'listener orders server tls',
      'store devices client-ca ',
      'upstream plant client tls',
      'upstream plant broker-ca tls',
      'upstream orders  plain',
    ],
  );
});

test('a CSV row tells the certificate, its place and the parameters of TLS there', async () => {
  const [row] = await csvRows();
  const { serial = '', sha256 = '', spki_sha256: spki = '', not_before: from, not_after: to, ...rest } = row ?? {};
  assert.match(serial, /^[0-9A-F]+$/);
  assert.match(`${sha256} ${spki}`, /^[0-9a-f]{64} [0-9a-f]{64}$/);
  assert.ok(Date.parse(from ?? '') < NOW && Date.parse(to ?? '') > NOW);
  assert.deepEqual(rest, {
    kind: 'listener',
    name: 'plant',
    role: 'server',
    transport: 'tls',
    addresses: '127.0.0.1:8883',
    client_auth: 'required',
    profile: 'mozilla-modern',
    post_quantum: 'prefer',
    tls_versions: 'TLSv1.3',
    cipher_suites: 'TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256',
    groups: 'X25519MLKEM768 X25519 P-256 P-384',
    signature_schemes: 'ecdsa_secp256r1_sha256 ecdsa_secp384r1_sha384 ecdsa_secp521r1_sha512',
    revocation_mode: '',
    revocation_state: '',
    revocation_fresh_until: '',
    ocsp: '',
    staple_state: '',
    staple_fresh_until: '',
    subject: 'CN=gate,O=Acme\\, \\"Inc.\\"',
    issuer: 'CN=Test CA',
    names: 'dns:gate.example',
    key_type: 'ec',
    key_curve: 'prime256v1',
    key_bits: '256',
    signature_algorithm: 'ecdsa-with-SHA256',
    days_left: '3',
    problem: '',
  });
});

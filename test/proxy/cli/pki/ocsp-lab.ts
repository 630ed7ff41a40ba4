import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { DerReader, TAG } from '../../../../policies/x509/der.ts';
import { integer, octetString, oid, sequence } from '../../../../proxy/cli/pki/der-writer.ts';
import { type OcspResponder, startOcspResponder } from '../../../../proxy/cli/pki/ocsp/responder.ts';
import { runChild } from '../../../support/child.ts';
import { done, withAuthority } from './command.ts';

interface Lab {
  readonly dir: string;
  readonly url: string;
  /** What `openssl ocsp` says about NAME.pem; it fails unless the signature of the answer holds. */
  ask(name: string, ...options: string[]): Promise<string>;
}

/** A directory with an intermediate, `good`, `bad` (revoked), and its responder. */
export function withLab(delegated: boolean, use: (lab: Lab) => Promise<void>, ...init: string[]): Promise<void> {
  return withAuthority(
    async (dir) => {
      for (const name of ['good', 'bad']) await done('issue', dir, name);
      await done('revoke', dir, 'bad', '--reason', 'superseded');
      const responder = await startOcspResponder({ dir, host: '127.0.0.1', port: 0, delegated, validFor: 3_600_000 });
      try {
        await use(labOf(dir, responder));
      } finally {
        await responder.close();
      }
    },
    '--intermediate',
    ...init,
  );
}

function labOf(dir: string, { url }: OcspResponder): Lab {
  return {
    dir,
    url,
    async ask(name, ...options) {
      const issuer = join(dir, name === 'intermediate' ? 'ca.pem' : 'intermediate.pem');
      const trust = ['-CAfile', join(dir, 'ca.pem'), '-verify_other', issuer];
      const args = ['ocsp', '-issuer', issuer, ...options, '-cert', join(dir, `${name}.pem`), '-url', url, ...trust];
      const { code, stdout, stderr } = await runChild('openssl', args);
      assert.match(stderr, /Response verify OK/, stdout);
      assert.doesNotMatch(stderr, /WARNING/);
      assert.equal(code, 0);
      return stdout;
    },
  };
}

/** CertID of a certificate that nobody issued. */
export const UNKNOWN_CERT = sequence(
  sequence(oid('1.3.14.3.2.26')),
  octetString(Buffer.alloc(20)),
  octetString(Buffer.alloc(20)),
  integer(1),
);

/** OCSPRequest for a certificate that nobody issued. */
export function oneRequest(...extensions: readonly Uint8Array[]): Buffer {
  return sequence(sequence(sequence(sequence(UNKNOWN_CERT)), ...extensions));
}

export async function post(url: string, body: Buffer): Promise<Buffer> {
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/ocsp-request' } });
  assert.equal(response.status, 200);
  return Buffer.from(await response.arrayBuffer());
}

/** BasicOCSPResponse of a successful answer, and the certificates in it. */
export function readAnswer(der: Buffer): { readonly basic: Buffer; readonly certs: readonly X509Certificate[] } {
  const response = new DerReader(der).enter(TAG.sequence, 'OCSPResponse');
  const { content } = response.read(0x0a, 'responseStatus');
  assert.equal(der[content], 0);
  const bytes = response.enter(0xa0, 'responseBytes').enter(TAG.sequence, 'responseBytes');
  assert.equal(bytes.oid('responseType'), '1.3.6.1.5.5.7.48.1.1');
  const octets = bytes.read(TAG.octetString, 'response');
  const basic = der.subarray(octets.content, octets.end);
  const reader = new DerReader(basic).enter(TAG.sequence, 'BasicOCSPResponse');
  for (let i = 0; i < 3; i++) reader.any('a part');
  if (!reader.more) return { basic, certs: [] };
  const list = reader.enter(0xa0, 'certs').enter(TAG.sequence, 'certs');
  const certs: X509Certificate[] = [];
  while (list.more) {
    const { start, end } = list.read(TAG.sequence, 'a certificate');
    certs.push(new X509Certificate(basic.subarray(start, end)));
  }
  return { basic, certs };
}

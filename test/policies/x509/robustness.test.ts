import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import fc from 'fast-check';
import { MAX_CERTIFICATE_BYTES, parseCertificate } from '../../../policies/x509/certificate.ts';
import { DerReader, MAX_DEPTH, X509Error } from '../../../policies/x509/der.ts';
import { createAuthority } from '../../../proxy/cli/pki/authority.ts';
import { altNames, ascii, attribute, CN, certificate, name, tlv, utf8 } from './der-writer.ts';
import { forMutationsOf } from './mutations.ts';

const authority = await createAuthority({ commonName: 'Mutation CA' });
const { cert } = await authority.issue({
  subject: 'O=Acme,OU=plant 7,CN=pump-1+UID=x',
  uri: 'spiffe://acme/p1/d1',
  dns: 'a.example',
  ip: ['192.0.2.1', '2001:db8::1'],
});
const genuine = new X509Certificate(cert).raw;

/** Reads `der`; any error but X509Error fails the test. What is read stays within the limits. */
function readsOrRefuses(der: Uint8Array): boolean {
  try {
    const { facts, extensions, tbs } = parseCertificate(der);
    assert.match(facts.serial, /^([0-9A-F]{2}){1,20}$/);
    assert.ok(facts.subject.length <= 16 && extensions.length <= 64 && tbs.end <= der.length);
    assert.ok(Number.isSafeInteger(facts.notBefore) && facts.notBefore <= facts.notAfter);
    return true;
  } catch (error) {
    assert.ok(error instanceof X509Error, `${error}`);
    return false;
  }
}

test('random bytes are refused with X509Error and nothing else', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => assert.equal(readsOrRefuses(bytes), false)));
});

test('a mutated certificate is read or refused with X509Error, never anything else', () => {
  forMutationsOf(genuine, readsOrRefuses);
});

test('whatever is read after a flipped bit, OpenSSL reads alike', () => {
  let read = 0;
  for (let at = 0; at < genuine.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const der = Buffer.from(genuine);
      der[at] = (der[at] as number) ^ (1 << bit);
      if (!readsOrRefuses(der)) continue;
      read++;
      const { facts } = parseCertificate(der);
      const node = new X509Certificate(der);
      assert.equal(facts.serial, node.serialNumber);
      assert.equal(facts.notBefore, node.validFromDate.getTime());
      assert.equal(facts.notAfter, node.validToDate.getTime());
      assert.equal(facts.subject.length, node.subject?.split('\n').length);
      const uri = facts.san.uri[0];
      if (uri !== undefined && !/[,\\"']/.test(uri)) assert.ok(node.subjectAltName?.includes(`URI:${uri}`));
    }
  }
  // Most bits are content (key, signature, identifiers): the loop above has looked at something.
  assert.ok(read > 500, `${read}`);
});

test('every truncation of a certificate is refused', () => {
  for (let size = 0; size < genuine.length; size++) assert.equal(readsOrRefuses(genuine.subarray(0, size)), false);
});

test('values nested beyond the limit are refused', () => {
  let nested: Buffer = tlv(0x30);
  for (let i = 0; i < MAX_DEPTH; i++) nested = tlv(0x30, nested);
  const descend = () => {
    for (let reader = new DerReader(nested); ; ) reader = reader.enter(0x30, 'a level');
  };
  assert.throws(descend, /a level is nested too deeply/);
});

test('the largest certificates that are accepted cost a bounded number of steps', () => {
  // Work is counted, not timed: every byte of the buffer may be looked at a few times only.
  const filled = [
    certificate({ subject: name([attribute(CN, utf8('x'.repeat(MAX_CERTIFICATE_BYTES - 300)))]) }),
    certificate({ extensions: [altNames(...Array.from({ length: 64 }, () => ascii(0x86, 'u'.repeat(240))))] }),
    certificate({ extensionsRaw: tlv(0xa3, tlv(0x30, Buffer.alloc(MAX_CERTIFICATE_BYTES - 300))) }),
    Buffer.alloc(MAX_CERTIFICATE_BYTES, 0x30),
  ];
  for (const der of filled) {
    assert.ok(der.length > 15_000 && der.length <= MAX_CERTIFICATE_BYTES);
    let looks = 0;
    const counted = new Proxy(new Uint8Array(der), {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) looks++;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    readsOrRefuses(counted);
    assert.ok(looks > 0 && looks < 4 * MAX_CERTIFICATE_BYTES, `${looks} looks at ${der.length} bytes`);
  }
});

/** About which certificates of ours somebody can be asked, and whom. */
import assert from 'node:assert/strict';
import { hash, X509Certificate } from 'node:crypto';
import test from 'node:test';
import { stapledCertificates } from '../../../../proxy/control-plane/stapling/staple-targets.ts';
import type { ListenerPlan } from '../../../../proxy/shared/listener-plan.ts';
import { testPki } from '../../../support/pki.ts';

const pki = await testPki();
const between = await pki.authority.intermediate({ commonName: 'Between' });
const request = { subject: 'O=Acme,CN=gate', dns: ['gate.example'], eku: 'server', serial: '0B0C' } as const;
const URLS = ['http://ocsp.example/', 'ldap://ocsp.example/', 'https://b.example/x'];

const plain = (await pki.authority.issue(request)).cert;
const naming = (await pki.authority.issue({ ...request, ocspUrl: URLS })).cert;
const deep = (await between.issue(request)).cert;
// The authority of the same name did not issue it.
const impostor = (await pki.foreign.issue(request)).cert;

interface Case {
  readonly what: string;
  readonly certificate: string;
  readonly others?: readonly string[];
  /** PEM of the trust stores. */
  readonly stores?: readonly string[];
  readonly stapling?: string;
}

function plan({ certificate, others = [], stores = [], stapling }: Omit<Case, 'what'>): ListenerPlan {
  return {
    name: 'plant',
    tls: {
      certificate,
      certificates: others.map((one) => ({ certificate: one, key: '' })),
      ...(stapling !== undefined && { stapling }),
    },
    stores: Object.fromEntries(stores.map((certificates, i) => [`s${i}`, { certificates }])),
  } as unknown as ListenerPlan;
}

const ASKED: readonly (Case & { readonly urls: readonly string[]; readonly issuer: string })[] = [
  {
    what: 'its issuer behind it',
    certificate: plain + pki.ca,
    stapling: 'http://x.example/',
    urls: ['http://x.example/'],
    issuer: pki.ca,
  },
  {
    what: 'its issuer in a store',
    certificate: plain,
    stores: [pki.foreign.cert, pki.ca],
    stapling: 'http://x.example/',
    urls: ['http://x.example/'],
    issuer: pki.ca,
  },
  {
    what: 'an intermediate as issuer',
    certificate: deep + between.cert + pki.ca,
    stapling: 'http://x.example/',
    urls: ['http://x.example/'],
    issuer: between.cert,
  },
  {
    what: 'responders that it names',
    certificate: naming + pki.ca,
    stapling: 'aia',
    urls: ['http://ocsp.example/', 'https://b.example/x'],
    issuer: pki.ca,
  },
];

for (const { what, urls, issuer, ...one } of ASKED) {
  test(`asked about: a certificate with ${what}`, () => {
    const [found, ...more] = stapledCertificates([plan(one)]);
    assert.ok(found !== undefined && typeof found.target !== 'string', JSON.stringify(found?.target));
    const { raw } = new X509Certificate(one.certificate);
    assert.deepEqual(
      [found.listener, found.subject, found.serial, found.sha256, more.length],
      ['plant', 'CN=gate,O=Acme', '0B0C', hash('sha256', raw, 'hex'), 0],
    );
    const { target } = found;
    assert.deepEqual([target.urls, target.sha256], [urls, found.sha256]);
    assert.equal(Buffer.from(target.serial).toString('hex'), '0b0c');
    const spki = new X509Certificate(issuer).publicKey.export({ type: 'spki', format: 'der' });
    assert.deepEqual(Buffer.from(target.issuerSpki), spki);
  });
}

const NOT_ASKED: readonly (Case & { readonly words: RegExp })[] = [
  {
    what: 'its issuer nowhere',
    certificate: plain,
    stores: [pki.foreign.cert],
    stapling: 'aia',
    words: /issuer is neither/,
  },
  { what: 'no responder', certificate: plain + pki.ca, stapling: 'aia', words: /names no OCSP responder/ },
  {
    what: 'the signature of another',
    certificate: impostor,
    stores: [pki.ca],
    stapling: 'aia',
    words: /issuer is neither/,
  },
];

for (const { what, words, ...one } of NOT_ASKED) {
  test(`nobody is asked about a certificate with ${what}, and it is said why`, () => {
    const [found] = stapledCertificates([plan(one)]);
    assert.ok(typeof found?.target === 'string');
    assert.match(found.target, words);
  });
}

test('every certificate of every listener that staples, and of no other', () => {
  const more = { certificate: naming, others: [plain, deep + between.cert], stores: [pki.ca] };
  const found = stapledCertificates([plan({ ...more, stapling: 'http://x.example/' }), plan(more)]);
  assert.deepEqual(
    found.map(({ sha256 }) => sha256),
    [naming, plain, deep].map((pem) => hash('sha256', new X509Certificate(pem).raw, 'hex')),
  );
});

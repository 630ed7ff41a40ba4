import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import test from 'node:test';
import { createAuthority } from '../../../../proxy/cli/pki/authority.ts';
import { brokenLink } from '../../../../proxy/control-plane/config/chain-order.ts';

const root = await createAuthority({ commonName: 'Root' });
/** Of the same name, with another key. */
const impostor = await createAuthority({ commonName: 'Root' });
const middle = await root.intermediate({ commonName: 'Middle' });
const request = { subject: 'CN=gate', dns: ['gate'], eku: 'server' } as const;
const leaf = await middle.issue(request);
const sibling = await middle.issue({ ...request, subject: 'CN=other' });

/** With another last byte, which belongs to the signature. */
function forged({ cert }: { readonly cert: string }): { readonly cert: string } {
  const der = Buffer.from(new X509Certificate(cert).raw);
  der[der.length - 1] = (der.at(-1) as number) ^ 1;
  return { cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n` };
}

const CASES: readonly (readonly [name: string, chain: readonly { readonly cert: string }[], broken: number])[] = [
  ['nothing', [], -1],
  ['a leaf alone', [leaf], -1],
  ['a leaf and its issuer', [leaf, middle], -1],
  ['up to the root', [leaf, middle, root], -1],
  ['one left out', [leaf, root], 0],
  ['one left out further on', [leaf, middle, middle], 1],
  ['the wrong way round', [leaf, root, middle], 0],
  ['a stranger of the right name', [leaf, middle, impostor], 1],
  ['another leaf', [leaf, sibling], 0],
  ['a signature that is not of the issuer', [forged(leaf), middle], 0],
];

for (const [name, chain, broken] of CASES) {
  test(`where a chain breaks: ${name}: ${broken}`, () => {
    assert.equal(brokenLink(chain.map(({ cert }) => new X509Certificate(cert))), broken);
  });
}

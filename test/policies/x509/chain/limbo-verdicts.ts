/** How cases of x509-limbo are run and judged where that differs from the rest. */

export interface Exception {
  readonly id: string;
  readonly reason: string;
}

/** Cases of profiles that take a leaf without extKeyUsage; the default asks for the purpose in so many words. */
export const LENIENT_EKU: ReadonlySet<string> = new Set([
  'rfc5280::eku::ee-without-eku',
  'pathlen::validation-ignores-pathlen-in-leaf',
  'rfc5280::ca-as-leaf',
  'rfc5280::ca-as-leaf-wrong-san',
  'webpki::ca-as-leaf',
  'webpki::v1-cert',
  'webpki::cryptographydotio-chain',
]);

/** Applicable, and judged differently on purpose. */
export const DIFFERENT: readonly Exception[] = [
  {
    id: 'pathlen::validation-ignores-pathlen-in-leaf',
    reason: 'the leaf’s keyUsage lacks digitalSignature, without which it cannot prove its key (RFC 8446 4.4.2.2)',
  },
  {
    id: 'rfc5280::aki::cross-signed-root-missing-aki',
    reason: 'an anchor is the end of the path: what finds its issuer is not asked for (so wants cve::cve-2024-0567)',
  },
];

/** Every validator is at odds with one of two cases: the set says so itself (`conflicts_with`). */
export const CONTRADICTED: readonly Exception[] = [
  {
    id: 'rfc5280::ca-as-leaf',
    reason: 'judged as webpki::ca-as-leaf wants: the keyUsage of the leaf lacks digitalSignature',
  },
  {
    id: 'rfc5280::nc::permitted-dns-match-noncritical',
    reason: 'judged as webpki::nc::permitted-dns-match-noncritical wants: constraints are enforced, critical or not',
  },
];

const PEER_NAME = 'only the expected name of the peer is wrong; identities match names, the chain does not';
const BASELINE = 'a rule of the CA/Browser Forum for public servers that RFC 5280 does not have';
const PUBLIC_SUFFIX = 'asks for the list of public suffixes; private authorities issue what they like below them';

/** Refused by the set for something that the chain of a client certificate does not decide. */
export const NOT_APPLICABLE: readonly Exception[] = [
  { id: 'webpki::cn::ipv4-hex-mismatch', reason: PEER_NAME },
  { id: 'webpki::cn::ipv4-leading-zeros-mismatch', reason: PEER_NAME },
  { id: 'webpki::cn::ipv6-uppercase-mismatch', reason: PEER_NAME },
  { id: 'webpki::cn::ipv6-uncompressed-mismatch', reason: PEER_NAME },
  { id: 'webpki::cn::ipv6-non-rfc5952-mismatch', reason: PEER_NAME },
  { id: 'webpki::cn::punycode-not-in-san', reason: PEER_NAME },
  { id: 'webpki::cn::utf8-vs-punycode-mismatch', reason: PEER_NAME },
  { id: 'webpki::cn::not-in-san', reason: PEER_NAME },
  { id: 'webpki::cn::case-mismatch', reason: PEER_NAME },
  { id: 'webpki::san::mismatch-domain-san', reason: PEER_NAME },
  { id: 'webpki::san::mismatch-subdomain-san', reason: PEER_NAME },
  { id: 'webpki::san::mismatch-subdomain-apex-san', reason: PEER_NAME },
  { id: 'webpki::san::mismatch-apex-subdomain-san', reason: PEER_NAME },
  { id: 'webpki::san::wildcard-match-across-labels-san', reason: PEER_NAME },
  { id: 'webpki::san::no-san', reason: PEER_NAME },
  { id: 'webpki::san::public-suffix-wildcard-san', reason: PUBLIC_SUFFIX },
  { id: 'webpki::san::public-suffix-multi-label-wildcard-san', reason: PUBLIC_SUFFIX },
  { id: 'webpki::san::public-suffix-private-namespace-wildcard-san', reason: PUBLIC_SUFFIX },
  { id: 'webpki::san::san-critical-with-nonempty-subject', reason: BASELINE },
  { id: 'webpki::aki::root-with-aki-all-fields', reason: BASELINE },
];

/** Refused by the set for what a CRL says; the chain is good. test/policies/revocation/limbo.test.ts judges the lists. */
export const NEEDS_CRL: readonly Exception[] = [
  { id: 'crl::revoked-certificate-with-crl', reason: 'the CRL lists the leaf' },
  { id: 'crl::crlnumber-missing', reason: 'the CRL has no number' },
  { id: 'crl::crlnumber-critical', reason: 'the number of the CRL is critical' },
  { id: 'crl::issuer-missing-crlsign', reason: 'the issuer may not sign CRLs' },
];

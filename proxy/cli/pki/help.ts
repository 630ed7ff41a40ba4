const EXIT_CODES = `
Exit codes: 0 done, 1 it failed, 2 the command line makes no sense.`;

/** Of `headgate pki` itself. */
export const HELP = `headgate pki: a certificate authority for development, tests and labs; not for production

  headgate pki init DIR [--name CN] [--days N] [--key TYPE] [--intermediate]
  headgate pki issue DIR NAME [options]
  headgate pki revoke DIR NAME [--reason R]
  headgate pki crl DIR [--days N] [--delta BASE]
  headgate pki ocsp-responder DIR [--listen ADDRESS:PORT] [--delegated] [--minutes N]
  headgate pki list DIR [--json]

Key types: p256 (the default), p384, rsa2048, rsa3072, ed25519, ml-dsa-65, ml-dsa-87.
"headgate pki COMMAND --help" tells more.
${EXIT_CODES}`;

export const HELP_INIT = `headgate pki init DIR [--name CN] [--days N] [--key TYPE] [--intermediate]

Makes an authority in DIR: ca.pem, ca.key (mode 0600), an empty crl.pem and index.json. Never overwrites one.

  --name CN       its common name (default "headgate development CA")
  --days N        how long it lasts (default 3650)
  --key TYPE      p256, p384, rsa2048, rsa3072, ed25519, ml-dsa-65 or ml-dsa-87 (default p256)
  --intermediate  also intermediate.pem and intermediate.key, an authority under it (path length 0) that issues
                  from then on; crl.pem is then its list, and ca-crl.pem that of the authority
${EXIT_CODES}`;

export const HELP_ISSUE = `headgate pki issue DIR NAME [options]

Issues DIR/NAME.pem with the key DIR/NAME.key (PKCS #8, mode 0600). NAME.pem ends with the intermediate if there is one.

  --client                for clients (the default)
  --server                for servers; needs --dns or --ip. With --client: for both
  --no-eku                without extended key usage
  --subject TEXT          e.g. "O=Acme,OU=plant 7,CN=pump-1" in the order of the certificate; "+" makes
                          one multi-valued RDN, "\\" takes the next character as it is (default "CN=NAME")
  --uri U --dns D --ip I --san-email E
                          subject alternative names; each may be given several times
  --key TYPE              p256, p384, rsa2048, rsa3072, ed25519, ml-dsa-65 or ml-dsa-87 (default p256)
  --crl-url URL           where its CRL is (CRL distribution point); may be given several times
  --ocsp-url URL          where its OCSP responder is (authority information access); the same
  --days N                how long it lasts (default 90)
  --not-before DATE       ISO 8601, e.g. 2027-01-31T12:00:00Z
  --not-after DATE
  --force                 replace NAME.pem and NAME.key; the certificate replaced is not revoked
${EXIT_CODES}`;

export const HELP_REVOKE = `headgate pki revoke DIR NAME [--reason R]

Revokes every certificate that was issued as NAME ("intermediate": the intermediate) and writes new CRLs.

  --reason R   keyCompromise (the default), cACompromise, affiliationChanged, superseded, cessationOfOperation,
               certificateHold, privilegeWithdrawn or aACompromise
${EXIT_CODES}`;

export const HELP_CRL = `headgate pki crl DIR [--days N] [--delta BASE]

Writes fresh CRLs under the next CRL number: DIR/crl.pem, and DIR/ca-crl.pem beside an intermediate.

  --days N      until their nextUpdate (default 365)
  --delta BASE  also DIR/crl-delta.pem: a delta CRL with what was revoked after the complete one of number BASE
${EXIT_CODES}`;

export const HELP_OCSP = `headgate pki ocsp-responder DIR [--listen ADDRESS:PORT] [--delegated] [--minutes N]

Answers OCSP requests (RFC 6960, POST and GET) about what was issued in DIR, from its state at that moment.
Prints its URL and goes on until SIGINT or SIGTERM.

  --listen ADDRESS:PORT  port 0 takes any free one (default 127.0.0.1:0)
  --delegated            sign with a certificate for OCSP made for this run, not with the authority's own key
  --minutes N            how long an answer is good (default 60)
${EXIT_CODES}`;

export const HELP_LIST = `headgate pki list DIR [--json]

Prints what was issued, oldest first: serial number, type, end, days left, whether it is revoked, subject.

  --json   as one JSON array
${EXIT_CODES}`;

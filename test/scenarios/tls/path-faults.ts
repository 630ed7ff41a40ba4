/** Chains that are refused because their certificates do not make a path to an anchor. */
import {
  AUTHORITY,
  authority,
  basicConstraints,
  CLIENT,
  client,
  directory,
  dns,
  email,
  type Issued,
  ip,
  issue,
  keyUsage,
  nameConstraints,
  root,
  uri,
} from '../../policies/x509/chain/issue.ts';
import { altNames } from '../../policies/x509/der-writer.ts';
import { anchor, device, otherAnchor, type RefusedChain, shown, subjectOf } from './shown-chain.ts';

/** A chain with `count` authorities between the device and the anchor. */
function deep(count: number, first: Issued = anchor): readonly [Issued, ...Issued[]] {
  const between: Issued[] = [];
  for (let i = 0; i < count; i++) between.unshift(authority(between[0] ?? first, `Depth ${i + 1}`));
  return [device(between[0] as Issued), ...between];
}

/** The same certificate with the last octet of its signature turned. */
function tampered(issued: Issued): Issued {
  const der = Buffer.from(issued.der);
  der[der.length - 1] = (der.at(-1) as number) ^ 0x01;
  return { ...issued, der };
}

/** One authority that both roots have certified. */
function crossSigned(): readonly [Issued, ...Issued[]] {
  const ours = authority(anchor, 'Cross');
  const theirs = authority(otherAnchor, 'Cross', { key: ours.key });
  return [device(ours), ours, theirs];
}

/** Issuers of one name, each of which might have issued each other: the paths are more than anybody follows. */
function maze(): readonly [Issued, ...Issued[]] {
  const name = { subject: subjectOf('Maze', 'Maze') };
  const rooms = Array.from({ length: 8 }, () => issue({ ...name, extensions: AUTHORITY }));
  return [device(rooms[0] as Issued), ...rooms];
}

/** A device below an authority that may issue only for certain names. */
function constrained(constraints: Buffer, names: Buffer, subject = subjectOf('Acme')): () => ReturnType<typeof shown> {
  const extensions = [...AUTHORITY, constraints];
  const middle = authority(anchor, 'Narrow', { extensions });
  return () => shown(device(middle, { subject, extensions: [...CLIENT, names] }), middle);
}

const NAME_CONSTRAINT = (fault: string): RegExp =>
  new RegExp(
    String.raw`^its nameConstraints do not allow the leaf: .*${fault}.* \[issuer 1: CN=Narrow\] \(RFC 5280 4\.2\.1\.10\)$`,
  );

export const PATH_FAULTS: readonly RefusedChain[] = [
  {
    what: 'an authority that nobody trusts, not sent along',
    chain: () => shown(device(root('Stranger'))),
    cause: 'unknown-ca',
    reason: /has its issuer CN=Stranger \(RFC 5280 6\.1\.1 \(d\)\)$/,
  },
  {
    what: 'an authority that nobody trusts, sent along',
    chain: () => {
      const stranger = root('Stranger');
      return shown(device(stranger), stranger);
    },
    cause: 'unknown-ca',
    reason: /self-signed and in no trust store of this listener as an anchor \[issuer 1: CN=Stranger\] \(RFC 5280/,
  },
  {
    what: 'a certificate that signed itself',
    chain: () => shown(issue({ subject: subjectOf('Acme'), extensions: CLIENT })),
    cause: 'unknown-ca',
    reason: /^it is self-signed/,
  },
  {
    what: 'an intermediate that was not sent',
    chain: () => shown(device(authority(anchor, 'Missing'))),
    cause: 'unknown-ca',
    reason: /neither the client nor a trust store of this listener has its issuer CN=Missing/,
  },
  {
    what: 'an authority that two stores certify',
    listener: 'twins',
    chain: () => shown(...crossSigned()),
    cause: 'ambiguous-trust',
    reason: /^it has paths to anchors of two trust stores, devices and other \(RFC 5280 6\.1\.1 \(d\)\)$/,
  },
  {
    what: 'a signature that was tampered with',
    chain: () => shown(tampered(device(anchor))),
    cause: 'bad-signature',
    reason: /^its signature does not verify with the key of CN=Plant Root \(RFC 5280 6\.1\.3 \(a\) \(1\)\)$/,
  },
  {
    what: 'an issuer whose signature was tampered with',
    chain: () => {
      const middle = authority(anchor, 'Line 1');
      return shown(device(middle), tampered(middle));
    },
    cause: 'bad-signature',
    reason: /\[issuer 1: CN=Line 1\]/,
  },
  {
    what: 'an impostor that has the name of our root',
    chain: () => shown(device(root('Plant Root'))),
    cause: 'bad-signature',
    reason: /does not verify with the key of CN=Plant Root/,
  },
  {
    what: 'a device that issues certificates',
    chain: () => {
      const first = client(anchor, { subject: subjectOf('Acme', 'issuer') });
      return shown(device(first), first);
    },
    cause: 'not-a-ca',
    reason: /issued a certificate but has no basicConstraints \[issuer 1: CN=issuer,O=Acme\] \(RFC 5280 4\.2\.1\.9\)$/,
  },
  {
    what: 'an issuer that says it is no authority',
    chain: () => {
      const middle = authority(anchor, 'Line 1', { extensions: [basicConstraints(false), keyUsage(0x04)] });
      return shown(device(middle), middle);
    },
    cause: 'not-a-ca',
    reason: /is no authority \(cA is false\) \[issuer 1: CN=Line 1\] \(RFC 5280 4\.2\.1\.9\)$/,
  },
  {
    what: 'an authority below one that may have none below',
    chain: () => {
      const first = authority(anchor, 'Last', { extensions: [basicConstraints(true, 0), keyUsage(0x04)] });
      const second = authority(first, 'One more');
      return shown(device(second), second, first);
    },
    cause: 'path-length',
    reason: /pathLenConstraint allows 0 \[issuer 2: CN=Last\] \(RFC 5280 4\.2\.1\.9\)$/,
  },
  {
    what: 'a DNS name that its authority may not issue',
    chain: constrained(nameConstraints([dns('acme.example')]), altNames(dns('pump-1.evil.example'))),
    cause: 'name-constraint',
    reason: NAME_CONSTRAINT('pump-1\\.evil\\.example'),
  },
  {
    what: 'a URI that its authority may not issue',
    chain: constrained(nameConstraints([], [uri('evil.example')]), altNames(uri('spiffe://evil.example/p1/pump-1'))),
    cause: 'name-constraint',
    reason: NAME_CONSTRAINT('evil\\.example'),
  },
  {
    what: 'a subject that its authority may not issue',
    chain: constrained(nameConstraints([directory(subjectOf('Acme', 'pumps'))]), altNames(dns('x.example'))),
    cause: 'name-constraint',
    reason: NAME_CONSTRAINT('distinguished name'),
  },
  {
    what: 'an address that its authority may not issue',
    chain: constrained(nameConstraints([ip(10, 0, 0, 0, 255, 0, 0, 0)]), altNames(ip(192, 0, 2, 1))),
    cause: 'name-constraint',
    reason: NAME_CONSTRAINT('iPAddress'),
  },
  {
    what: 'a mail address that its authority may not issue',
    chain: constrained(nameConstraints([email('acme.example')]), altNames(email('x@evil.example'))),
    cause: 'name-constraint',
    reason: NAME_CONSTRAINT('x@evil\\.example'),
  },
  {
    what: 'a path of six certificates',
    chain: () => shown(...deep(4)),
    cause: 'chain-too-long',
    reason: /^the path has over 5 certificates \[issuer 5: CN=Plant Root\] \(RFC 5280 6\.1\.4\)$/,
  },
  {
    what: 'eleven certificates beside its own',
    chain: () => shown(...deep(11)),
    cause: 'chain-too-long',
    reason: /^11 certificates came with the leaf, more than 10 \(RFC 8446 4\.4\.2\)$/,
  },
  {
    what: 'a maze of issuers of one name',
    chain: () => shown(...maze()),
    cause: 'chain-too-costly',
    reason: /\(RFC 4158 8\)$/,
  },
];

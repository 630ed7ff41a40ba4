/** What clients of the TLS scenarios show. Certificates are made by hand, so that every part can be wrong. */
import type { ConnectionOptions } from 'node:tls';
import type { Cause } from '../../../policies/causes.ts';
import { pem } from '../../../proxy/cli/pki/der-writer.ts';
import { CLIENT, client, type Issued, type Request, root, uri } from '../../policies/x509/chain/issue.ts';
import { altNames, attribute, CN, name, utcTime, utf8 } from '../../policies/x509/der-writer.ts';
import type { Credentials } from '../../support/pki.ts';

/** Certificates as they go over the wire, the client's own first, and the key that belongs to that one; PEM. */
export type ShownChain = Pick<Credentials, 'cert' | 'key'>;

/** A chain that no listener may let in. */
export interface RefusedChain {
  readonly what: string;
  /** Where it is shown. Default `mqtt`. */
  readonly listener?: ListenerName;
  /** Undefined: no certificate at all. */
  readonly chain: () => ShownChain | Promise<ShownChain> | undefined;
  /** What the client needs to show such a chain at all. */
  readonly tls?: ConnectionOptions;
  readonly cause: Cause;
  /** The particulars and the rule that the operator is told. */
  readonly reason: RegExp;
  /** The client's own certificate is no strict DER: only its digest is known. */
  readonly unreadable?: true;
}

/** An authority that the listeners trust, and one that only the listener `twins` trusts as well. */
export const anchor = root('Plant Root');
export const otherAnchor = root('Other Root');

const ORGANIZATION = '2.5.4.10';

export const NAMES = altNames(uri('spiffe://acme/p1/pump-1'));

export const subjectOf = (organization: string, commonName = 'pump-1'): Buffer =>
  name([attribute(ORGANIZATION, utf8(organization))], [attribute(CN, utf8(commonName))]);

/** The certificate of a device that every listener would let in, but for what `more` says. */
export const device = (by: Issued, more: Request = {}): Issued =>
  client(by, { subject: subjectOf('Acme'), extensions: [...CLIENT, NAMES], ...more });

/** The chain as a client sends it; the key is that of the first. */
export function shown(...[leaf, ...others]: readonly [Issued, ...Issued[]]): ShownChain {
  return {
    cert: [leaf, ...others].map(({ der }) => pem('CERTIFICATE', der)).join(''),
    key: leaf.key.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** A UTCTime so many milliseconds from now. */
export const fromNow = (milliseconds: number): Buffer =>
  utcTime(`${new Date(Date.now() + milliseconds).toISOString().slice(2, 19).replace(/\D/g, '')}Z`);

/** The listeners of refusing-gate.ts. */
export type ListenerName = 'mqtt' | 'twins' | 'pinned' | 'listed' | 'unlisted' | 'stale';

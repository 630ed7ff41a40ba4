import type { CertificateFacts, SubjectAltNames } from '../../../policies/types.ts';
import { attributeOid } from '../../../policies/x509/attribute-types.ts';

type Rdn = readonly (readonly [type: string, value: string])[];

/** Facts of a certificate: `CN=x` is one RDN, `CN=x+OU=y` given as an array of pairs. */
export function facts(subject: readonly Rdn[], san: Partial<SubjectAltNames> = {}): CertificateFacts {
  return {
    serial: '01',
    subject: subject.map((rdn) => rdn.map(([type, value]) => ({ oid: attributeOid(type) ?? type, type, value }))),
    issuer: [],
    san: { uri: [], dns: [], email: [], ip: [], ...san },
    eku: [],
    notBefore: 0,
    notAfter: 1,
  };
}

export const cn = (value: string): Rdn => [['CN', value]];
export const rdn = (type: string, value: string): Rdn => [[type, value]];

/** `{ OU: ['a', 'b'] }`: each value in an RDN of its own. */
export function rdns(attributes: Readonly<Record<string, readonly string[]>>): Rdn[] {
  return Object.entries(attributes).flatMap(([type, values]) => values.map((value) => rdn(type, value)));
}

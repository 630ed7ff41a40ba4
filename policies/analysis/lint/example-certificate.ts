/** Facts of a certificate that an identity is meant for, so that the engine itself can be asked about it. */
import type { CompiledIdentity } from '../../identity/compile.ts';
import type { Values } from '../../identity/placeholder.ts';
import type { CertificateFacts, NameAttribute } from '../../types.ts';
import { attributeOid } from '../../x509/attribute-types.ts';

/** In place of variables that nothing is said of. */
const ANY_VALUE = 'x';

/** Milliseconds since the epoch: when the certificate is held against the identity. */
export const EXAMPLE_TIME = 0;

/** `values`: of variables, and of attributes that the principal takes. */
export function exampleCertificate(
  { subject, issuer, san, terms, attributes }: CompiledIdentity,
  values: Readonly<Values>,
): CertificateFacts {
  const fill = (source: string) =>
    source.replaceAll('*', '').replace(/\{([^}]*)\}/g, (_, name: string) => values[name] ?? ANY_VALUE);
  const own = subject.flatMap(({ type, patterns }) =>
    attributes.includes(type) && values[type] !== undefined
      ? [attribute(type, values[type])]
      : patterns.map(({ shape }) => attribute(type, fill(shape))),
  );
  const others = attributes.filter((type) => !subject.some((one) => one.type === type));
  const names = { uri: [] as string[], dns: [] as string[], email: [] as string[], ip: [] as string[] };
  for (const { kind, pattern } of san) names[kind].push(pattern.exact ?? fill(pattern.shape));
  return {
    serial: terms.serials?.[0] ?? '01',
    subject: [...own, ...others.map((type) => attribute(type, values[type] ?? ANY_VALUE))].map((one) => [one]),
    issuer: issuer.flatMap(({ type, patterns }) => patterns.map(({ shape }) => [attribute(type, fill(shape))])),
    san: names,
    eku: terms.eku,
    notBefore: EXAMPLE_TIME - Math.max(terms.age?.min ?? 0, 0),
    notAfter: EXAMPLE_TIME,
  };
}

function attribute(type: string, value: string): NameAttribute {
  return { oid: attributeOid(type) ?? type, type, value };
}

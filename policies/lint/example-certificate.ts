/** Facts of a certificate that an identity is meant for, so that the engine itself can be asked about it. */
import type { CompiledIdentity } from '../identity/compile.ts';
import type { Values } from '../identity/placeholder.ts';
import type { CertificateFacts, NameAttribute } from '../types.ts';
import { attributeOid } from '../x509/attribute-types.ts';

/** In place of variables that nothing is said of. */
const ANY_VALUE = 'x';

/** `values`: of variables, and of attributes that the principal takes. */
export function exampleCertificate(
  { subject, san, attributes }: CompiledIdentity,
  values: Readonly<Values>,
): CertificateFacts {
  const fill = (source: string) =>
    source.replaceAll('*', '').replace(/\{([^}]*)\}/g, (_, name: string) => values[name] ?? ANY_VALUE);
  const own = subject.flatMap(({ type, patterns }) =>
    attributes.includes(type) && values[type] !== undefined
      ? [attribute(type, values[type])]
      : patterns.map(({ source }) => attribute(type, fill(source))),
  );
  const others = attributes.filter((type) => !subject.some((one) => one.type === type));
  const names = { uri: [] as string[], dns: [] as string[], email: [] as string[], ip: [] as string[] };
  for (const { kind, pattern } of san) names[kind].push(pattern.exact ?? fill(pattern.source));
  return {
    serial: '01',
    subject: [...own, ...others.map((type) => attribute(type, values[type] ?? ANY_VALUE))].map((one) => [one]),
    issuer: [],
    san: names,
    notBefore: 0,
    notAfter: 0,
  };
}

function attribute(type: string, value: string): NameAttribute {
  return { oid: attributeOid(type) ?? type, type, value };
}

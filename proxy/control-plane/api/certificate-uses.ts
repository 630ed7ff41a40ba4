import type { CertificateEntry, ChainEntry, Inventory } from './inventory.ts';

export type CertificateRole =
  | 'server'
  | 'server-intermediate'
  | 'client-ca'
  | 'broker-ca'
  | 'client'
  | 'client-intermediate';

/** A certificate and where it is used. */
export interface CertificateUse {
  /** `listener`, `store` or `upstream`, and its name (an upstream has that of its listener). */
  readonly kind: 'listener' | 'store' | 'upstream';
  readonly name: string;
  readonly role: CertificateRole;
  readonly certificate: CertificateEntry;
}

/** Every certificate of an inventory, as often as it is used. */
export function certificateUses({ listeners, stores, upstreams }: Inventory): CertificateUse[] {
  return [
    ...listeners.flatMap(({ name, certificates }) =>
      certificates.flatMap((chain) => chainUses('listener', name, 'server', chain)),
    ),
    ...stores.flatMap(({ name, certificates }) =>
      certificates.map((certificate) => ({ kind: 'store', name, role: 'client-ca', certificate }) as const),
    ),
    ...upstreams.flatMap(({ listener: name, tls }) => [
      ...(tls?.certificate === undefined ? [] : chainUses('upstream', name, 'client', tls.certificate)),
      ...(tls?.ca ?? []).map((certificate) => ({ kind: 'upstream', name, role: 'broker-ca', certificate }) as const),
    ]),
  ];
}

function chainUses(
  kind: CertificateUse['kind'],
  name: string,
  role: 'server' | 'client',
  { leaf, intermediates }: ChainEntry,
): CertificateUse[] {
  return [
    { kind, name, role, certificate: leaf },
    ...intermediates.map((certificate) => ({ kind, name, role: `${role}-intermediate` as const, certificate })),
  ];
}

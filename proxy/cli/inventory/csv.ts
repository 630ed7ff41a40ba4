import { type CertificateUse, certificateUses } from '../../control-plane/api/certificate-uses.ts';
import type { Inventory, ListenerEntry, StoreEntry, UpstreamEntry } from '../../control-plane/api/inventory.ts';

type Cell = string | number | null | undefined;
type Cells = Readonly<Partial<Record<Column, Cell>>>;

const COLUMNS = [
  'kind',
  'name',
  'role',
  'transport',
  'addresses',
  'client_auth',
  'profile',
  'post_quantum',
  'tls_versions',
  'cipher_suites',
  'groups',
  'signature_schemes',
  'revocation_mode',
  'revocation_state',
  'revocation_fresh_until',
  'ocsp',
  'staple_state',
  'staple_fresh_until',
  'subject',
  'issuer',
  'serial',
  'sha256',
  'spki_sha256',
  'names',
  'key_type',
  'key_curve',
  'key_bits',
  'signature_algorithm',
  'not_before',
  'not_after',
  'days_left',
  'problem',
] as const;

type Column = (typeof COLUMNS)[number];

/**
 * Lines of CSV (RFC 4180) without their ends, the header first: one for each certificate and use,
 * and one for each upstream in plain text. Several values in a cell have spaces between them.
 */
export function csvLines(inventory: Inventory): string[] {
  const places = new Map<string, Cells>([
    ...inventory.listeners.map((entry) => [`listener ${entry.name}`, ofListener(entry)] as const),
    ...inventory.stores.map((entry) => [`store ${entry.name}`, ofStore(entry)] as const),
    ...inventory.upstreams.map((entry) => [`upstream ${entry.listener}`, ofUpstream(entry)] as const),
  ]);
  const rows: Cells[] = certificateUses(inventory).map((row) => ({
    ...places.get(`${row.kind} ${row.name}`),
    ...ofCertificate(row),
    ...ofStaple(row, inventory),
  }));
  const plain = inventory.upstreams.filter(({ tls }) => tls === undefined);
  rows.push(...plain.map((entry) => ({ kind: 'upstream', name: entry.listener, ...ofUpstream(entry) })));
  return [COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((column) => quoted(row[column])).join(','))];
}

function ofListener({ addresses, brokerAddresses, clientAuth, profile }: ListenerEntry): Cells {
  return {
    transport: 'tls',
    addresses: [...addresses, ...brokerAddresses].join(' '),
    client_auth: clientAuth,
    profile: profile.name,
    post_quantum: profile.pq,
    tls_versions: [...new Set([profile.minVersion, profile.maxVersion])].join(' '),
    cipher_suites: profile.ciphers.join(' '),
    groups: profile.groups.join(' '),
    signature_schemes: profile.signatures.join(' '),
  };
}

function ofStore({ revocation }: StoreEntry): Cells {
  const { mode, state, lists, ocsp } = revocation;
  // RFC 3339 in UTC sorts as text.
  const [earliest] = lists.map(({ freshUntil }) => freshUntil).sort();
  return { revocation_mode: mode, revocation_state: state, revocation_fresh_until: earliest, ocsp };
}

/** Of a server certificate of a listener that staples. */
function ofStaple({ kind, name, role, certificate }: CertificateUse, { listeners }: Inventory): Cells {
  if (kind !== 'listener' || role !== 'server') return {};
  const listener = listeners.find((one) => one.name === name);
  const staple = listener?.staples?.find(({ sha256 }) => sha256 === certificate.sha256);
  return { staple_state: staple?.state, staple_fresh_until: staple?.freshUntil };
}

function ofUpstream({ addresses, tls }: UpstreamEntry): Cells {
  return { transport: tls === undefined ? 'plain' : 'tls', addresses: addresses.join(' ') };
}

function ofCertificate({ kind, name, role, certificate }: CertificateUse): Cells {
  const { key } = certificate;
  return {
    kind,
    name,
    role,
    subject: certificate.subject,
    issuer: certificate.issuer,
    serial: certificate.serial,
    sha256: certificate.sha256,
    spki_sha256: certificate.spkiSha256,
    names: certificate.names.join(' '),
    key_type: key.type,
    key_curve: key.curve,
    key_bits: key.bits,
    signature_algorithm: certificate.signatureAlgorithm,
    not_before: certificate.notBefore,
    not_after: certificate.notAfter,
    days_left: certificate.daysLeft,
    problem: certificate.problem,
  };
}

/** RFC 4180 section 2, rules 5 to 7. */
function quoted(cell: Cell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import { certificateUses } from '../../control-plane/api/certificate-uses.ts';
import type {
  CertificateEntry,
  Inventory,
  ProfileEntry,
  StoreEntry,
  UpstreamEntry,
} from '../../control-plane/api/inventory.ts';
import { escapeText } from '../../shared/events/escape.ts';
import { table } from '../table.ts';

/** Bytes of a cell. */
const MAX_CELL = 1024;

/** An inventory as tables for people; certificates with the one that ends first at the top. */
export function textLines(inventory: Inventory): string[] {
  const sections = [
    shown(['LISTENER', 'PROTOCOL', 'ADDRESSES', 'CLIENTS', 'TRUST', 'PROFILE'], listeners(inventory)),
    ...profiles(inventory).map(profileLines),
    shown(['STAPLED BY', 'SUBJECT', 'SERIAL', 'RESPONDER', 'STATE', 'HOLDS UNTIL'], staples(inventory)),
    shown(['TRUST', 'LISTENERS', 'ANCHORS', 'PINS', 'REVOCATION', 'LISTS', 'OCSP'], inventory.stores.map(storeCells)),
    shown(['LIST OF', 'NAME', 'ISSUER', 'NUMBER', 'REVOKED', 'ISSUED', 'FRESH UNTIL'], lists(inventory)),
    shown(
      ['UPSTREAM OF', 'ADDRESSES', 'TRANSPORT', 'SERVER NAME', 'PINS', 'CLIENT CERTIFICATE'],
      inventory.upstreams.map(upstreamCells),
    ),
    shown(['DAYS', 'ENDS', 'USED BY', 'AS', 'SUBJECT', 'NAMES', 'ISSUER', 'SERIAL', 'KEY'], certificates(inventory)),
  ];
  // Tables without rows are left out.
  const filled = sections.filter((lines) => lines.length > 1);
  return filled.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]));
}

function shown(headings: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return table(
    headings,
    rows.map((row) => row.map((cell) => escapeText(cell === '' ? '-' : cell, MAX_CELL))),
  );
}

function listeners({ listeners: entries }: Inventory): string[][] {
  return entries.map(({ name, protocol, addresses, brokerAddresses, clientAuth, stores, profile }) => [
    name,
    protocol,
    [...addresses, ...brokerAddresses].join(' '),
    clientAuth,
    stores.join(' '),
    profileText(profile),
  ]);
}

function staples({ listeners: entries }: Inventory): string[][] {
  return entries.flatMap(({ name, staples: own = [] }) =>
    own.map(({ subject, serial, responders, state, freshUntil = '', problem }) => [
      name,
      subject,
      serial,
      responders.join(' '),
      problem === undefined ? state : `${state}: ${problem}`,
      freshUntil,
    ]),
  );
}

/** Each profile in force once, also with its modes of post-quantum key agreement. */
function profiles({ listeners: entries }: Inventory): ProfileEntry[] {
  return [...new Map(entries.map(({ profile }) => [profileText(profile), profile])).values()];
}

function profileText({ name, pq }: ProfileEntry): string {
  return `${name}, post-quantum: ${pq}`;
}

function profileLines(profile: ProfileEntry): string[] {
  const { minVersion, maxVersion, ciphers, groups, signatures } = profile;
  const versions = [...new Set([minVersion, maxVersion])].join(' to ');
  return [
    `PROFILE ${profileText(profile)}`,
    `  versions    ${versions}`,
    ...block('ciphers', ciphers),
    ...block('groups', groups),
    ...block('signatures', signatures),
  ];
}

function block(title: string, values: readonly string[]): string[] {
  return values.map((value, i) => `  ${(i === 0 ? title : '').padEnd(12)}${value}`);
}

function storeCells({ name, listeners: users, anchors, pins, revocation }: StoreEntry): string[] {
  const { mode, state = '', ocsp = '' } = revocation;
  return [name, users.join(' '), anchors, pinCount(pins), mode, state, ocsp];
}

/** Empty: any key. */
function pinCount(pins: readonly string[]): string {
  return pins.length === 0 ? '' : String(pins.length);
}

function lists({ stores }: Inventory): string[][] {
  return stores.flatMap(({ name: store, revocation }) =>
    revocation.lists.map(({ name, issuer, number, entries, thisUpdate, freshUntil, fresh }) => [
      store,
      name,
      issuer,
      number,
      String(entries),
      thisUpdate,
      `${freshUntil}${fresh ? '' : ' (stale)'}`,
    ]),
  );
}

function upstreamCells({ listener, addresses, tls }: UpstreamEntry): string[] {
  return [
    listener,
    addresses.join(' '),
    tls === undefined ? 'plain' : 'tls',
    tls?.serverName ?? '',
    pinCount(tls?.pins ?? []),
    tls?.certificate?.leaf.subject ?? '',
  ];
}

function certificates(inventory: Inventory): string[][] {
  return certificateUses(inventory)
    .sort((a, b) => rank(a.certificate) - rank(b.certificate))
    .map(({ kind, name, role, certificate }) => [
      daysText(certificate),
      certificate.notAfter.slice(0, 10),
      `${kind} ${name}`,
      role,
      certificate.subject,
      certificate.names.join(' '),
      certificate.issuer,
      certificate.serial,
      keyText(certificate),
    ]);
}

function rank({ daysLeft }: CertificateEntry): number {
  return daysLeft ?? Number.MIN_SAFE_INTEGER;
}

function daysText({ daysLeft }: CertificateEntry): string {
  if (daysLeft === null) return 'unknown';
  return daysLeft < 0 ? 'expired' : String(daysLeft);
}

/** `ec prime256v1`, `rsa 2048`, `ed25519`. */
function keyText({ key: { type, curve, bits } }: CertificateEntry): string {
  return [type, curve ?? bits].filter((part) => part !== undefined).join(' ');
}

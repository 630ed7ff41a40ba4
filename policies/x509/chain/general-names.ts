import { type DerReader, type DerValue, X509Error } from '../der.ts';
import { readName } from '../name.ts';
import { generalNameText } from '../strings.ts';
import { comparableRdns } from './distinguished-names.ts';

/** A GeneralName (RFC 5280 4.2.1.6). Of the kinds that nothing here compares, only the kind is kept. */
export type GeneralName =
  | { readonly kind: 'rfc822Name' | 'dNSName' | 'uniformResourceIdentifier'; readonly text: string }
  /** An address (4 or 16 bytes), or in a constraint an address and a mask (8 or 32). */
  | { readonly kind: 'iPAddress'; readonly bytes: Uint8Array }
  /** One text per RDN, as `comparableRdns` gives it. */
  | { readonly kind: 'directoryName'; readonly rdns: readonly string[] }
  | { readonly kind: 'otherName' | 'x400Address' | 'ediPartyName' | 'registeredID' };

/** Reads one GeneralName. `emptyText` admits the empty text that stands for every name in a constraint. */
export function readGeneralName(reader: DerReader, what: string, emptyText = false): GeneralName {
  const value = reader.any(what);
  const text = () => (emptyText && value.content === value.end ? '' : generalNameText(reader, value, what));
  switch (value.tag) {
    case 0x81:
      return { kind: 'rfc822Name', text: text() };
    case 0x82:
      return { kind: 'dNSName', text: text() };
    case 0x86:
      return { kind: 'uniformResourceIdentifier', text: text() };
    case 0x87:
      return { kind: 'iPAddress', bytes: reader.bytes.subarray(value.content, value.end) };
    case 0xa4:
      return { kind: 'directoryName', rdns: directoryName(reader, value, what) };
    case 0xa0:
      return { kind: 'otherName' };
    case 0xa3:
      return { kind: 'x400Address' };
    case 0xa5:
      return { kind: 'ediPartyName' };
    case 0x88:
      return { kind: 'registeredID' };
    default:
      throw new X509Error(`${what} is a name of unknown kind`, value.start);
  }
}

/** [4] is explicit: Name is a CHOICE. */
function directoryName(reader: DerReader, value: DerValue, what: string): readonly string[] {
  const inside = reader.inside(value, what);
  const name = readName(inside, what);
  inside.done(what);
  return comparableRdns(name);
}

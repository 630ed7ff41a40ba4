import type { SubjectAltNames } from '../types.ts';
import { type DerReader, type DerValue, TAG, X509Error } from './der.ts';
import { ipText } from './ip.ts';
import { generalNameText } from './strings.ts';

export const MAX_ALT_NAMES = 64;

export const NO_ALT_NAMES: SubjectAltNames = { uri: [], dns: [], email: [], ip: [] };

/** Context tags of GeneralName (RFC 5280 4.2.1.6); the last five carry nothing that identities match on. */
const GENERAL_NAME = {
  rfc822Name: 0x81,
  dNSName: 0x82,
  uniformResourceIdentifier: 0x86,
  iPAddress: 0x87,
  otherName: 0xa0,
  x400Address: 0xa3,
  directoryName: 0xa4,
  ediPartyName: 0xa5,
  registeredID: 0x88,
} as const;

/** SubjectAltName ::= SEQUENCE SIZE (1..MAX) OF GeneralName. Unused kinds are skipped, unknown ones refused. */
export function readAltNames(reader: DerReader): SubjectAltNames {
  const names = { uri: [] as string[], dns: [] as string[], email: [] as string[], ip: [] as string[] };
  const sequence = reader.enter(TAG.sequence, 'subjectAltName');
  reader.done('subjectAltName');
  if (!sequence.more) throw new X509Error('subjectAltName is empty', sequence.at);
  for (let count = 1; sequence.more; count++) {
    const value = sequence.any('a subjectAltName');
    if (count > MAX_ALT_NAMES) throw new X509Error(`more than ${MAX_ALT_NAMES} subjectAltNames`, value.start);
    switch (value.tag) {
      case GENERAL_NAME.uniformResourceIdentifier:
        names.uri.push(generalNameText(sequence, value, 'a URI of the subjectAltName'));
        break;
      case GENERAL_NAME.dNSName:
        names.dns.push(generalNameText(sequence, value, 'a DNS name of the subjectAltName'));
        break;
      case GENERAL_NAME.rfc822Name:
        names.email.push(generalNameText(sequence, value, 'an e-mail address of the subjectAltName'));
        break;
      case GENERAL_NAME.iPAddress:
        names.ip.push(ipAddress(sequence, value));
        break;
      case GENERAL_NAME.otherName:
      case GENERAL_NAME.x400Address:
      case GENERAL_NAME.directoryName:
      case GENERAL_NAME.ediPartyName:
      case GENERAL_NAME.registeredID:
        break;
      default:
        throw new X509Error('subjectAltName holds a name of unknown kind', value.start);
    }
  }
  return names;
}

function ipAddress(reader: DerReader, value: DerValue): string {
  const text = ipText(reader.bytes.subarray(value.content, value.end));
  if (text === undefined)
    throw new X509Error('an IP address of the subjectAltName is not 4 or 16 bytes', value.content);
  return text;
}

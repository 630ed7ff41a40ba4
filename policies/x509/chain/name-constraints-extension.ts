import { type DerReader, TAG, X509Error } from '../der.ts';
import { type GeneralName, readGeneralName } from './general-names.ts';
import { isDnsName } from './host-names.ts';

/** Subtrees of one certificate, permitted and excluded together; real ones have a few dozen. */
const MAX_SUBTREES = 256;

const PERMITTED = 0xa0;
const EXCLUDED = 0xa1;

/** Bases of subtrees; hosts in them are in lower case. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/**
 * NameConstraints ::= SEQUENCE { permittedSubtrees [0], excludedSubtrees [1] }, each SIZE (1..MAX)
 * OF SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL } (RFC 5280 4.2.1.10).
 * @throws X509Error also for a minimum or maximum, for neither part, and for a base that no name can be held against.
 */
export function readNameConstraints(reader: DerReader): NameConstraints {
  const sequence = reader.enter(TAG.sequence, 'nameConstraints');
  reader.done('nameConstraints');
  const permitted = sequence.peek() === PERMITTED ? subtrees(sequence, PERMITTED, 'permittedSubtrees') : [];
  const excluded = sequence.peek() === EXCLUDED ? subtrees(sequence, EXCLUDED, 'excludedSubtrees') : [];
  sequence.done('nameConstraints');
  const count = permitted.length + excluded.length;
  if (count === 0) throw new X509Error('nameConstraints is empty', sequence.at);
  if (count > MAX_SUBTREES) throw new X509Error(`nameConstraints has more than ${MAX_SUBTREES} subtrees`, sequence.at);
  return { permitted, excluded };
}

function subtrees(reader: DerReader, tag: number, what: string): GeneralName[] {
  const list = reader.enter(tag, what);
  if (!list.more) throw new X509Error(`${what} is empty`, list.at);
  const bases: GeneralName[] = [];
  while (list.more) {
    const start = list.at;
    const subtree = list.enter(TAG.sequence, `a subtree of ${what}`);
    const base = readGeneralName(subtree, `a base of ${what}`, true);
    if (subtree.more) throw new X509Error(`a subtree of ${what} has a minimum or a maximum`, subtree.at);
    bases.push(checkedBase(base, what, start));
  }
  return bases;
}

function checkedBase(base: GeneralName, what: string, start: number): GeneralName {
  switch (base.kind) {
    case 'dNSName':
      if (base.text !== '' && !isDnsName(base.text)) throw new X509Error(`a DNS base of ${what} is no DNS name`, start);
      return { ...base, text: base.text.toLowerCase() };
    case 'uniformResourceIdentifier':
      if (!isHostBase(base.text)) throw new X509Error(`a URI base of ${what} is neither a host nor a domain`, start);
      return { ...base, text: base.text.toLowerCase() };
    case 'rfc822Name':
      return { ...base, text: mailBase(base.text, what, start) };
    case 'iPAddress':
      if (!isRange(base.bytes)) throw new X509Error(`an IP base of ${what} is no address with a prefix mask`, start);
      return base;
    default:
      return base;
  }
}

/** A mailbox, a host or a domain. One @ at most: with two it is unclear where the host begins. */
function mailBase(text: string, what: string, start: number): string {
  const [first = '', host, ...more] = text.split('@');
  const valid = host === undefined ? isHostBase(first) : first !== '' && isDnsName(host) && more.length === 0;
  if (!valid) throw new X509Error(`an e-mail base of ${what} is neither a mailbox, a host nor a domain`, start);
  return host === undefined ? first.toLowerCase() : `${first}@${host.toLowerCase()}`;
}

/** A host, or with a leading period all hosts below it. */
function isHostBase(text: string): boolean {
  return isDnsName(text.startsWith('.') ? text.slice(1) : text);
}

/** RFC 4632: the ones of a mask stand before its zeros. Bits of the address outside the mask are ignored. */
function isRange(bytes: Uint8Array): boolean {
  if (bytes.length !== 8 && bytes.length !== 32) return false;
  let zeros = false;
  for (const octet of bytes.subarray(bytes.length / 2)) {
    for (let bit = 0x80; bit > 0; bit >>= 1) {
      if ((octet & bit) === 0) zeros = true;
      else if (zeros) return false;
    }
  }
  return true;
}

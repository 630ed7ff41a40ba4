import { altNames } from '../der-writer.ts';
import {
  AUTHORITY,
  authority,
  CLIENT,
  client,
  distinguishedName,
  type Issued,
  nameConstraints,
  root,
} from './issue.ts';

const anchor = root();

/** A leaf with the names, and the subject, below an authority with the constraints. */
export function constrained(
  permitted: readonly Buffer[],
  excluded: readonly Buffer[],
  names: readonly Buffer[],
  subject = distinguishedName('leaf'),
): { readonly chain: readonly [Issued, ...Issued[]]; readonly trust: readonly Issued[] } {
  const extensions = names.length === 0 ? CLIENT : [...CLIENT, altNames(...names)];
  const plant = authority(anchor, 'plant', { extensions: [...AUTHORITY, nameConstraints(permitted, excluded)] });
  return { chain: [client(plant, { extensions, subject }), plant], trust: [anchor] };
}

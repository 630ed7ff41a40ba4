import { parseDocument } from 'yaml';
import { compileDenyList, DenyListError } from '../../../policies/revocation/deny-list.ts';

/** Aliases that a file may expand to: it has no use for any. */
const NO_ALIASES = 0;

/** The file of the operator is no deny list; the message says where and why. */
export class DenyFileError extends Error {
  override readonly name = 'DenyFileError';
}

/**
 * Reads a YAML (or JSON) list of entries and checks every one. An empty file denies nobody.
 * @throws DenyFileError
 */
export function readDenyFile(text: string, name: string): readonly unknown[] {
  const document = parseDocument(text, { uniqueKeys: true, strict: true, prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) throw new DenyFileError(error.message.split('\n', 1)[0] ?? 'it is not YAML');
  let entries: unknown;
  try {
    entries = document.toJS({ maxAliasCount: NO_ALIASES }) ?? [];
    compileDenyList(entries, name);
  } catch (cause) {
    if (cause instanceof DenyListError) throw new DenyFileError(cause.message.replaceAll('\n', '; '));
    throw new DenyFileError('it holds aliases, which a list has no use for');
  }
  return entries as readonly unknown[];
}

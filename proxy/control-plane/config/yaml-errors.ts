/**
 * The words for what the YAML parser refuses. Its own messages quote the text, which may be a
 * password; these do not.
 */
import type { ErrorCode } from 'yaml';

interface Words {
  readonly message: string;
  readonly fix?: string;
}

const WORDS: Readonly<Record<ErrorCode, Words>> = {
  ALIAS_PROPS: { message: 'an alias (*name) cannot have a tag or an anchor' },
  BAD_ALIAS: { message: 'an alias (*name) is malformed', fix: 'put a value that begins with "*" in quotes' },
  BAD_COLLECTION_TYPE: {
    message: 'the tag does not fit the value',
    fix: 'remove the tag, or put a value that begins with "!" in quotes',
  },
  BAD_DIRECTIVE: {
    message: 'a line that begins with "%" is a YAML directive, and not a known one',
    fix: 'put the value in quotes',
  },
  BAD_DQ_ESCAPE: {
    message: 'an escape sequence in double quotes is not known',
    fix: 'write \\\\ for a backslash, or use single quotes',
  },
  BAD_INDENT: { message: 'the indentation does not fit the lines above, or a bracket above is not closed' },
  BAD_PROP_ORDER: { message: 'anchors and tags must stand before the "-", "?" or ":" sign of their value' },
  BAD_SCALAR_START: { message: 'a value cannot begin with this character', fix: 'put the value in quotes' },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'more than one "key: value" in a line',
    fix: 'put a value that holds ": " in quotes',
  },
  BLOCK_IN_FLOW: { message: 'indented lines cannot stand inside { } or [ ]' },
  DUPLICATE_KEY: { message: 'the key is there twice' },
  IMPOSSIBLE: { message: 'this is no YAML' },
  KEY_OVER_1024_CHARS: { message: 'a key is longer than 1024 characters' },
  MISSING_CHAR: {
    message: 'something is missing here: a closing quote or bracket, a comma, or the ":" (with a space) after a key',
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'a key goes over several lines',
    fix: 'check for a missing ":" or a missing quote above',
  },
  MULTIPLE_ANCHORS: { message: 'a value has two anchors' },
  MULTIPLE_DOCS: { message: 'the file holds several YAML documents', fix: 'remove the "---" line' },
  MULTIPLE_TAGS: { message: 'a value has two tags', fix: 'put a value that begins with "!" in quotes' },
  NON_STRING_KEY: { message: 'a key must be plain text' },
  RESOURCE_EXHAUSTION: { message: 'the file is nested too deeply' },
  TAB_AS_INDENT: { message: 'a tab is used for indentation', fix: 'YAML is indented with spaces' },
  TAG_RESOLVE_FAILED: { message: 'the tag (!name) is not known', fix: 'put a value that begins with "!" in quotes' },
  UNEXPECTED_TOKEN: {
    message: 'this does not belong here',
    fix: 'check brackets, quotes and commas; an address such as "[::]:8883" needs quotes',
  },
};

export function yamlWords(code: ErrorCode): Words {
  return Object.hasOwn(WORDS, code) ? WORDS[code] : { message: 'this is no YAML' };
}

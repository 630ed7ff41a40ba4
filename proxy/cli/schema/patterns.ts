/**
 * What a text must look like, by the words that the schema says of it. These are looser than the
 * reading itself (bounds, addresses that exist): an editor is told what is surely wrong.
 */
const COUNT = '[0-9]{1,16}';
const ADDRESS = '^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):[0-9]{1,5}$';

/** Beginnings of the words, the longer of two in front. */
const PATTERNS: readonly (readonly [words: string, pattern: string])[] = [
  ['a duration such as 500ms, 5s or 1min', `^${COUNT}(ms|s|min|h)$`],
  ['a duration', `^${COUNT}(ms|s|min|h|d)$`],
  ['a size', `^${COUNT}(B|KiB|MiB|GiB)$`],
  ['a rate of bytes', `^${COUNT}(B|KiB|MiB|GiB)/(s|min|h)$`],
  ['a rate', `^${COUNT}/(s|min|h)$`],
  ['an address such as', ADDRESS],
  ['a range of addresses', '^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$'],
  ['a range of ports', '^[0-9]{1,5}-[0-9]{1,5}$'],
  ['an IP address', '^[0-9A-Fa-f:.]+$'],
  ['a host name or an IP address', '^[A-Za-z0-9._:-]+$'],
  ['a name with {node}', '^[^{}]*\\{node\\}[^{}]*$'],
];

/** Undefined: there is none for these words. */
export function patternFor(words: string): string | undefined {
  return PATTERNS.find(([beginning]) => words.startsWith(beginning))?.[1];
}

/**
 * What a text must look like, by the format that the schema describes. These are looser than the
 * reading itself (bounds, addresses that exist): an editor marks what is certainly wrong.
 */
const COUNT = '[0-9]{1,16}';
const ADDRESS = '^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):[0-9]{1,5}$';

/** Beginnings of the described formats, the longer of two first. */
const PATTERNS: readonly (readonly [format: string, pattern: string])[] = [
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

/** Undefined: there is none for this format. */
export function patternFor(format: string): string | undefined {
  return PATTERNS.find(([beginning]) => format.startsWith(beginning))?.[1];
}

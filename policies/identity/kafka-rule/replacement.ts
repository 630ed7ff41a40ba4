/** Literal text, or the number of a group whose text stands here; 0 is the whole match. */
export type ReplacementPart = string | number;

/** Java would fail with this replacement at the first name that matches; the message says why. */
export class ReplacementError extends Error {
  override readonly name = 'ReplacementError';
}

/**
 * Reads the replacement of a rule whose pattern has `groups` capturing groups: first as Kafka
 * does (SslPrincipalMapper.escapeLiteralBackReferences), then as Java's Matcher.appendReplacement.
 * @throws ReplacementError
 */
export function parseReplacement(replacement: string, groups: number): readonly ReplacementPart[] {
  const text = groups === 0 ? replacement : escapeMissingGroups(replacement, groups);
  const parts: ReplacementPart[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === '\\') {
      i++;
      if (i === text.length) throw new ReplacementError('ends with a backslash');
      parts.push(text[i] as string);
    } else if (char === '$') {
      const { group, length } = readGroup(text, i + 1, groups);
      parts.push(group);
      i += length;
    } else {
      parts.push(char);
    }
  }
  return joined(parts);
}

/**
 * Kafka makes `$3` literal where there is no third group. It inserts the backslashes at the
 * places the references had before the first one was inserted: from the second on they stand too far left.
 */
function escapeMissingGroups(replacement: string, groups: number): string {
  let text = replacement;
  for (const { 1: digits = '', index } of replacement.matchAll(/\$([0-9]+)/g)) {
    if (digits.startsWith('0')) continue;
    let group = Number(digits);
    if (group > 0x7fff_ffff) throw new ReplacementError(`names the group ${digits}, a number too large for Java`);
    while (group > groups && group >= 10) group = Math.trunc(group / 10);
    if (group > groups) text = `${text.slice(0, index)}\\${text.slice(index)}`;
  }
  return text;
}

/** The longest number that names a group. */
function readGroup(text: string, start: number, groups: number): { readonly group: number; readonly length: number } {
  if (text[start] === '{') throw new ReplacementError('names a group by name, and patterns here have none');
  if (!isDigit(text[start])) throw new ReplacementError('has a "$" without a number (write \\$ for the character)');
  let group = Number(text[start]);
  if (group > groups) throw new ReplacementError(`names the group ${group}, and the pattern has ${groups}`);
  let end = start + 1;
  while (isDigit(text[end]) && group * 10 + Number(text[end]) <= groups) {
    group = group * 10 + Number(text[end]);
    end++;
  }
  return { group, length: end - start };
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

function joined(parts: readonly ReplacementPart[]): ReplacementPart[] {
  const result: ReplacementPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === 'string' && typeof last === 'string') result[result.length - 1] = last + part;
    else result.push(part);
  }
  return result;
}

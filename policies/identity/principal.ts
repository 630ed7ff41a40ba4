import { longerThan, MAX_VALUE_BYTES, type Values } from './placeholder.ts';
import { isPlaceholder, type Part } from './template.ts';

/** Bytes of a principal in UTF-8. */
export const MAX_PRINCIPAL_BYTES = MAX_VALUE_BYTES;

/**
 * Fills a template whose placeholders all have a value. Two different sets of values never make
 * one text: a value that holds the text behind its placeholder (`{plant}-{device}` with plant
 * `a-b`) is refused, since `a-b` with `c` and `a` with `b-c` would become the same principal.
 */
export function fillPrincipal(
  parts: readonly Part[],
  values: Readonly<Values>,
): { readonly principal: string } | { readonly problem: string } {
  let principal = '';
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string') principal += part;
    if (!isPlaceholder(part)) continue;
    const value = values[part.variable] as string;
    const behind = parts[index + 1];
    const more = parts.slice(index + 1).some(isPlaceholder);
    if (more && typeof behind === 'string' && `${value}${behind}`.indexOf(behind) < value.length) {
      return { problem: `the value of {${part.variable}} holds "${behind}", which ends it in the principal` };
    }
    principal += value;
  }
  if (principal === '') return { problem: 'the principal is empty' };
  if (longerThan(principal, MAX_PRINCIPAL_BYTES)) {
    return { problem: `the principal is longer than ${MAX_PRINCIPAL_BYTES} bytes` };
  }
  return { principal };
}

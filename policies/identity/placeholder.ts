import { isControl } from '../x509/control.ts';

/** Bytes of a captured value, and of a principal. */
export const MAX_VALUE_BYTES = 256;

const encoder = new TextEncoder();

/** What the placeholders of a pattern matched, by variable. */
export type Values = Record<string, string>;

/**
 * What is wrong with a value that stands in for a placeholder; undefined when nothing is. Such
 * values go into topic filters, client ids and principals: what separates levels there, is a
 * wildcard of MQTT or Kafka, or names a system topic must not come out of a certificate.
 */
export function valueProblem(value: string): string | undefined {
  if (value === '') return 'is empty';
  if (value.startsWith('$')) return 'begins with "$"';
  for (let i = 0; i < value.length; i++) {
    const char = value[i] as string;
    if (char === '/' || char === '+' || char === '#' || char === '*') return `holds "${char}"`;
    if (isControl(value.charCodeAt(i))) return 'holds a control character';
  }
  return longerThan(value, MAX_VALUE_BYTES) ? `is longer than ${MAX_VALUE_BYTES} bytes` : undefined;
}

/** Is the UTF-8 of `text` longer than `bytes`? */
export function longerThan(text: string, bytes: number): boolean {
  return text.length > bytes || (text.length * 3 > bytes && encoder.encode(text).length > bytes);
}

/**
 * Adds captured values to those already there. The same variable in two patterns must capture
 * the same text. Gives the reason why not, in words, or undefined.
 */
export function bind(values: Values, captured: Readonly<Values>): string | undefined {
  for (const [variable, value] of Object.entries(captured)) {
    const problem = valueProblem(value);
    if (problem !== undefined) return `the value of {${variable}} ${problem}`;
    if (Object.hasOwn(values, variable) && values[variable] !== value) {
      return `{${variable}} stands for two different values`;
    }
    values[variable] = value;
  }
  return undefined;
}

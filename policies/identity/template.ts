import { isControl } from '../x509/control.ts';
import { type Constraint, compileConstraint, endOfConstraint } from './constraint.ts';
import { RegexError } from './kafka-rule/regex/syntax.ts';

/** One `{variable}` or `{variable:constraint}` of a template. */
export interface Placeholder {
  readonly variable: string;
  readonly constraint?: Constraint;
}

/** `*`: any text, also none. */
export const ANY = Symbol('*');

/** Literal text, a placeholder or `*`; text and the other two take turns. */
export type Part = string | Placeholder | typeof ANY;

/** Characters of one template; longer ones are a mistake. */
export const MAX_TEMPLATE = 1024;

/** The template is not of the form that its place asks for; the message is for the one who wrote it. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/**
 * Splits a template into literal text, `{variables}` and, where `glob` is set, `*`. A variable
 * is a letter and then letters, digits, `_` and `-`; a `:` and a constraint may follow. There are no
 * escapes outside of constraints: braces stand for themselves nowhere. Two placeholders without text between them are refused, as nothing says
 * where the first ends.
 * @throws TemplateError
 */
export function parseTemplate(template: string, glob: boolean): readonly Part[] {
  if (template === '') throw new TemplateError('is empty');
  if (template.length > MAX_TEMPLATE) throw new TemplateError(`is longer than ${MAX_TEMPLATE} characters`);
  const parts: Part[] = [];
  let text = '';
  const hole = (part: Part) => {
    if (text === '' && parts.length > 0) {
      throw new TemplateError('has two placeholders without text between them: nothing says where the first one ends');
    }
    if (text !== '') parts.push(text);
    parts.push(part);
    text = '';
  };
  for (let i = 0; i < template.length; i++) {
    const char = template[i] as string;
    if (char === '{') {
      const [placeholder, close] = readPlaceholder(template, i + 1);
      hole(placeholder);
      i = close;
    } else if (char === '}') {
      throw new TemplateError('has a "}" without its "{"');
    } else if (char === '*' && glob) {
      hole(ANY);
    } else if (isControl(char.charCodeAt(0))) {
      throw new TemplateError('holds a control character');
    } else {
      text += char;
    }
  }
  if (text !== '') parts.push(text);
  return parts;
}

export function variablesOf(parts: readonly Part[]): readonly string[] {
  return parts.flatMap((part) => (isPlaceholder(part) ? [part.variable] : []));
}

/** Is the part a placeholder, rather than literal text? */
export function isPlaceholder(part: Part): part is Placeholder {
  return typeof part === 'object';
}

/** The placeholder whose name begins at `start`, and where its `}` stands. */
function readPlaceholder(template: string, start: number): [Placeholder, close: number] {
  const nameEnd = start + template.slice(start).search(/[:}]/);
  const constrained = template[nameEnd] === ':';
  const close = nameEnd < start ? -1 : constrained ? endOfConstraint(template, nameEnd + 1) : nameEnd;
  if (close < 0) throw new TemplateError('has a "{" without its "}"');
  const variable = variableName(template.slice(start, nameEnd));
  if (!constrained) return [{ variable }, close];
  const written = template.slice(nameEnd + 1, close);
  if ([...written].some((char) => isControl(char.charCodeAt(0)))) throw new TemplateError('holds a control character');
  try {
    return [{ variable, constraint: compileConstraint(written) }, close];
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    throw new TemplateError(`has a constraint of {${variable}} that is not taken: ${error.message}`);
  }
}

function variableName(name: string): string {
  if (/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) return name;
  throw new TemplateError(`has the variable {${name}}: a name is a letter, then up to 63 letters, digits, "_" or "-"`);
}

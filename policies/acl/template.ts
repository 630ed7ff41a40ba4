/**
 * Texts with `{variables}`, filled from what an identity captured.
 *
 *     template = *( text / "{" name "}" )      name = [A-Za-z][A-Za-z0-9_-]*
 *
 * A filter template is split into levels first and filled afterwards, level by level, so that
 * no value can add a level or a wildcard. The result is never read as a template again.
 */
import { checkLevels, type FilterLevels, TopicFilterError } from './topic-filter.ts';

/** Values of a principal's variables, by name. */
export type Variables = Readonly<Record<string, string>>;

/** Pieces in turn: text, variable name, text, variable name, …, text. */
export type Template = readonly string[];

/** The text is no template; the message says why. */
export class TemplateError extends Error {
  override name = 'TemplateError';
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** @throws TemplateError on a stray brace or an impossible name. */
export function parseTemplate(text: string): Template {
  const pieces: string[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf('{', at);
    const literal = open < 0 ? text.slice(at) : text.slice(at, open);
    if (literal.includes('}')) throw new TemplateError('a } stands without its {');
    pieces.push(literal);
    if (open < 0) return pieces;
    const close = text.indexOf('}', open);
    if (close < 0) throw new TemplateError('a { is not closed');
    const name = text.slice(open + 1, close);
    if (!NAME.test(name)) {
      throw new TemplateError('between { and } stands the name of a variable: a letter, then letters, digits, _ or -');
    }
    pieces.push(name);
    at = close + 1;
  }
}

/** Names of the variables of a template, in order and as often as they occur. */
export function templateVariables(template: Template): string[] {
  return template.filter((_, i) => i % 2 === 1);
}

/** The filled text; undefined when a variable is missing or empty. */
export function fillTemplate(template: Template, variables: Variables): string | undefined {
  let text = template[0] ?? '';
  for (let i = 1; i < template.length; i += 2) {
    const value = lookUp(variables, template[i] as string);
    if (value === undefined || value === '') return undefined;
    text += value + (template[i + 1] ?? '');
  }
  return text;
}

/** A topic filter in which a level may hold variables. */
export interface FilterTemplate {
  readonly levels: readonly Template[];
  /** The filter itself where no level holds a variable. */
  readonly constant?: FilterLevels;
  readonly variables: readonly string[];
}

/** @throws TopicFilterError, TemplateError */
export function parseFilterTemplate(text: string, maxLevels?: number): FilterTemplate {
  if (text === '') throw new TopicFilterError('the topic filter is empty');
  if (!text.isWellFormed()) throw new TopicFilterError('the topic filter is not well-formed UTF-8');
  if (text.includes('\0')) throw new TopicFilterError('a topic filter may not hold U+0000');
  const levels = text.split('/').map(parseTemplate);
  // A placeholder of one harmless letter shows whether the wildcards stand where they may.
  const shape = checkLevels(
    levels.map((level) => level.map((piece, i) => (i % 2 === 1 ? 'x' : piece)).join('')),
    maxLevels,
  );
  if (shape[0] === '$share') {
    throw new TopicFilterError('a rule is written without $share/{group}/: it holds for shared subscriptions too');
  }
  const variables = levels.flatMap(templateVariables);
  return variables.length === 0 ? { levels, constant: shape, variables } : { levels, variables };
}

/** The filter for one client; undefined when a value is missing or is not one plain level. */
export function fillFilter(template: FilterTemplate, variables: Variables): FilterLevels | undefined {
  if (template.constant !== undefined) return template.constant;
  const levels: string[] = [];
  for (const level of template.levels) {
    for (let i = 1; i < level.length; i += 2) {
      const value = lookUp(variables, level[i] as string);
      if (value === undefined || !isPlainLevel(value)) return undefined;
      // `$` would turn the rule into one for topics that wildcards are kept away from.
      if (levels.length === 0 && i === 1 && level[0] === '' && value.startsWith('$')) return undefined;
    }
    const filled = fillTemplate(level, variables);
    if (filled === undefined) return undefined;
    levels.push(filled);
  }
  return levels[0] === '$share' ? undefined : levels;
}

function isPlainLevel(value: string): boolean {
  return (
    value !== '' &&
    !value.includes('/') &&
    !value.includes('+') &&
    !value.includes('#') &&
    !value.includes('\0') &&
    value.isWellFormed()
  );
}

function lookUp(variables: Variables, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}

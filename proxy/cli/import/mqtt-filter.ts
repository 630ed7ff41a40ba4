import { parseFilterTemplate, TemplateError } from '../../../policies/acl/template.ts';
import { TopicFilterError } from '../../../policies/acl/topic-filter.ts';

/** The variable that the identities of an import capture: the common name, which is the user. */
const USER = '{CN}';

/** What a placeholder of the file stands for; undefined for what no rule can express. */
export type Placeholders = (level: string) => string | undefined;

export type CarriedFilter =
  | {
      readonly filter: string;
      /** It holds the name of the user, so that clients without one have no such rule. */
      readonly named: boolean;
      /** Why it is wider than the one of the file; only for a deny. */
      readonly wider?: string;
    }
  | { readonly none: string };

/**
 * The topic filter of a rule. A level that cannot be expressed here is any level in a deny, and ends the filter of an allow.
 *
 * @param placeholders Given each level; gives the level of the rule.
 */
export function carryFilter(topic: string, deny: boolean, placeholders: Placeholders): CarriedFilter {
  const reasons = new Set<string>();
  const levels = topic.split('/').map((level) => {
    if (/[{}]/.test(level.replace(/\$\{[a-z_]+\}/g, ''))) reasons.add('a brace stands for a variable here');
    else if (/\p{Cc}/u.test(level)) reasons.add('a rule cannot contain a control character');
    else {
      const carried = placeholders(level);
      if (carried !== undefined) return carried;
      reasons.add('the only placeholder that a rule knows is the user name');
    }
    return '+';
  });
  const filter = levels.join('/');
  const problem = filterProblem(filter);
  if (problem !== undefined) return { none: problem };
  const named = levels.some((level) => level.includes(USER));
  if (reasons.size === 0) return { filter, named };
  const reason = [...reasons].join('; ');
  // A wildcard there is kept away from such topics.
  if (!deny || topic.startsWith('$')) return { none: reason };
  return { filter, named, wider: reason };
}

function filterProblem(filter: string): string | undefined {
  try {
    parseFilterTemplate(filter);
    return undefined;
  } catch (error) {
    if (error instanceof TopicFilterError || error instanceof TemplateError) return error.message;
    throw error;
  }
}

/** No level stands for anything else. */
export const literally: Placeholders = (level) => (level.includes('{') ? undefined : level);

/** `%u` as a whole level is the user. */
export const percent: Placeholders = (level) => (level === '%u' ? USER : /%[uc]|\{/.test(level) ? undefined : level);

/** `${username}` anywhere in a level, or `%u` as a whole one, is the user. */
export const dollar: Placeholders = (level) => {
  const filled = level.replaceAll('${username}', USER);
  if (filled === '%u') return USER;
  return /\$\{|%[uc]/.test(filled) ? undefined : filled;
};

/** What the checks of both protocols' rules share. */
import { RateError } from '../limits/rate.ts';
import type { Problem } from '../problem.ts';
import type { Mode } from '../source.ts';
import { HostRangeError } from './kafka-host.ts';
import type { Effect } from './rules.ts';
import { TemplateError } from './template.ts';
import { TopicFilterError } from './topic-filter.ts';

/** An identity that uses the role, and the variables that it captures. */
export interface RoleUser {
  readonly identity: string;
  readonly variables: ReadonlySet<string>;
}

/** Every user of the role must capture the variables that a rule is filled with. */
export function checkVariables(
  names: readonly string[],
  path: string,
  users: readonly RoleUser[],
  problems: Problem[],
): void {
  for (const name of new Set(names)) {
    const without = users.filter((user) => !user.variables.has(name));
    const [first] = without;
    if (first === undefined) continue;
    const more = without.length === 1 ? '' : ` (and ${without.length - 1} more)`;
    const message = `the variable {${name}} is unknown: identity "${first.identity}"${more} does not capture it`;
    problems.push({ path, message });
  }
}

/** An allow that is only tried would either grant, and so widen what is enforced unseen, or do nothing at all. */
export function checkMode(mode: Mode | undefined, effect: Effect, path: string, problems: Problem[]): void {
  if (mode !== undefined && mode !== 'enforce' && mode !== 'shadow') {
    problems.push({ path, message: 'must be enforce or shadow' });
  } else if (effect === 'allow' && mode === 'shadow') {
    const instead = 'give the clients a role with mode: shadow, which refuses nothing and records what it would';
    problems.push({
      path,
      message: `an allow rule cannot be in shadow: it would grant what is only tried; ${instead}`,
    });
  }
}

/** Turns the error of a text that cannot be read into a problem. */
export function attempt(problems: Problem[], path: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    const known = [TopicFilterError, TemplateError, RateError, HostRangeError].some((kind) => error instanceof kind);
    if (!known) throw error;
    problems.push({ path, message: (error as Error).message });
  }
}

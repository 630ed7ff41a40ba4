/** Which rules and identities no test touched. */
import { ofSections, PROTOCOLS } from '../../protocols.ts';
import type { PolicySource } from '../../source.ts';

/** Which rules the tests of a policy have decided by. */
export interface Coverage {
  readonly rules: number;
  /** Ids of rules by which no question was decided, in the order of the configuration. */
  readonly untouchedRules: readonly string[];
  readonly identities: number;
  /** Identities that no test certificate got. */
  readonly untouchedIdentities: readonly string[];
}

/** The coverage of rules by ids that decided. */
export function coverage(
  policy: PolicySource,
  ruleIds: ReadonlySet<string>,
  identities: ReadonlySet<string>,
): Coverage {
  const rules = allRules(policy);
  const names = policy.identities.map(({ name }) => name);
  return {
    rules: rules.length,
    untouchedRules: rules.filter((id) => !ruleIds.has(id)),
    identities: names.length,
    untouchedIdentities: names.filter((name) => !identities.has(name)),
  };
}

function allRules({ roles }: PolicySource): string[] {
  return Object.entries(roles).flatMap(([role, sections]) =>
    ofSections(sections, (protocol, section) => PROTOCOLS[protocol].compile(role, section).map(({ id }) => id)),
  );
}

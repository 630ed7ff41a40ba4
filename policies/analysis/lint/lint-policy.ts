/** Everything in a policy that is valid and yet hardly what was meant. */
import { PROTOCOL_NAMES } from '../../protocols.ts';
import { ANALYSIS } from '../protocols/table.ts';
import { RoleBook } from './clients.ts';
import type { Finding, LintSource } from './finding.ts';
import { lintIdentities } from './identities.ts';
import { lintLimits } from './limits.ts';
import { lintLookAlikes } from './look-alikes.ts';
import { lintSharedPrincipals } from './shared-principals.ts';
import { lintUsage } from './usage.ts';

/**
 * Only what is certain is told: rules are compared as sets of topics and names, for every client
 * that has them. Where it depends on the values of variables, nothing is said.
 *
 * The policy has passed `checkPolicy`.
 */
export function lintPolicy(source: LintSource): Finding[] {
  const { policy, listeners, maxConnections } = source;
  const book = new RoleBook(policy);
  const lints = PROTOCOL_NAMES.map((protocol) => ANALYSIS[protocol].lint(listeners));
  const roles = Object.entries(policy.roles).flatMap(([name, { limits }]) => [
    ...lints.flatMap((lint) => lint(name, book)),
    ...(limits === undefined ? [] : lintLimits(name, limits, policy, book, maxConnections)),
  ]);
  return [
    ...lintUsage(source),
    ...lintIdentities(source),
    ...lintSharedPrincipals(source),
    ...roles,
    ...lintLookAlikes(policy),
  ];
}

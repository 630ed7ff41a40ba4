/** Lints of the limits of roles: those that another one always meets first. */
import { isDeepStrictEqual } from 'node:util';
import { effectiveLimits } from '../../limits/effective.ts';
import { BURSTING, LIMITS, TRAFFIC } from '../../limits/keys.ts';
import { groupOf, limitsOfScope } from '../../limits/scope.ts';
import { descriptorOf, type LimitKey } from '../../limits/table.ts';
import type { LimitsSource, PolicySource, WrittenLimit } from '../../source.ts';
import type { SharableLimits } from '../../types.ts';
import type { RoleBook } from './clients.ts';
import { type Finding, finding } from './finding.ts';

export function lintLimits(
  role: string,
  own: LimitsSource,
  policy: PolicySource,
  book: RoleBook,
  maxConnections: number,
): Finding[] {
  const path = `roles.${role}.limits`;
  const findings: Finding[] = [];
  const group = groupOf(own);
  const limitsOf = (roles: readonly string[]): SharableLimits =>
    limitsOfScope(effectiveLimits(roles.flatMap((name) => policy.roles[name]?.limits ?? [])), group);
  const clients = book.holders(role).map(({ roles }) => limitsOf(roles));
  const others = book.holders(role).map(({ roles }) => limitsOf(roles.filter((name) => name !== role)));
  const alone = limitsOfScope(effectiveLimits([own]), group);
  const mqtt = book.holders(role).some(({ roles }) => roles.some((name) => policy.roles[name]?.mqtt !== undefined));
  for (const key of LIMITS) {
    if (own[key] === undefined) continue;
    const met = clients.every((all, i) => same(all[key], others[i]?.[key]) && !same(all[key], alone[key]));
    if (met)
      findings.push(
        finding('limit-never-binds', `${path}.${key}`, 'every client that has it has a stricter one from another role'),
      );
    else if (!mqtt && !descriptorOf(key).protocols.includes('kafka')) {
      const message = 'it is about MQTT, over which no client that has it may do anything';
      findings.push(finding('limit-never-binds', `${path}.${key}`, message));
    } else if (key === 'connections' && (own.connections ?? 0) >= maxConnections) {
      findings.push(
        finding(
          'limit-never-binds',
          `${path}.connections`,
          `the whole process holds at most ${maxConnections} connections (maxConnections)`,
        ),
      );
    }
  }
  for (const key of ['burst', 'onExceed'] as const) {
    const rates = key === 'burst' ? BURSTING : TRAFFIC;
    if (own[key] === undefined || rates.some((limit) => takes(own[limit], key))) continue;
    const message = `the role has none of ${rates.join(', ')} that does not say its own, whose ${key} this would be`;
    findings.push(finding('limit-never-binds', `${path}.${key}`, message));
  }
  return findings;
}

/** Does a limit take what its block says? */
function takes(written: WrittenLimit | undefined, key: 'burst' | 'onExceed'): boolean {
  return typeof written === 'string' || (written !== undefined && written[key] === undefined);
}

function same(a: SharableLimits[LimitKey], b: SharableLimits[LimitKey]): boolean {
  return isDeepStrictEqual(a, b);
}

/** Lints of the limits of roles: those that another one always meets first. */
import { effectiveLimits } from '../limits/effective.ts';
import type { LimitsSource, PolicySource } from '../source.ts';
import type { EffectiveLimits, Rate } from '../types.ts';
import type { RoleBook } from './clients.ts';
import { type Finding, finding } from './finding.ts';

const RATES = ['publish', 'bytes', 'requests', 'handshakes'] as const;
const KEYS = [...RATES, 'connections'] as const;
type Key = (typeof KEYS)[number];
/** Rates whose bucket is measured by `burst`. */
const BURSTING = ['publish', 'bytes', 'requests'] as const;

export function lintLimits(
  role: string,
  own: LimitsSource,
  policy: PolicySource,
  book: RoleBook,
  maxConnections: number,
): Finding[] {
  const path = `roles.${role}.limits`;
  const findings: Finding[] = [];
  const clients = book.holders(role).map(({ roles }) => limitsOf(roles, policy));
  const others = book.holders(role).map(({ roles }) =>
    limitsOf(
      roles.filter((name) => name !== role),
      policy,
    ),
  );
  const alone = effectiveLimits([own]);
  for (const key of KEYS) {
    if (own[key] === undefined) continue;
    const met = clients.every((all, i) => same(all[key], others[i]?.[key]) && !same(all[key], alone[key]));
    if (met)
      findings.push(
        finding('limit-never-binds', `${path}.${key}`, 'every client that has it has a stricter one from another role'),
      );
    else if (key === 'connections' && (own.connections ?? 0) >= maxConnections) {
      findings.push(
        finding(
          'limit-never-binds',
          `${path}.connections`,
          `the whole process holds at most ${maxConnections} connections (maxConnections)`,
        ),
      );
    }
  }
  if (own.burst !== undefined && BURSTING.every((key) => own[key] === undefined)) {
    findings.push(
      finding(
        'limit-never-binds',
        `${path}.burst`,
        `the role has none of ${BURSTING.join(', ')}, whose burst this would be`,
      ),
    );
  }
  if (own.onExceed !== undefined && clients.every((all) => KEYS.every((key) => all[key] === undefined))) {
    findings.push(finding('limit-never-binds', `${path}.onExceed`, 'no client that has this role has any limit'));
  }
  return findings;
}

function limitsOf(roles: readonly string[], policy: PolicySource): EffectiveLimits {
  return effectiveLimits(roles.flatMap((name) => policy.roles[name]?.limits ?? []));
}

function same(a: EffectiveLimits[Key], b: EffectiveLimits[Key]): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return sameRate(a, b);
}

function sameRate(a: Rate, b: Rate): boolean {
  return a.perSecond === b.perSecond && a.burst === b.burst;
}

/** Where limits are stated for a client. */
import type { LimitsSource, PolicySource } from '../source.ts';

export interface LimitBlock {
  /** `limits`, `identities[0].limits`, `roles.device.limits` */
  readonly path: string;
  readonly limits: LimitsSource;
}

/** All that hold for clients of the identity at `index`: of the whole process, its own, those of its roles. */
export function limitBlocks(
  { identities, roles, limits }: PolicySource,
  index: number,
  own: readonly string[] = identities[index]?.roles ?? [],
): LimitBlock[] {
  return [
    { path: 'limits', limits },
    { path: `identities[${index}].limits`, limits: identities[index]?.limits },
    ...[...new Set(own)].map((role) => ({ path: `roles.${role}.limits`, limits: roles[role]?.limits })),
  ].filter((block): block is LimitBlock => block.limits !== undefined);
}

/** The blocks without their places. */
export function limitsStated(source: PolicySource, index: number): LimitsSource[] {
  return limitBlocks(source, index).map(({ limits }) => limits);
}

/** Where the limits of the clients of an identity are stated. */
import type { LimitsSource, PolicySource } from '../source.ts';

/** One block of limits, as written. */
export interface LimitBlock {
  /** `limits`, `identities[0].limits`, `roles.device.limits` */
  readonly path: string;
  readonly limits: LimitsSource;
}

/**
 * The blocks that hold for clients of the identity at `index`: of the whole process, its own, those of its roles, each
 * role once. Blocks of listeners are not among them.
 *
 * @param own The roles of the client, where they are not those of the identity.
 */
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

/** The same blocks without their paths. */
export function limitsStated(source: PolicySource, index: number): LimitsSource[] {
  return limitBlocks(source, index).map(({ limits }) => limits);
}

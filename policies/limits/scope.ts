/** Whose budget a block of limits states: one of each principal, or one that all clients of a group share. */
import type { LimitsSource } from '../source.ts';
import type { EffectiveLimits, SharableLimits } from '../types.ts';

/** Groups that one client may belong to: each is one more charge for every message. */
export const MAX_GROUPS = 4;

const GROUP = /^group:([A-Za-z0-9][A-Za-z0-9_-]{0,63})$/;

/** `principal`, or `group:` and a name. */
export function isScope(text: string): boolean {
  return text === 'principal' || GROUP.test(text);
}

/** Name of the group that shares the limits of a block; undefined: they are each principal's own. */
export function groupOf({ scope = '' }: LimitsSource): string | undefined {
  return GROUP.exec(scope)?.[1];
}

/** The different groups of blocks, in the order of their names. */
export function groupsOf(blocks: readonly LimitsSource[]): string[] {
  return [...new Set(blocks.flatMap((block) => groupOf(block) ?? []))].sort();
}

/** The limits that a client shares with the group, empty where it does not belong to it; without a group its own. */
export function limitsOfScope(limits: EffectiveLimits, group: string | undefined): SharableLimits {
  return group === undefined ? limits : (limits.groups?.find((one) => one.group === group) ?? {});
}

/** The limits of a client on a listener that has none of its own: where they are stated, what a request draws from them. */
import { limitBlocks } from '../../limits/blocks.ts';
import { LIMITS } from '../../limits/keys.ts';
import { groupOf, limitsOfScope } from '../../limits/scope.ts';
import { descriptorOf, type LimitedAction, type LimitKey } from '../../limits/table.ts';
import type { PolicySource } from '../../source.ts';
import type { Identified, SharableLimits } from '../../types.ts';
import type { PolicyRequest } from '../policy-test/request.ts';

/** One limit that holds for a client. */
export interface LimitLook {
  readonly key: LimitKey;
  /** The group that shares it; absent: it is the client's own. */
  readonly group?: string;
  /** `50 per second, burst 250, throttle`, `20`. */
  readonly value: string;
  /** Where it is stated; of several the strictest holds. */
  readonly paths: readonly string[];
  /** Does the request draw from it? */
  readonly drawn: boolean;
}

/** Without a request: the limits of coming in. */
export function lookAtLimits(
  source: PolicySource,
  client: Identified,
  request: PolicyRequest | undefined,
): LimitLook[] {
  const actions = actionsOf(request);
  const index = source.identities.findIndex(({ name }) => name === client.identity);
  const blocks = limitBlocks(source, index, client.roles);
  const scopes = [undefined, ...(client.limits.groups ?? []).map(({ group }) => group)];
  return scopes.flatMap((group) => {
    const held = limitsOfScope(client.limits, group);
    const own = blocks.filter(({ limits }) => groupOf(limits) === group);
    return LIMITS.flatMap((key) => {
      const value = held[key];
      if (value === undefined) return [];
      const drawn = descriptorOf(key).drawnBy.some((action) => actions.includes(action));
      const paths = own.filter(({ limits }) => limits[key] !== undefined).map(({ path }) => `${path}.${key}`);
      return [{ key, ...(group !== undefined && { group }), value: text(value), paths, drawn }];
    });
  });
}

/** What the request does, as limits count it. */
function actionsOf(request: PolicyRequest | undefined): readonly LimitedAction[] {
  switch (request?.action) {
    case undefined:
    case 'connect':
    case 'will':
      return ['connect'];
    case 'publish':
    case 'subscribe':
    case 'receive':
      return [request.action];
    case 'kafka':
      return request.operation === 'write' && request.type === 'topic' ? ['kafka', 'produce'] : ['kafka'];
  }
}

function text(value: SharableLimits[LimitKey] & {}): string {
  if (typeof value !== 'object') return String(value);
  const excess = 'onExceed' in value ? `, ${value.onExceed}` : '';
  return `${rounded(value.perSecond)} per second, burst ${rounded(value.burst)}${excess}`;
}

function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}

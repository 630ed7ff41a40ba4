/** The limits of a client on a listener that has none of its own: where they are stated, what a question draws from them. */
import { limitBlocks } from '../../limits/blocks.ts';
import type { LimitKey } from '../../limits/keys.ts';
import { groupOf, limitsOfScope } from '../../limits/scope.ts';
import type { PolicySource } from '../../source.ts';
import type { Identified, SharableLimits } from '../../types.ts';
import type { PolicyRequest } from '../policy-test/request.ts';

export interface LimitLook {
  readonly key: LimitKey;
  /** The group that shares it; absent: it is the client's own. */
  readonly group?: string;
  /** `50 per second, burst 250, throttle`, `20`. */
  readonly value: string;
  /** Where it is stated; of several the strictest holds. */
  readonly paths: readonly string[];
  /** Does the request of the question draw from it? */
  readonly drawn: boolean;
}

const KEYS = [
  'handshakes',
  'connections',
  'publish',
  'requests',
  'bytes',
  'bytesOut',
  'topics',
  'subscriptions',
  'inFlight',
  'packetSize',
] as const satisfies LimitKey[];

const CONNECTING: readonly LimitKey[] = ['handshakes', 'connections', 'bytes', 'packetSize'];

const KAFKA: readonly LimitKey[] = ['requests', 'bytes', 'bytesOut', 'inFlight', 'packetSize'];

/** Without a request: the limits of coming in. */
export function lookAtLimits(source: PolicySource, who: Identified, request: PolicyRequest | undefined): LimitLook[] {
  const drawn = drawnBy(request);
  const index = source.identities.findIndex(({ name }) => name === who.identity);
  const blocks = limitBlocks(source, index, who.roles);
  const scopes = [undefined, ...(who.limits.groups ?? []).map(({ group }) => group)];
  return scopes.flatMap((group) => {
    const held = limitsOfScope(who.limits, group);
    const own = blocks.filter(({ limits }) => groupOf(limits) === group);
    return KEYS.flatMap((key) => {
      const value = held[key];
      if (value === undefined) return [];
      const paths = own.filter(({ limits }) => limits[key] !== undefined).map(({ path }) => `${path}.${key}`);
      return [{ key, ...(group !== undefined && { group }), value: words(value), paths, drawn: drawn.includes(key) }];
    });
  });
}

function drawnBy(request: PolicyRequest | undefined): readonly LimitKey[] {
  switch (request?.action) {
    case undefined:
    case 'connect':
    case 'will':
      return CONNECTING;
    case 'publish':
      return ['publish', 'bytes', 'topics', 'inFlight', 'packetSize'];
    case 'subscribe':
      return ['requests', 'bytes', 'subscriptions', 'packetSize'];
    case 'receive':
      return ['bytesOut', 'packetSize'];
    case 'kafka': {
      const produces = request.operation === 'write' && request.type === 'topic';
      return [...KAFKA, ...(produces ? (['publish'] as const) : [])];
    }
  }
}

function words(value: SharableLimits[LimitKey] & {}): string {
  if (typeof value !== 'object') return String(value);
  const excess = 'onExceed' in value ? `, ${value.onExceed}` : '';
  return `${rounded(value.perSecond)} per second, burst ${rounded(value.burst)}${excess}`;
}

function rounded(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}

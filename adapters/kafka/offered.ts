/** Which APIs are offered to clients, in which versions: nothing else is forwarded. */
import { API, APIS } from './codec/apis.ts';
import type { KafkaOptions } from './options.ts';

/** Both inclusive. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

type Hidden = Pick<KafkaOptions, 'hideApis'>;

/** Asked for with every request, and the same for all connections of a listener. */
const known = new WeakMap<Hidden, ReadonlyMap<number, VersionRange>>();

/** By API key. ApiVersions is always there: without it clients do not know what else is. */
export function offeredVersions(options: Hidden): ReadonlyMap<number, VersionRange> {
  let offered = known.get(options);
  if (offered === undefined) {
    const shown = [...APIS.values()].filter(
      ({ key, name }) => key === API.apiVersions || !options.hideApis.includes(name),
    );
    offered = new Map(shown.map(({ key, versions: [min, max] }) => [key, { min, max }]));
    known.set(options, offered);
  }
  return offered;
}

export function isOffered(key: number, version: number, options: Hidden): boolean {
  const range = offeredVersions(options).get(key);
  return range !== undefined && version >= range.min && version <= range.max;
}

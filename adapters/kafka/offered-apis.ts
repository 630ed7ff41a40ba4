/** Which APIs are offered to clients, in which versions: nothing else is forwarded. */
import { API, APIS, apiOf } from './apis/index.ts';
import { holds } from './codec/layout.ts';
import type { Api } from './codec/schema.ts';
import type { VersionRange } from './handler.ts';
import type { KafkaOptions } from './options.ts';

type Hidden = Pick<KafkaOptions, 'hideApis'>;

/** By API key. */
export function offeredVersions(options: Hidden): ReadonlyMap<number, VersionRange> {
  const shown = [...APIS.values()].filter((api) => isShown(api, options));
  return new Map(shown.map(({ key, versions: [min, max] }) => [key, { min, max }]));
}

/** The API of a request; undefined when it is not offered in this version. Asked with every request. */
export function offeredApi(key: number, version: number, options: Hidden): Api | undefined {
  const api = apiOf(key);
  return api !== undefined && holds(api.versions, version) && isShown(api, options) ? api : undefined;
}

/** ApiVersions is always there: without it clients do not know what else is. */
function isShown({ key, name }: Api, { hideApis }: Hidden): boolean {
  return hideApis.length === 0 || key === API.apiVersions || !hideApis.includes(name);
}

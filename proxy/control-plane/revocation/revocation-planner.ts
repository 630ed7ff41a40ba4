import { createHash } from 'node:crypto';
import { type HighestNumbers, readHighestNumbers } from '../../../policies/revocation/highest-numbers.ts';
import { ChainCertificate } from '../../../policies/x509/chain/chain-certificate.ts';
import type { WrittenDenyList } from '../../messages.ts';
import { certificatesOf } from '../../shared/trust/pem.ts';
import type { GateConfig, ResolvedStore } from '../config/model.ts';
import type { PlannedRevocation } from '../generations/generation-plan.ts';
import { type StateDir, StateError } from '../state/state-dir.ts';
import { type CrlSource, supplyOf } from './crl-sources.ts';
import { type BuiltLists, buildLists, type ListSource, type StoreLists } from './crl-store.ts';

const NUMBERS = 'crl-numbers';

export interface RevocationInputs {
  readonly config: GateConfig;
  /** What URLs held when they were fetched last. */
  readonly fetched: ReadonlyMap<string, Uint8Array>;
  readonly sources: readonly CrlSource[];
  /** Entries of `headgate deny`. */
  readonly denied: readonly unknown[];
}

interface Built {
  /** Of what it was built. */
  readonly key: string;
  readonly lists: BuiltLists;
}

/** Makes the revocation part of generations. Keeps the highest numbers of lists, so that none is rolled back. */
export class RevocationPlanner {
  readonly #state: StateDir | null;
  #highest: HighestNumbers;
  #built: Built | null = null;

  /** @throws StateError when what was kept cannot be read */
  constructor(state: StateDir | null) {
    this.#state = state;
    const kept = state?.read(NUMBERS) ?? {};
    const numbers = readHighestNumbers(kept);
    if (numbers === undefined)
      throw new StateError(`the state "${NUMBERS}" is not what was written; restore or remove it`);
    this.#highest = numbers;
  }

  /** The lists that were built last. */
  get lists(): BuiltLists | null {
    return this.#built?.lists ?? null;
  }

  /** `now` in milliseconds since the epoch. @throws StateError when the highest numbers cannot be kept, Error when a source cannot be read */
  plan(inputs: RevocationInputs, now: number): PlannedRevocation {
    const built = this.#build(inputs, now);
    this.#keep(built);
    return planOf(built, inputs);
  }

  /** As `plan`, for what is not to come into force: nothing is kept of it. */
  preview(inputs: RevocationInputs, now: number): PlannedRevocation {
    return planOf(this.#build(inputs, now), inputs);
  }

  /** Built anew only when a list or an authority is another. */
  #build({ config, fetched, sources }: RevocationInputs, now: number): Built {
    const stores = Object.values(config.trust)
      .filter(checksRevocation)
      .map((store) => storeLists(store, fetched, sources));
    const key = keyOf(stores);
    return this.#built?.key === key ? this.#built : { key, lists: buildLists(stores, this.#highest, now) };
  }

  #keep(built: Built): void {
    if (this.#built === built) return;
    const { lists } = built;
    if (JSON.stringify(lists.highest) !== JSON.stringify(this.#highest)) this.#state?.write(NUMBERS, lists.highest);
    this.#highest = lists.highest;
    this.#built = built;
  }
}

function planOf({ key, lists }: Built, { config, denied }: RevocationInputs): PlannedRevocation {
  const deny: WrittenDenyList[] = [{ name: 'headgate deny', entries: denied }];
  if (config.denyFile !== undefined) deny.push(config.denyFile);
  return { version: hashOf(key, JSON.stringify(deny)), value: { index: lists.index, deny } };
}

/** URLs that lists are fetched from, by milliseconds after which each is asked again. @throws as `plan` */
export function urlsOf({ trust }: GateConfig, sources: readonly CrlSource[]): ReadonlyMap<string, number> {
  const stores = Object.values(trust).filter(checksRevocation);
  return new Map(
    stores.flatMap((store) => {
      const { urls } = supplyOf(sources, store, () => authoritiesOf(store));
      return urls.map((url) => [url, store.lists.refresh] as const);
    }),
  );
}

function checksRevocation({ plan }: ResolvedStore): boolean {
  return plan.revocation.mode !== 'off';
}

function authoritiesOf({ plan }: ResolvedStore): readonly ChainCertificate[] {
  return certificatesOf(plan.certificates).map((der) => new ChainCertificate(der));
}

function storeLists(
  store: ResolvedStore,
  fetched: ReadonlyMap<string, Uint8Array>,
  crlSources: readonly CrlSource[],
): StoreLists {
  const own = authoritiesOf(store);
  const { lists, urls, issuers } = supplyOf(crlSources, store, () => own);
  // An authority counts once its list is there: until then nothing changes.
  const authorities = [...own, ...issuers.filter(({ url }) => fetched.has(url)).map(({ issuer }) => issuer)];
  const sources: ListSource[] = [...lists];
  for (const url of urls) {
    const bytes = fetched.get(url);
    if (bytes !== undefined) sources.push({ name: url, bytes });
  }
  return { store: store.name, authorities, sources, maxStaleness: store.plan.revocation.maxStaleness };
}

function keyOf(stores: readonly StoreLists[]): string {
  const parts = stores.flatMap(({ store, authorities, sources, maxStaleness }) => [
    `${store} ${maxStaleness}`,
    ...authorities.map(({ sha256 }) => sha256),
    ...sources.map(({ name, bytes }) => `${name} ${hashOf(bytes)}`),
  ]);
  return hashOf(...parts);
}

function hashOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 16);
}

import { createHash } from 'node:crypto';
import { type HighestNumbers, readHighestNumbers } from '../../policies/revocation/highest-numbers.ts';
import { ChainCertificate } from '../../policies/x509/chain/chain-certificate.ts';
import type { GateConfig, TrustConfig } from '../config/model.ts';
import type { Material } from '../listener-plan.ts';
import type { WrittenDenyList } from '../messages.ts';
import type { PlannedRevocation } from '../plan.ts';
import { type StateDir, StateError } from '../state/state-dir.ts';
import { readDenyFile } from './deny-file.ts';
import { certificatesOf } from './pem.ts';
import { type BuiltLists, buildLists, type ListSource, type StoreLists } from './revocation-lists.ts';

const NUMBERS = 'crl-numbers';

export interface RevocationInputs {
  readonly config: GateConfig;
  readonly material: Material;
  /** What URLs held when they were fetched last. */
  readonly fetched: ReadonlyMap<string, Uint8Array>;
  /** Entries of `headgate deny`. */
  readonly denied: readonly unknown[];
}

/** Makes the revocation part of generations. Keeps the highest numbers of lists, so that none is rolled back. */
export class RevocationSource {
  readonly #state: StateDir | null;
  #highest: HighestNumbers;
  #built: { readonly key: string; readonly lists: BuiltLists } | null = null;

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

  /** `now` in milliseconds since the epoch. @throws Error in words when the state cannot be kept */
  plan({ config, material, fetched, denied }: RevocationInputs, now: number): PlannedRevocation {
    const stores = Object.values(config.trust)
      .filter(({ revocation }) => revocation.mode !== 'off')
      .map((trust) => storeLists(trust, material, fetched));
    const lists = this.#build(stores, now);
    const deny: WrittenDenyList[] = [{ name: 'headgate deny', entries: denied }];
    if (config.denyFile !== undefined) {
      const text = (material.get(config.denyFile) as Buffer).toString('utf8');
      deny.push({ name: config.denyFile, entries: readDenyFile(text, 'deny') });
    }
    const version = hashOf(this.#built?.key ?? '', JSON.stringify(deny));
    return { version, value: { index: lists.index, deny } };
  }

  /** Built anew only when a list or an authority is another. */
  #build(stores: readonly StoreLists[], now: number): BuiltLists {
    const key = keyOf(stores);
    if (this.#built?.key === key) return this.#built.lists;
    const lists = buildLists(stores, this.#highest, now);
    if (JSON.stringify(lists.highest) !== JSON.stringify(this.#highest)) this.#state?.write(NUMBERS, lists.highest);
    this.#highest = lists.highest;
    this.#built = { key, lists };
    return lists;
  }
}

function storeLists(
  { name, ca, revocation: { files, urls, maxStaleness } }: TrustConfig,
  material: Material,
  fetched: ReadonlyMap<string, Uint8Array>,
): StoreLists {
  const authorities = ca
    .flatMap((file) => certificatesOf((material.get(file) as Buffer).toString('utf8')))
    .map((der) => new ChainCertificate(der));
  const sources: ListSource[] = [];
  for (const file of files) sources.push({ name: file, bytes: material.get(file) as Buffer });
  for (const url of urls) {
    const bytes = fetched.get(url);
    if (bytes !== undefined) sources.push({ name: url, bytes });
  }
  return { store: name, authorities, sources, maxStaleness };
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

import { createHash } from 'node:crypto';
import { RevocationIndex } from '../../policies/revocation/index.ts';
import type { ReloadResult } from '../admin/deps.ts';
import type { GateConfig } from '../config/model.ts';
import type { Control } from '../control.ts';
import type { Material } from '../listener-plan.ts';
import type { PlannedRevocation } from '../plan.ts';
import { StateDir } from '../state/state-dir.ts';
import type { Logger } from '../telemetry/log.ts';
import type { MetricSource } from '../telemetry/metrics.ts';
import { realTiming } from '../timing.ts';
import { type BookEntry, DenyBook } from '../trust/deny-book.ts';
import { ListAges } from '../trust/list-ages.ts';
import { ListFetcher } from '../trust/list-fetcher.ts';
import type { OcspAsk } from '../trust/ocsp-answer.ts';
import { type OcspSigner, objectionToSigner } from '../trust/ocsp-signer.ts';
import { type ListFacts, nextUpdateIn } from '../trust/revocation-lists.ts';
import { type RevocationInputs, RevocationSource } from '../trust/revocation-source.ts';

/** Milliseconds between looks at the age of lists. */
const AGE_INTERVAL = 60_000;

/** What `headgate deny` and its interface answer. */
export interface DenyResult {
  readonly entry: BookEntry;
  /** False: the entry is gone with the process (no `state.dir`). */
  readonly durable: boolean;
  /** The generation that is in force on every worker now, its sessions judged. */
  readonly generation: number;
}

/** Revocation lists and deny lists on the control plane: from files, URLs and operators to what generations carry. */
export class Revocations {
  readonly #book: DenyBook;
  readonly #source: RevocationSource;
  readonly #fetcher: ListFetcher;
  readonly #control: Control;
  readonly #logger: Logger;
  readonly #ages = new ListAges();
  readonly #clock: NodeJS.Timeout;
  #told = '';
  /** Of the generation in force, by its version. */
  #index: { readonly version: string; readonly index: RevocationIndex } | null = null;

  /** @throws StateError */
  constructor(config: GateConfig, control: Control, logger: Logger) {
    const state = config.state === undefined ? null : StateDir.open(config.state.dir);
    this.#book = new DenyBook(state);
    this.#source = new RevocationSource(state);
    this.#fetcher = new ListFetcher({
      timing: realTiming(() => performance.now()),
      wallClock: Date.now,
      dueAt: nextUpdateIn,
      onChange: () => void this.#revise(),
      onFailure: (url, words, again) =>
        logger.error({ url, reason: words, again }, 'a revocation list cannot be fetched'),
    });
    this.#clock = setInterval(() => this.#lookAtAges(), AGE_INTERVAL).unref();
    this.#control = control;
    this.#logger = logger;
  }

  /** The lists in force. */
  get lists(): readonly ListFacts[] {
    return this.#source.lists?.lists ?? [];
  }

  /** Until when each list of the generation in force counts, in milliseconds since the epoch. */
  get runOuts(): readonly number[] {
    return this.#inForce()?.runOuts ?? [];
  }

  /** Why an OCSP answer that a delegate signed does not count; undefined: it does. */
  objectionToSigner(signer: OcspSigner, { issuerSpki, by }: OcspAsk): string | undefined {
    const index = this.#inForce();
    if (index === null) return 'no generation is in force yet';
    const issuer = createHash('sha256').update(issuerSpki).digest('hex');
    return objectionToSigner(index, signer, issuer, by, Date.now());
  }

  #inForce(): RevocationIndex | null {
    const part = this.#control.content?.revocation;
    if (part === undefined) return null;
    const { version, value } = part;
    if (this.#index?.version !== version) this.#index = { version, index: new RevocationIndex(value.index) };
    return this.#index.index;
  }

  get denied(): readonly BookEntry[] {
    return this.#book.entries;
  }

  readonly metrics: MetricSource = () => {
    const { lists = [], refused = [] } = this.#source.lists ?? {};
    const byStore = Map.groupBy(lists, ({ store }) => store);
    return [
      { name: 'headgate_deny_entries', labels: {}, value: this.#book.entries.length },
      { name: 'headgate_crl_refused', labels: {}, value: refused.length },
      ...[...byStore].flatMap(([store, own]) => [
        {
          name: 'headgate_crl_entries' as const,
          labels: { store },
          value: own.reduce((n, { entries }) => n + entries, 0),
        },
        {
          name: 'headgate_crl_fresh_until_timestamp_seconds' as const,
          labels: { store },
          value: Math.min(...own.map(({ freshUntil }) => freshUntil)) / 1000,
        },
      ]),
    ];
  };

  /** The revocation part of a generation. @throws Error in words */
  plan(config: GateConfig, material: Material): PlannedRevocation {
    this.#fetcher.want(urlsOf(config));
    const planned = this.#source.plan(this.#inputs(config, material), Date.now());
    this.#tell();
    this.#lookAtAges();
    return planned;
  }

  /** As `plan`, for what is not to come into force: nothing is fetched for it, and nothing kept. @throws Error in words */
  preview(config: GateConfig, material: Material): PlannedRevocation {
    return this.#source.preview(this.#inputs(config, material), Date.now());
  }

  #inputs(config: GateConfig, material: Material): RevocationInputs {
    return { config, material, fetched: this.#fetcher.contents, denied: this.#book.entries };
  }

  /** Denies from now on; resolves when every worker has ended the sessions that it means. @throws DenyBookError, StateError, Error */
  async add(written: unknown): Promise<DenyResult> {
    const entry = this.#book.add(written);
    this.#logger.warn({ id: entry.id }, 'an operator denies');
    return this.#enforce(entry);
  }

  /** Takes a denial back. @throws as `add` */
  async remove(id: string): Promise<DenyResult> {
    const entry = this.#book.remove(id);
    this.#logger.warn({ id }, 'an operator takes a denial back');
    return this.#enforce(entry);
  }

  async #enforce(entry: BookEntry): Promise<DenyResult> {
    const { ok, errors, generation } = await this.#revise();
    if (!ok) throw new Error(`kept, but not in force: ${errors.join('; ')}`);
    return { entry, durable: this.#book.durable, generation };
  }

  /** The generation in force, with what is revoked and denied now. */
  #revise(): Promise<ReloadResult> {
    return this.#control.apply(() => {
      const { content } = this.#control;
      if (content === null) return { ok: false, errors: ['no generation is in force yet'] };
      const { config, material } = content;
      return { ok: true, config, material, revocation: this.plan(config, material), read: false };
    });
  }

  close(): void {
    clearInterval(this.#clock);
    this.#fetcher.close();
  }

  #lookAtAges(): void {
    for (const { list, age } of this.#ages.look(this.lists, Date.now())) {
      const { store, name, issuer, number, freshUntil } = list;
      const facts = { store, list: name, issuer, number, freshUntil: new Date(freshUntil).toISOString() };
      if (age === 'stale') this.#logger.error(facts, 'a revocation list is out of date and no longer counts');
      else this.#logger.warn(facts, 'a revocation list is out of date; a newer one was due');
    }
  }

  /** Lists that are not used are an alarm, once for each change. */
  #tell(): void {
    const refused = this.#source.lists?.refused ?? [];
    const told = refused.join('\n');
    if (told === this.#told) return;
    this.#told = told;
    for (const words of refused) this.#logger.error({ list: words }, 'a revocation list is not used');
  }
}

function urlsOf({ trust }: GateConfig): ReadonlyMap<string, number> {
  const stores = Object.values(trust).filter(({ revocation }) => revocation.mode !== 'off');
  return new Map(stores.flatMap(({ revocation: { urls, refresh } }) => urls.map((url) => [url, refresh] as const)));
}

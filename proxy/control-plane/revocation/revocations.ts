import { createHash } from 'node:crypto';
import { RevocationIndex } from '../../../policies/revocation/index.ts';
import { realTiming } from '../../shared/timing.ts';
import type { CrlQuery } from '../../shared/trust/crl-messages.ts';
import type { OcspQuery } from '../../shared/trust/ocsp-messages.ts';
import { type OcspSigner, objectionToSigner } from '../../shared/trust/ocsp-signer.ts';
import type { DenyEntryRecord, DenyResult } from '../api/deny.ts';
import type { ReloadResult } from '../api/generation.ts';
import type { GateConfig } from '../config/model.ts';
import type { GenerationControl } from '../generations/generation-control.ts';
import type { PlannedRevocation } from '../generations/generation-plan.ts';
import { StateDir } from '../state/state-dir.ts';
import type { Logger } from '../telemetry/log.ts';
import type { MetricSource } from '../telemetry/metrics.ts';
import { CrlAges } from './crl-ages.ts';
import { CrlFetcher } from './crl-fetcher.ts';
import { type CrlSource, crlSources } from './crl-sources.ts';
import { type ListFacts, nextUpdateIn } from './crl-store.ts';
import { DenyBook } from './deny-book.ts';
import { DistributionPoints } from './distribution-points.ts';
import { revocationMetrics } from './revocation-metrics.ts';
import { type RevocationInputs, RevocationPlanner, urlsOf } from './revocation-planner.ts';

/** Milliseconds between checks of the age of lists. */
const AGE_INTERVAL = 60_000;

/** Revocation lists and deny lists on the control plane: from files, URLs and operators to what generations carry. */
export class Revocations {
  readonly #book: DenyBook;
  readonly #planner: RevocationPlanner;
  readonly #fetcher: CrlFetcher;
  readonly #points: DistributionPoints;
  readonly #sources: readonly CrlSource[];
  readonly #control: GenerationControl;
  readonly #logger: Logger;
  readonly #ages = new CrlAges();
  readonly #clock: NodeJS.Timeout;
  /** Lists that are not used, as reported last. */
  #reported = '';
  /** Stores whose certificates name more distribution points than are fetched, and how often that was so. */
  readonly #full = new Map<string, number>();
  /** The revision that was asked for last, and whether it has not begun yet. */
  #revision: Promise<unknown> = Promise.resolve();
  #waiting = false;
  /** Of the generation in force, by its version. */
  #index: { readonly version: string; readonly index: RevocationIndex } | null = null;

  /** @throws StateError */
  constructor(config: GateConfig, control: GenerationControl, logger: Logger) {
    const state = config.state === undefined ? null : StateDir.open(config.state.dir);
    this.#book = new DenyBook(state);
    this.#planner = new RevocationPlanner(state);
    this.#fetcher = new CrlFetcher({
      timing: realTiming(() => performance.now()),
      wallClock: Date.now,
      dueAt: nextUpdateIn,
      onChange: () => void this.#reviseSoon(),
      onFailure: (url, reason, again) => logger.error({ url, reason, again }, 'a revocation list cannot be fetched'),
    });
    this.#points = new DistributionPoints((store, url) => {
      const before = this.#full.get(store) ?? 0;
      this.#full.set(store, before + 1);
      if (before > 0) return;
      logger.error({ store, url }, 'certificates name more distribution points than are fetched; this one is not');
    });
    this.#sources = crlSources(this.#points);
    this.#clock = setInterval(() => this.#checkAges(), AGE_INTERVAL).unref();
    this.#control = control;
    this.#logger = logger;
  }

  /** The lists in force. */
  get lists(): readonly ListFacts[] {
    return this.#planner.lists?.lists ?? [];
  }

  /** Until when each list of the generation in force counts, in milliseconds since the epoch. */
  get expiries(): readonly number[] {
    return this.#inForce()?.runOuts ?? [];
  }

  /** Why an OCSP answer that a delegate signed does not count; undefined: it does. */
  objectionToSigner(signer: OcspSigner, { issuerSpki, by }: OcspQuery): string | undefined {
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

  get denied(): readonly DenyEntryRecord[] {
    return this.#book.entries;
  }

  readonly metrics: MetricSource = () =>
    revocationMetrics({
      entries: this.#book.entries.length,
      lists: this.lists,
      refused: this.#planner.lists?.refused ?? [],
      places: this.#points.counts,
      noRoom: this.#full,
    });

  /** The revocation part of a generation. @throws StateError, Error */
  plan(config: GateConfig): PlannedRevocation {
    this.#fetcher.want(urlsOf(config, this.#sources));
    const planned = this.#planner.plan(this.#inputs(config), Date.now());
    this.#reportRefused();
    this.#checkAges();
    return planned;
  }

  /** As `plan`, for what is not to come into force: nothing is fetched for it, and nothing kept. @throws StateError, Error */
  preview(config: GateConfig): PlannedRevocation {
    return this.#planner.preview(this.#inputs(config), Date.now());
  }

  #inputs(config: GateConfig): RevocationInputs {
    return {
      config,
      fetched: this.#fetcher.contents,
      sources: this.#sources,
      denied: this.#book.entries,
    };
  }

  /**
   * Takes up distribution points that a client's chain names. Resolves when a list of one of them is in force, or none
   * could be fetched at the first attempt. Never rejects.
   */
  async learn(query: CrlQuery): Promise<void> {
    const trust = this.#control.content?.config.trust[query.store];
    if (trust === undefined) return;
    const { urls, new: isNew } = this.#points.learn(trust, query);
    const first = urls.map((url) => this.#fetcher.add(url, trust.lists.refresh));
    if (!(await anyTrue(first))) return;
    // A list that was there already comes into force for the authority that is new.
    await (isNew ? this.#reviseSoon() : this.#revision);
  }

  /** As `#revise`; shared by all who ask before it has begun. */
  #reviseSoon(): Promise<unknown> {
    if (this.#waiting) return this.#revision;
    this.#waiting = true;
    this.#revision = this.#revise();
    return this.#revision;
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

  async #enforce(entry: DenyEntryRecord): Promise<DenyResult> {
    const { ok, errors, generation } = await this.#revise();
    if (!ok) throw new Error(`kept, but not in force: ${errors.join('; ')}`);
    return { entry, durable: this.#book.durable, generation };
  }

  /** The generation in force, with what is revoked and denied now. */
  #revise(): Promise<ReloadResult> {
    return this.#control.apply(() => {
      this.#waiting = false;
      const { content } = this.#control;
      if (content === null) return { ok: false, errors: ['no generation is in force yet'] };
      const { config } = content;
      return { ok: true, config, revocation: this.plan(config), read: false };
    });
  }

  close(): void {
    clearInterval(this.#clock);
    this.#fetcher.close();
  }

  #checkAges(): void {
    for (const { list, age } of this.#ages.changes(this.lists, Date.now())) {
      const { store, name, issuer, number, freshUntil } = list;
      const facts = { store, list: name, issuer, number, freshUntil: new Date(freshUntil).toISOString() };
      if (age === 'stale') this.#logger.error(facts, 'a revocation list is out of date and no longer counts');
      else this.#logger.warn(facts, 'a revocation list is out of date; a newer one was due');
    }
  }

  /** Lists that are not used are an alarm, once for each change. */
  #reportRefused(): void {
    const refused = this.#planner.lists?.refused ?? [];
    const all = refused.join('\n');
    if (all === this.#reported) return;
    this.#reported = all;
    for (const message of refused) this.#logger.error({ list: message }, 'a revocation list is not used');
  }
}

/** Resolves with true as soon as one does, else with false. */
function anyTrue(promises: readonly Promise<boolean>[]): Promise<boolean> {
  return Promise.any(promises.map(async (one) => (await one) || Promise.reject(new Error('none')))).catch(() => false);
}

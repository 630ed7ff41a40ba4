import type { GateConfig } from '../config/model.ts';
import type { Control } from '../control.ts';
import type { Material } from '../listener-plan.ts';
import type { PlannedRevocation } from '../plan.ts';
import { StateDir } from '../state/state-dir.ts';
import type { Logger } from '../telemetry/log.ts';
import type { MetricSource } from '../telemetry/metrics.ts';
import { type BookEntry, DenyBook } from '../trust/deny-book.ts';
import type { ListFacts } from '../trust/revocation-lists.ts';
import { RevocationSource } from '../trust/revocation-source.ts';

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
  readonly #fetched = new Map<string, Uint8Array>();
  readonly #logger: Logger;
  #told = '';

  /** @throws StateError */
  constructor(config: GateConfig, logger: Logger) {
    const state = config.state === undefined ? null : StateDir.open(config.state.dir);
    this.#book = new DenyBook(state);
    this.#source = new RevocationSource(state);
    this.#logger = logger;
  }

  /** The lists in force. */
  get lists(): readonly ListFacts[] {
    return this.#source.lists?.lists ?? [];
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
    const inputs = { config, material, fetched: this.#fetched, denied: this.#book.entries };
    const planned = this.#source.plan(inputs, Date.now());
    this.#tell();
    return planned;
  }

  /** Denies from now on; resolves when every worker has ended the sessions that it means. @throws DenyBookError, StateError, Error */
  async add(written: unknown, control: Control): Promise<DenyResult> {
    const entry = this.#book.add(written);
    this.#logger.warn({ id: entry.id }, 'an operator denies');
    return this.#enforce(entry, control);
  }

  /** Takes a denial back. @throws as `add` */
  async remove(id: string, control: Control): Promise<DenyResult> {
    const entry = this.#book.remove(id);
    this.#logger.warn({ id }, 'an operator takes a denial back');
    return this.#enforce(entry, control);
  }

  async #enforce(entry: BookEntry, control: Control): Promise<DenyResult> {
    const { ok, errors, generation } = await control.apply(() => {
      const { content } = control;
      if (content === null) return { ok: false, errors: ['no generation is in force yet'] };
      const { config, material } = content;
      return { ok: true, config, material, revocation: this.plan(config, material) };
    });
    if (!ok) throw new Error(`kept, but not in force: ${errors.join('; ')}`);
    return { entry, durable: this.#book.durable, generation };
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

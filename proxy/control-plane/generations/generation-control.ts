import { BehaviorSubject, type Observable } from 'rxjs';
import type { Bound } from '../../messages.ts';
import type { AcceptTier } from '../../shared/accept-tier.ts';
import type { ListenerPlan } from '../../shared/listener-plan.ts';
import type { GenerationInfo, ReloadResult } from '../api/generation.ts';
import type { GateConfig } from '../config/model.ts';
import type { PlaneGenerations } from '../data-planes/plane-generations.ts';
import type { Content, Loaded } from './content.ts';
import { boundOf, describeGeneration, type InForce } from './generation-info.ts';
import { type GenerationPlan, planGeneration } from './generation-plan.ts';
import { type Trial, tryOut } from './trial.ts';

/**
 * Brings generations into force in two phases: bound and built everywhere, then committed
 * everywhere; any failure drops the new one everywhere and the last good one goes on.
 */
export class GenerationControl {
  readonly #planes: PlaneGenerations;
  readonly #tier: AcceptTier;
  readonly #results = new BehaviorSubject<ReloadResult | null>(null);
  #inForce: InForce | null = null;
  /** The last one with other settings; what is revoked and denied makes no step back. */
  #before: InForce | null = null;
  /** Settings of what the files said when they were last taken. */
  #read = '';
  #lastId = 0;
  #trials = 0;
  #queue: Promise<unknown> = Promise.resolve();

  /** Result of every attempt; the last one for late subscribers. */
  readonly results$: Observable<ReloadResult | null> = this.#results.asObservable();

  constructor(planes: PlaneGenerations, tier: AcceptTier) {
    this.#planes = planes;
    this.#tier = tier;
  }

  get config(): GateConfig | null {
    return this.#inForce?.content.config ?? null;
  }

  /** What is in force, as it was planned and bound; null before the first generation. */
  get inForce(): { readonly plan: GenerationPlan; readonly bound: readonly Bound[] } | null {
    return this.#inForce;
  }

  /** What the generation in force was made of. */
  get content(): Content | null {
    return this.#inForce?.content ?? null;
  }

  /** What a rollback goes back to. */
  get contentBefore(): Content | null {
    return this.#before?.content ?? null;
  }

  get lastResult(): ReloadResult | null {
    return this.#results.value;
  }

  /** The listeners in force. */
  get listeners(): readonly ListenerPlan[] {
    return (this.#inForce?.plan.listeners ?? []).map(({ value }) => value);
  }

  /** Addresses of a listener as bound. */
  bound(listener: string): readonly Bound[] {
    return this.#inForce === null ? [] : boundOf(this.#inForce, listener);
  }

  /** The generation in force, for people. */
  info(): GenerationInfo {
    return describeGeneration(this.#inForce, this.#before, this.#read, this.#results.value);
  }

  /** One attempt after the other; never rejects. */
  apply(load: () => Loaded | Promise<Loaded>): Promise<ReloadResult> {
    const asked = performance.now();
    const attempt = this.#queue.then(() => this.#attempt(load, asked));
    this.#queue = attempt;
    return attempt;
  }

  /** What a generation would do; nothing changes. In turn with attempts; never rejects. */
  tryOut(load: () => Loaded | Promise<Loaded>): Promise<Trial> {
    // Numbers of their own: those of generations count what came into force.
    const trial = this.#queue.then(() => tryOut(load, --this.#trials, this.#planes, this.#tier));
    this.#queue = trial;
    return trial;
  }

  async #attempt(load: () => Loaded | Promise<Loaded>, asked: number): Promise<ReloadResult> {
    let changed = false;
    let errors: readonly string[] = [];
    try {
      const loaded = await load();
      if (loaded.ok) {
        changed = await this.#bring(loaded, asked);
        if (loaded.read) this.#read = this.#inForce?.plan.settings ?? '';
      } else errors = loaded.errors;
    } catch (error) {
      errors = [error instanceof Error ? error.message : String(error)];
    }
    const result: ReloadResult = {
      ok: errors.length === 0,
      time: new Date().toISOString(),
      generation: this.#inForce?.id ?? 0,
      changed,
      errors,
    };
    this.#results.next(result);
    return result;
  }

  async #bring({ config, revocation }: Content, asked: number): Promise<boolean> {
    const content = { config, revocation };
    const plan = planGeneration(config, revocation);
    if (this.#inForce?.plan.hash === plan.hash) {
      this.#inForce = { ...this.#inForce, content };
      return false;
    }
    const id = ++this.#lastId;
    let bound = await this.#tier.prepare(plan.binds);
    try {
      const byPlanes = await this.#planes.prepare(plan, id);
      if (this.#tier.planesBind) bound = byPlanes;
    } catch (error) {
      this.#tier.drop();
      throw error;
    }
    // Data planes first: an address must not serve before its listener is known everywhere.
    const enforced = this.#planes.commit(plan, id);
    this.#tier.commit();
    const inForce = { id, plan, content, loadedAt: new Date(), bound, enforcedMs: 0, activatedMs: 0 };
    if (this.#inForce?.plan.settings !== plan.settings) this.#before = this.#inForce;
    this.#inForce = inForce;
    const since = performance.now();
    await enforced;
    const now = performance.now();
    this.#inForce = { ...inForce, enforcedMs: now - since, activatedMs: now - asked };
    return true;
  }
}

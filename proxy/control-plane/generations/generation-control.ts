import { BehaviorSubject, type Observable } from 'rxjs';
import type { Bound } from '../../messages.ts';
import type { AcceptTier } from '../../shared/accept-tier.ts';
import type { GenerationInfo, GenerationName, ReloadResult } from '../api/generation.ts';
import type { GateConfig } from '../config/model.ts';
import type { DataPlanes } from '../data-planes/data-planes.ts';
import type { Content, Loaded } from './content.ts';
import { type GenerationPlan, planGeneration } from './generation-plan.ts';
import { type Trial, tryOut } from './trial.ts';

interface InForce {
  readonly id: number;
  readonly plan: GenerationPlan;
  readonly content: Content;
  readonly loadedAt: Date;
  readonly bound: readonly Bound[];
  /** See GenerationInfo. */
  readonly enforcedMs: number;
  readonly activatedMs: number;
}

/**
 * Brings generations into force in two phases: bound and built everywhere, then committed
 * everywhere; any failure drops the new one everywhere and the last good one goes on.
 */
export class GenerationControl {
  readonly #planes: DataPlanes;
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

  constructor(planes: DataPlanes, tier: AcceptTier) {
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

  /** Addresses of a listener as bound. */
  bound(listener: string): Bound[] {
    const current = this.#inForce;
    if (current === null) return [];
    const keys = new Set(current.plan.binds.filter((bind) => bind.listener === listener).map((bind) => bind.key));
    return current.bound.filter((bound) => keys.has(bound.key));
  }

  /** Certificates in force, for expiry figures. */
  certificates(): { readonly kind: string; readonly name: string; readonly pem: string }[] {
    return (this.#inForce?.plan.listeners ?? []).flatMap(({ value }) => [
      ...[value.tls, ...value.tls.certificates].map(({ certificate }) => ({
        kind: 'listener',
        name: value.name,
        pem: certificate,
      })),
      ...Object.entries(value.stores).map(([name, { certificates }]) => ({ kind: 'trust', name, pem: certificates })),
      ...(value.upstream.tls?.certificate === undefined
        ? []
        : [{ kind: 'upstream', name: value.name, pem: value.upstream.tls.certificate }]),
    ]);
  }

  info(): GenerationInfo {
    const current = this.#inForce;
    const last = this.#results.value;
    return {
      ...named(current),
      source: current === null || current.plan.settings === this.#read ? 'files' : 'rollback',
      ...(this.#before !== null && { before: named(this.#before) }),
      enforcedMs: Math.round(current?.enforcedMs ?? 0),
      activatedMs: Math.round(current?.activatedMs ?? 0),
      listeners: (current?.content.config.listeners ?? []).map(({ name, protocol }) => ({
        name,
        protocol,
        ...this.#addresses(name),
      })),
      identities: (current?.content.config.policy.identities ?? []).map(({ name }) => name),
      ...(last === null ? {} : { lastReload: last }),
    };
  }

  /** A Kafka listener may have hundreds of ports for brokers: they are counted. */
  #addresses(listener: string): { readonly addresses: readonly string[]; readonly brokerPorts?: number } {
    const nodes = new Set(
      (this.#inForce?.plan.binds ?? []).filter(({ node }) => node !== undefined).map(({ key }) => key),
    );
    const bound = this.bound(listener);
    const own = bound.filter(({ key }) => !nodes.has(key));
    return {
      addresses: own.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)),
      ...(own.length === bound.length ? {} : { brokerPorts: bound.length - own.length }),
    };
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

  async #bring({ config, material, revocation }: Content, asked: number): Promise<boolean> {
    const content = { config, material, revocation };
    const plan = planGeneration(config, material, revocation);
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

/** By what people and files call a generation. */
function named(one: InForce | null): GenerationName {
  return { id: one?.id ?? 0, hash: one?.plan.hash ?? '', loadedAt: one?.loadedAt.toISOString() ?? '' };
}

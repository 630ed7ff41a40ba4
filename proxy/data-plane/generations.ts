import type { GenerationMessage } from '../messages.ts';
import type { AdmissionTables } from './accept/admission.ts';
import { buildGeneration, type CompilePolicy, type Generation, type OpenResources, policyOf } from './generation.ts';
import type { Listener } from './listener.ts';
import type { ResourceMeans } from './protocols/entry.ts';
import { protocolOf } from './protocols/table.ts';
import type { Staples } from './tls/staples.ts';

/** What a data plane builds its generations with. */
export interface GenerationMeans extends ResourceMeans {
  readonly tables: AdmissionTables;
  readonly compile: CompilePolicy;
  readonly staples: Staples;
}

/** The generation in force in a data plane, and the one that is prepared beside it. */
export class Generations {
  readonly #means: GenerationMeans;
  #inForce: Generation | null = null;
  #prepared: Generation | null = null;
  /** Id of the one that was asked for last, unless it was dropped. */
  #wanted: number | null = null;

  constructor(means: GenerationMeans) {
    this.#means = means;
  }

  /** Null before the first. */
  get inForce(): Generation | null {
    return this.#inForce;
  }

  /** The one that is prepared, where it has this id. */
  prepared(id: number): Generation | null {
    return this.#prepared?.id === id ? this.#prepared : null;
  }

  /**
   * Builds a generation beside the one in force. Rejects, leaving nothing behind, when any part is unusable, and
   * when it was dropped or another one was asked for meanwhile.
   */
  async prepare(message: GenerationMessage): Promise<void> {
    const { tables, compile, staples } = this.#means;
    this.#wanted = message.id;
    const policy = await policyOf(message, this.#inForce, compile);
    if (this.#wanted !== message.id) throw new Error(`generation ${message.id} was given up`);
    const stale = this.#prepared;
    const opened: Listener['resources'][] = [];
    const open: OpenResources = (plan, port) => {
      const resources = protocolOf(plan).open(plan, port, this.#means);
      opened.push(resources);
      return resources;
    };
    this.#prepared = null;
    try {
      this.#prepared = buildGeneration(message, this.#inForce, tables, policy, open, staples);
    } catch (error) {
      for (const resources of opened) resources?.release();
      throw error;
    } finally {
      if (stale !== null) letGo(stale, this.#inForce);
    }
  }

  /** Puts the prepared generation in force; false when it is not this one. */
  commit(id: number): boolean {
    const next = this.#prepared;
    if (next?.id !== id) return false;
    const before = this.#inForce;
    this.#inForce = next;
    this.#prepared = null;
    if (before !== null) letGo(before, next);
    return true;
  }

  drop(id: number): void {
    if (this.#wanted === id) this.#wanted = null;
    if (this.#prepared?.id !== id) return;
    letGo(this.#prepared, this.#inForce);
    this.#prepared = null;
  }
}

/** Gives up what only `gone` used. */
function letGo(gone: Generation, kept: Generation | null): void {
  for (const listener of gone.listeners) if (!kept?.listeners.includes(listener)) listener.resources?.release();
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { AcceptTier } from '../../shared/accept-tier.ts';
import type { GateConfig } from '../config/model.ts';
import type { Logger } from '../telemetry/log.ts';
import type { DataPlanes } from './data-planes.ts';

/** Milliseconds beyond the deadline after which data planes are no longer waited for. */
const GRACE = 2000;

export interface DrainingDeps {
  readonly tier: Pick<AcceptTier, 'close'>;
  readonly planes: Pick<DataPlanes, 'broadcast'>;
  readonly logger: Logger;
}

/** The end of the process, as far as sessions are concerned. */
export class Draining {
  readonly #expected: number;
  readonly #done = new Set<number>();
  readonly #all = Promise.withResolvers<void>();
  #active = false;

  /** @param planes number of data planes to wait for */
  constructor(planes: number) {
    this.#expected = planes;
  }

  /** It has begun: the process is no longer ready. */
  get active(): boolean {
    return this.#active;
  }

  /** This data plane has no sessions any more. */
  planeDone(index: number): void {
    this.#done.add(index);
    if (this.#done.size >= this.#expected) this.#all.resolve();
  }

  /** A worker ended: it has no sessions left to wait for, and its replacement gets none. */
  planeLost(index: number): void {
    if (this.#active) this.planeDone(index);
  }

  /** Waits the delay, stops accepting, and resolves when all sessions are ended. A second call waits for the first. */
  async run({ delay, deadline, wills }: GateConfig['process']['drain'], deps: DrainingDeps): Promise<void> {
    if (this.#active) return this.#all.promise;
    this.#active = true;
    const { tier, planes, logger } = deps;
    logger.info({ delay, deadline }, 'draining');
    await sleep(delay);
    await tier.close();
    planes.broadcast({ type: 'drain', deadline, suppressWills: wills === 'suppress' });
    // A worker that is lost meanwhile cannot answer.
    const late = setTimeout(() => this.#all.resolve(), deadline + GRACE);
    await this.#all.promise;
    clearTimeout(late);
  }
}

import type { Bound, Forecast, FromPlane } from '../../messages.ts';
import type { AcceptTier } from '../../shared/accept-tier.ts';
import { type GenerationPlan, messageFor, versionsOf } from '../generations/generation-plan.ts';
import { Enforcements } from './enforcements.ts';
import { Forecasts } from './forecasts.ts';
import type { Plane } from './plane.ts';
import { Preparations } from './preparations.ts';
import type { PlaneSupervisor } from './supervisor.ts';

/** Brings generations to all data planes or to none: prepared everywhere, then committed or dropped everywhere. */
export class PlaneGenerations {
  readonly #supervisor: Pick<PlaneSupervisor, 'planes' | 'unusable'>;
  readonly #tier: Pick<AcceptTier, 'connect'>;
  readonly #preparations = new Preparations();
  readonly #enforcements = new Enforcements();
  readonly #forecasts = new Forecasts();
  #inForce: { readonly id: number; readonly plan: GenerationPlan } | null = null;

  constructor(supervisor: Pick<PlaneSupervisor, 'planes' | 'unusable'>, tier: Pick<AcceptTier, 'connect'>) {
    this.#supervisor = supervisor;
    this.#tier = tier;
  }

  /** Prepares a generation everywhere. Rejects with the first problem, having dropped it everywhere. */
  async prepare(plan: GenerationPlan, id: number): Promise<readonly Bound[]> {
    const { planes } = this.#supervisor;
    try {
      const ready = planes.filter(({ alive, catchingUp }) => alive && !catchingUp);
      const [first = []] = await Promise.all(ready.map((plane) => this.#prepareOne(plane, plan, id)));
      return first;
    } catch (error) {
      for (const plane of planes) plane.post({ type: 'drop', id });
      throw error;
    }
  }

  /** What becomes of the live sessions of every data plane that prepared the generation. Rejects when one does not respond. */
  forecast(id: number): Promise<readonly Forecast[]> {
    const asked = this.#preparedTo(id);
    const forecasts = Promise.all(asked.map(({ index }) => this.#forecasts.expect(index, id)));
    for (const plane of asked) plane.post({ type: 'forecast', id });
    return forecasts;
  }

  /** Gives a prepared generation up. */
  drop(id: number): void {
    for (const plane of this.#preparedTo(id)) plane.post({ type: 'drop', id });
  }

  /** Puts a prepared generation in force. Resolves when all live sessions were reauthorized by it. */
  commit(plan: GenerationPlan, id: number): Promise<void> {
    this.#inForce = { plan, id };
    const enforced = this.#enforcements.expect(
      this.#preparedTo(id).map(({ index }) => index),
      id,
    );
    for (const plane of this.#supervisor.planes) {
      if (plane.alive && plane.prepared === id) this.#commitOne(plane, plan, id);
      // It was replaced while this generation was prepared.
      else if (plane.serving && !plane.catchingUp) void this.catchUp(plane);
    }
    return enforced;
  }

  /** Brings one plane to the generation in force, however many reloads go by meanwhile. Never rejects. */
  async catchUp(plane: Plane): Promise<void> {
    const { running } = plane;
    plane.catchingUp = true;
    try {
      for (let aim = this.#inForce; aim !== null; aim = this.#inForce) {
        if (plane.prepared === aim.id) {
          this.#commitOne(plane, aim.plan, aim.id);
          break;
        }
        await this.#prepareOne(plane, aim.plan, aim.id);
      }
    } catch (error) {
      this.#supervisor.unusable(plane, error);
    } finally {
      // If it ended meanwhile, its successor has a turn of its own.
      if (plane.running === running) plane.catchingUp = false;
    }
  }

  /** Takes what a plane says about generations. True: it concerns nobody else. */
  receive(plane: Plane, message: FromPlane): boolean {
    switch (message.type) {
      case 'prepared':
      case 'prepare-failed':
        if (message.type === 'prepared') plane.prepared = message.id;
        this.#preparations.settle(plane.index, message);
        return true;
      case 'forecast':
        this.#forecasts.settle(plane.index, message.id, message.forecast);
        return true;
      case 'reauthorized':
        this.#enforcements.reported(plane.index, message.id);
        return false;
      case 'committed':
        if (message.final) this.#enforcements.reported(plane.index, message.id);
        return false;
      default:
        return false;
    }
  }

  /** The plane ended: what was expected of it does not come. */
  lost({ index }: Plane): void {
    this.#preparations.lost(index);
    this.#enforcements.lost(index);
    this.#forecasts.lost(index);
  }

  #preparedTo(id: number): Plane[] {
    return this.#supervisor.planes.filter(({ alive, prepared }) => alive && prepared === id);
  }

  #prepareOne(plane: Plane, plan: GenerationPlan, id: number): Promise<readonly Bound[]> {
    const bound = this.#preparations.expect(plane.index, id);
    plane.post({ type: 'prepare', generation: messageFor(plan, id, plane.known) });
    return bound;
  }

  #commitOne(plane: Plane, plan: GenerationPlan, id: number): void {
    plane.post({ type: 'commit', id });
    plane.known = versionsOf(plan);
    if (plane.serving) return;
    plane.serving = true;
    // Not before there is a generation: until then it would close what it is given.
    const port = this.#tier.connect(plane.index);
    if (port !== null) plane.post({ type: 'accept', port }, [port]);
  }
}

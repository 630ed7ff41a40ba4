import type { FromPlane, ToPlane } from '../../messages.ts';
import { PlaneGenerations } from './plane-generations.ts';
import { type LossReason, PlaneSupervisor, type SupervisorOptions } from './supervisor.ts';

/** What the rest of the control plane does about data planes. */
export interface PlaneEvents {
  /** What concerns others than generations. */
  onMessage(index: number, message: FromPlane): void;
  /** A worker ended and will be replaced. */
  onLost(index: number, reason: LossReason): void;
}

/** The data planes as the control plane handles them: supervised, sent messages, and brought to generations together. */
export class DataPlanes {
  readonly generations: PlaneGenerations;
  readonly #supervisor: PlaneSupervisor;

  constructor(options: SupervisorOptions) {
    this.#supervisor = new PlaneSupervisor(options);
    this.generations = new PlaneGenerations(this.#supervisor, options.tier);
  }

  /** How many there are when all are up. */
  get expected(): number {
    return this.#supervisor.planes.length;
  }

  /** How many serve connections. */
  get alive(): number {
    return this.#supervisor.planes.filter(({ serving }) => serving).length;
  }

  /** Resolves when all take messages; rejects when one does not start. To be called once. */
  start({ onMessage, onLost }: PlaneEvents): Promise<void> {
    return this.#supervisor.start({
      message: (plane, message) => {
        if (!this.generations.receive(plane, message)) onMessage(plane.index, message);
      },
      lost: (plane, reason) => {
        this.generations.lost(plane);
        onLost(plane.index, reason);
      },
      replaced: (plane) => this.generations.catchUp(plane),
    });
  }

  broadcast(message: ToPlane): void {
    for (const plane of this.#supervisor.planes) plane.post(message);
  }

  send(index: number, message: ToPlane): void {
    this.#supervisor.planes[index]?.post(message);
  }

  close(): Promise<void> {
    return this.#supervisor.close();
  }
}

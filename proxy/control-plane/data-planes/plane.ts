import type { MessagePort } from 'node:worker_threads';
import type { ToPlane } from '../../messages.ts';
import type { RunningPlane } from '../../shared/plane-start.ts';

/** One data plane as the control plane sees it, through all its replacements. */
export class Plane {
  /** Column in the shared tables. */
  readonly index: number;
  /** Null while it is down. */
  running: RunningPlane | null = null;
  /** It takes messages. */
  alive = false;
  /** A generation is in force in it and it gets connections. */
  serving = false;
  /** It is being brought to the generation in force, outside of a reload. */
  catchingUp = false;
  /** Id of the generation that it last prepared. */
  prepared = 0;
  /** Versions of the parts of generations that it has: they are not sent again. */
  known: ReadonlySet<string> = new Set();

  constructor(index: number) {
    this.index = index;
  }

  /** What is sent to one that is down is lost. */
  post(message: ToPlane, transfer: MessagePort[] = []): void {
    if (this.alive) this.running?.post(message, transfer);
  }

  /** It runs anew and knows nothing. */
  began(running: RunningPlane): void {
    this.running = running;
    this.prepared = 0;
    this.known = new Set();
  }

  /** It ended, or is about to be ended. */
  ended(): void {
    this.running = null;
    this.alive = false;
    this.serving = false;
  }
}

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { SharedState } from '../../../../../proxy/shared/tables/index.ts';
import type { Tasks } from './crew-worker.ts';

/** Real threads that work on one shared state, each with its own column. */
export class Crew {
  readonly #workers: Worker[];
  #up = false;

  constructor(state: SharedState, size: number) {
    this.#workers = Array.from(
      { length: size },
      (_, worker) => new Worker(new URL('./crew-worker.ts', import.meta.url), { workerData: { state, worker } }),
    );
  }

  /** Runs a task on one worker; resolves with its answer. */
  async run<K extends keyof Tasks>(
    worker: number,
    task: K,
    args: Parameters<Tasks[K]>[0],
  ): Promise<ReturnType<Tasks[K]>> {
    const thread = this.#workers[worker] as Worker;
    thread.postMessage({ task, args });
    const [answer] = await once(thread, 'message', { signal: AbortSignal.timeout(30_000) });
    return answer;
  }

  /** Runs a task on all workers at the same time, once all of them are up. */
  async runAll<K extends keyof Tasks>(task: K, args: Parameters<Tasks[K]>[0]): Promise<ReturnType<Tasks[K]>[]> {
    if (!this.#up) await Promise.all(this.#workers.map((_, worker) => this.run(worker, 'now', undefined)));
    this.#up = true;
    return Promise.all(this.#workers.map((_, worker) => this.run(worker, task, args)));
  }

  async terminate(worker: number): Promise<void> {
    await this.#workers[worker]?.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

import type { Forecast } from '../../messages.ts';

/** Milliseconds for one data plane to examine all its sessions. */
const FORECAST_TIMEOUT = 30_000;

interface Waiting {
  readonly plane: number;
  readonly id: number;
  resolve(forecast: Forecast): void;
  reject(error: Error): void;
}

/** Forecasts that were asked of data planes, until they come. */
export class Forecasts {
  readonly #waiting = new Set<Waiting>();

  /** Rejects when the data plane ended, or takes too long. */
  expect(plane: number, id: number): Promise<Forecast> {
    const { promise, resolve, reject } = Promise.withResolvers<Forecast>();
    const waiting = { plane, id, resolve, reject };
    this.#waiting.add(waiting);
    const timer = setTimeout(
      () => reject(new Error(`worker ${plane} did not forecast its sessions within ${FORECAST_TIMEOUT} ms`)),
      FORECAST_TIMEOUT,
    );
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    });
  }

  settle(plane: number, id: number, forecast: Forecast): void {
    for (const waiting of this.#waiting) {
      if (waiting.plane === plane && waiting.id === id) waiting.resolve(forecast);
    }
  }

  /** The data plane ended: nobody must wait for it for ever. */
  lost(plane: number): void {
    for (const waiting of this.#waiting) {
      if (waiting.plane === plane) waiting.reject(new Error(`worker ${plane} ended while it forecast its sessions`));
    }
  }
}

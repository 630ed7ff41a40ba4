import { constants } from 'node:os';

/** The user does not want to wait longer. */
export class Interrupted extends Error {
  /** 128 + number of the signal. */
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal}`);
    this.exitCode = 128 + constants.signals[signal];
  }
}

export interface Stop extends Disposable {
  readonly signal: AbortSignal;
  /** Rejects with Interrupted at the first signal. */
  readonly interrupted: Promise<never>;
  /** Aborts the signal from within. */
  cancel(): void;
}

/** Ctrl-C and its kin end the demo in order; a second one at once (exit handlers still tidy up). */
export function stopSignal(): Stop {
  const abort = new AbortController();
  const first = Promise.withResolvers<never>();
  first.promise.catch(() => {}); // reported by whoever waits
  const onSignal = (name: NodeJS.Signals): void => {
    const error = new Interrupted(name);
    if (abort.signal.aborted) process.exit(error.exitCode);
    abort.abort(error);
    first.reject(error);
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    signal: abort.signal,
    interrupted: first.promise,
    cancel: () => abort.abort(),
    [Symbol.dispose]() {
      for (const name of names) process.off(name, onSignal);
    },
  };
}

/** Counts how often it was called back. */
export function counter(): { readonly done: () => void; calls: number } {
  const count = { calls: 0, done: () => void count.calls++ };
  return count;
}

/** Resolves when `ask` calls back. */
export function asked(ask: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => ask(resolve));
}

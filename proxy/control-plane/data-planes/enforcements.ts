/** Milliseconds for a worker to reauthorize its sessions; after that it is no longer waited for. */
const ENFORCE_TIMEOUT = 30_000;

/** Waits until data planes have reauthorized all their sessions by a generation. */
export class Enforcements {
  /** By plane: what waits for it, with the generation. */
  readonly #waiting = new Map<number, { readonly id: number; readonly done: () => void }[]>();

  /** Resolves when every plane has reported, has ended, or took too long. */
  async expect(planes: readonly number[], id: number): Promise<void> {
    await Promise.all(
      planes.map((plane) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, ENFORCE_TIMEOUT);
        const done = () => {
          clearTimeout(timer);
          resolve();
        };
        this.#waiting.set(plane, [...(this.#waiting.get(plane) ?? []), { id, done }]);
        return promise;
      }),
    );
  }

  /** The sessions of a plane were reauthorized by generation `id`, which covers all before it. */
  reported(plane: number, id: number): void {
    const waiting = this.#waiting.get(plane) ?? [];
    this.#waiting.set(
      plane,
      waiting.filter((one) => one.id > id),
    );
    for (const one of waiting) if (one.id <= id) one.done();
  }

  /** The plane ended, and its sessions with it. */
  lost(plane: number): void {
    this.reported(plane, Number.POSITIVE_INFINITY);
  }
}

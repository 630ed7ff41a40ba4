/** Decides which forwards are traced before anything of telemetry is touched: a counter, no clock, no random number per frame. */
export class ForwardSampler {
  #every = 0;
  #left = 0;

  /** Share of forwards, 0 to 1. */
  set share(share: number) {
    this.#every = share > 0 ? Math.max(1, Math.round(1 / share)) : 0;
    this.#left = this.#every === 0 ? 0 : 1 + Math.floor(Math.random() * this.#every);
  }

  take(): boolean {
    if (this.#every === 0 || --this.#left > 0) return false;
    this.#left = this.#every;
    return true;
  }
}

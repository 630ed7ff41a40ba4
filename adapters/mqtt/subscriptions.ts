/** One SUBSCRIBE that the broker has not answered. */
export interface PendingSubscribe {
  /**
   * One entry per filter of the client's packet, in order: a code that was decided here, or
   * `-1 - n` for the n-th code of the broker's answer.
   */
  readonly template: readonly number[];
  /** Filters that were sent to the broker, with the QoS asked for there. */
  readonly sent: readonly { readonly filter: string; readonly qos: number }[];
  /** The broker's SUBACK is the client's: nothing was refused or merged. */
  readonly untouched: boolean;
  /** Text for the client about what was refused; '' for none. */
  readonly reason: string;
}

/** SUBSCRIBEs and UNSUBSCRIBEs of one connection that may wait for an answer. */
export const MAX_PENDING = 1024;

/** What one connection is subscribed to, and what it has asked for. */
export class Subscriptions {
  /** Filter, `$share/group/` included -> QoS asked for. */
  readonly active = new Map<string, number>();
  readonly #subscribes = new Map<number, PendingSubscribe>();
  readonly #unsubscribes = new Map<number, readonly string[]>();
  #asked = 0;

  /** True when the packet id waits for a SUBACK or UNSUBACK. */
  uses(packetId: number): boolean {
    return this.pending > 0 && (this.#subscribes.has(packetId) || this.#unsubscribes.has(packetId));
  }

  get pending(): number {
    return this.#subscribes.size + this.#unsubscribes.size;
  }

  /** Live and asked-for subscriptions. */
  get size(): number {
    return this.active.size + this.#asked;
  }

  ask(packetId: number, subscribe: PendingSubscribe): void {
    this.#subscribes.set(packetId, subscribe);
    this.#asked += subscribe.sent.length;
  }

  leave(packetId: number, filters: readonly string[]): void {
    this.#unsubscribes.set(packetId, filters);
  }

  takeSubscribe(packetId: number): PendingSubscribe | undefined {
    const pending = this.#subscribes.get(packetId);
    if (pending === undefined) return undefined;
    this.#subscribes.delete(packetId);
    this.#asked -= pending.sent.length;
    return pending;
  }

  takeUnsubscribe(packetId: number): readonly string[] | undefined {
    const filters = this.#unsubscribes.get(packetId);
    this.#unsubscribes.delete(packetId);
    return filters;
  }

  /** Every filter that is live or was asked for, with its QoS. */
  *all(): Iterable<readonly [string, number]> {
    yield* this.active;
    for (const { sent } of this.#subscribes.values()) for (const { filter, qos } of sent) yield [filter, qos];
  }
}

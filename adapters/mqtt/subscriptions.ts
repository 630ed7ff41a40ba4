/** One SUBSCRIBE that the broker has not acknowledged. */
export interface PendingSubscribe {
  /**
   * One entry per filter of the client's packet, in order: a code that was decided here, or
   * `-1 - n` for the n-th code of the broker's SUBACK.
   */
  readonly template: readonly number[];
  /** Filters that were sent to the broker, with the QoS requested there. */
  readonly sent: readonly { readonly filter: string; readonly qos: number }[];
  /** The broker's SUBACK is forwarded as it is: nothing was refused or merged. */
  readonly untouched: boolean;
  /** Text for the client about what was refused; '' for none. */
  readonly reason: string;
}

/** SUBSCRIBEs and UNSUBSCRIBEs of one connection that may wait for the broker. */
const MAX_PENDING = 1024;
export const TOO_MANY_PENDING = 'too many requests wait for the broker';

/** What one connection is subscribed to, and its requests that wait for the broker. */
export class Subscriptions {
  /** Filter, `$share/group/` included -> QoS requested. */
  readonly active = new Map<string, number>();
  readonly #subscribes = new Map<number, PendingSubscribe>();
  readonly #unsubscribes = new Map<number, readonly string[]>();
  #requested = 0;

  /** True when the packet id waits for a SUBACK or UNSUBACK. */
  usesPacketId(packetId: number): boolean {
    return this.#pending > 0 && (this.#subscribes.has(packetId) || this.#unsubscribes.has(packetId));
  }

  /** No further request may be sent to the broker. */
  get isFull(): boolean {
    return this.#pending >= MAX_PENDING;
  }

  get #pending(): number {
    return this.#subscribes.size + this.#unsubscribes.size;
  }

  /** Active and requested subscriptions. */
  get size(): number {
    return this.active.size + this.#requested;
  }

  addSubscribe(packetId: number, subscribe: PendingSubscribe): void {
    this.#subscribes.set(packetId, subscribe);
    this.#requested += subscribe.sent.length;
  }

  addUnsubscribe(packetId: number, filters: readonly string[]): void {
    this.#unsubscribes.set(packetId, filters);
  }

  takeSubscribe(packetId: number): PendingSubscribe | undefined {
    const pending = this.#subscribes.get(packetId);
    if (pending === undefined) return undefined;
    this.#subscribes.delete(packetId);
    this.#requested -= pending.sent.length;
    return pending;
  }

  takeUnsubscribe(packetId: number): readonly string[] | undefined {
    const filters = this.#unsubscribes.get(packetId);
    this.#unsubscribes.delete(packetId);
    return filters;
  }

  /** Every filter that is active or requested, with its QoS. */
  *all(): Iterable<readonly [string, number]> {
    yield* this.active;
    for (const { sent } of this.#subscribes.values()) for (const { filter, qos } of sent) yield [filter, qos];
  }
}

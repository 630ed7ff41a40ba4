import { BlockList, isIPv6 } from 'node:net';
import type { AdmissionConfig } from '../../shared/listener-plan.ts';
import { addressKey } from '../../shared/tables/index.ts';
import { Refused } from '../connection/refused.ts';
import type { HalfOpen, HalfOpenPlace } from './half-open.ts';

/** A set of CIDRs. */
export class AddressSet {
  readonly #list = new BlockList();
  readonly size: number;

  /** Throws TypeError on a malformed CIDR; the configuration has been checked before. */
  constructor(cidrs: readonly string[]) {
    this.size = cidrs.length;
    for (const cidr of cidrs) {
      const [address = '', prefix] = cidr.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      this.#list.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family);
    }
  }

  has(address: string): boolean {
    return this.#list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
}

/** Shared counters that admission needs; behind it is the shared table. */
export interface AdmissionTables {
  takeAddress(address: string, perSecond: number, burst: number): boolean;
  enterHandshake(limit: number): boolean;
  leaveHandshake(): void;
  /** Tells how many connections wait here more or fewer than before. */
  queued(delta: number): void;
  readonly halfOpen: HalfOpen;
}

interface Waiter {
  readonly key: string;
  resolve(slot: Disposable): void;
  reject(error: Refused): void;
}

/** Addresses at the head of the line among which the next one is chosen. */
const LOOK_AHEAD = 64;
/** How often a worker with waiters looks for a slot that another worker gave back. */
const POLL = 10;

/**
 * What a connection passes before any cryptography: it takes a place among the half-open ones, of
 * which the oldest makes room; the address must be allowed and within its bucket; then one of the
 * process's handshake slots must be free. Over the cap connections wait, unread, in a bounded queue:
 * the address that holds the fewest slots is served first, and addresses that hold as many take turns.
 * So those who finish their handshakes pass by those who only hold slots.
 */
export class Admission {
  readonly #config: AdmissionConfig;
  readonly #tables: AdmissionTables;
  readonly #allow: AddressSet;
  readonly #exempt: AddressSet;
  readonly #waiting = new Map<string, Waiter[]>();
  /** Slots in use by address. */
  readonly #held = new Map<string, number>();
  #queued = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(config: AdmissionConfig, tables: AdmissionTables) {
    this.#config = config;
    this.#tables = tables;
    this.#allow = new AddressSet(config.allow);
    this.#exempt = new AddressSet(config.exempt);
  }

  /** Takes a place for a connection, from its accept to the end of its handshake. `drop` must end it: others need the place. */
  open(drop: (why: Refused) => void): HalfOpenPlace {
    return this.#tables.halfOpen.enter(this.#config.halfOpen, drop);
  }

  /** Throws Refused when this address may not connect now. `place`: that of the connection. */
  check(address: string, place: HalfOpenPlace): void {
    if (this.#allow.size > 0 && !this.#allow.has(address)) {
      throw new Refused('address-not-allowed', `${address} is not in admission.allow`, 'accept');
    }
    const { perSecond, burst } = this.#config.perAddress;
    if (this.#exempt.size > 0 && this.#exempt.has(address)) return;
    if (!this.#tables.takeAddress(address, perSecond, burst)) {
      throw new Refused('address-rate', `more than ${perSecond} new connections per second from ${address}`, 'accept');
    }
    place.from(addressKey(address), this.#config.halfOpenPerAddress);
  }

  /** A handshake slot, to be disposed of when the handshake is over. `signal` ends the wait. */
  async enter(key: string, signal: AbortSignal): Promise<Disposable> {
    const slot = this.#queued === 0 ? this.#try(key) : null;
    if (slot !== null) return slot;
    if (this.#queued >= this.#config.queue) {
      throw new Refused('admission-queue', `${this.#queued} connections already wait for a handshake`, 'accept');
    }
    return new Promise<Disposable>((resolve, reject) => {
      const waiter: Waiter = { key, resolve, reject };
      const queue = this.#waiting.get(key);
      if (queue === undefined) this.#waiting.set(key, [waiter]);
      else queue.push(waiter);
      this.#count(1);
      signal.addEventListener('abort', () => this.#abandon(waiter), { once: true });
      this.#timer ??= setInterval(() => this.#serve(), POLL);
    });
  }

  #try(key: string): Disposable | null {
    if (!this.#tables.enterHandshake(this.#config.handshakes)) return null;
    this.#hold(key, 1);
    let open = true;
    return {
      [Symbol.dispose]: () => {
        if (!open) return;
        open = false;
        this.#hold(key, -1);
        this.#tables.leaveHandshake();
        if (this.#queued > 0) this.#serve();
      },
    };
  }

  #hold(key: string, delta: number): void {
    const count = (this.#held.get(key) ?? 0) + delta;
    if (count === 0) this.#held.delete(key);
    else this.#held.set(key, count);
  }

  #serve(): void {
    while (this.#queued > 0) {
      const key = this.#next();
      const slot = this.#try(key);
      if (slot === null) {
        this.#tables.halfOpen.dropStale(this.#queued);
        return;
      }
      const queue = this.#waiting.get(key) as Waiter[];
      const waiter = queue.shift() as Waiter;
      // To the end of the line: addresses take turns.
      this.#waiting.delete(key);
      if (queue.length > 0) this.#waiting.set(key, queue);
      this.#count(-1);
      waiter.resolve(slot);
    }
    this.#stopTimer();
  }

  /** The address that is served next. Somebody waits. */
  #next(): string {
    let best = '';
    let fewest = Number.POSITIVE_INFINITY;
    let left = LOOK_AHEAD;
    for (const key of this.#waiting.keys()) {
      const held = this.#held.get(key) ?? 0;
      if (held < fewest) {
        best = key;
        fewest = held;
      }
      if (held === 0 || --left === 0) break;
    }
    return best;
  }

  #abandon(waiter: Waiter): void {
    const queue = this.#waiting.get(waiter.key);
    const index = queue?.indexOf(waiter) ?? -1;
    if (queue === undefined || index < 0) return;
    queue.splice(index, 1);
    if (queue.length === 0) this.#waiting.delete(waiter.key);
    this.#count(-1);
    if (this.#queued === 0) this.#stopTimer();
    waiter.reject(new Refused('admission-queue', 'no handshake slot became free before the deadline', 'accept'));
  }

  #count(delta: number): void {
    this.#queued += delta;
    this.#tables.queued(delta);
  }

  #stopTimer(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

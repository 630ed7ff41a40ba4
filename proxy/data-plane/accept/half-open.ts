import { Refused } from '../connection/refused.ts';

/** The place of one connection from its accept to the end of its TLS handshake, whichever end: then dispose of it. */
export interface HalfOpenPlace extends Disposable {
  /** Counts it by its address as well, of which `limit` may be half-open in the process. */
  from(address: string, limit: number): void;
  /** Until the slot that is given back is disposed of, the connection holds a handshake slot. */
  hold(slot: Disposable): Disposable;
}

/** Milliseconds that a client has for its handshake, or for saying hello, while others wait for its place. */
export const GRACE = 2000;

/**
 * The half-open connections of one worker, oldest first. Whoever comes when there are as many as
 * there may be is let in, and the oldest one is dropped for it: a client that means it is through
 * in a round trip or two, a socket that only takes up room grows old. Each worker has its share
 * of a limit, because connections are spread evenly over them.
 */
export class HalfOpen {
  readonly #workers: number;
  readonly #now: () => number;
  /** In order of their arrival. */
  readonly #all = new Set<Place>();
  readonly #byAddress = new Map<string, Set<Place>>();
  /** In the order in which they got their slots. */
  readonly #handshaking = new Set<Place>();

  /** @param workers how many share the limits; @param now milliseconds */
  constructor(workers: number, now: () => number) {
    this.#workers = workers;
    this.#now = now;
  }

  /** How many there are in this worker. */
  get size(): number {
    return this.#all.size;
  }

  /** Takes a place of `limit` in the process. `drop` is called when it must make room, and must end the connection. */
  enter(limit: number, drop: (why: Refused) => void): HalfOpenPlace {
    if (this.#all.size >= this.#share(limit)) {
      this.#drop(first(this.#all), `there are ${limit} half-open connections, and this one was the oldest`);
    }
    const place: Place = {
      address: null,
      opened: this.#now(),
      since: 0,
      drop,
      from: (address, most) => this.#from(place, address, most),
      hold: (slot) => this.#hold(place, slot),
      [Symbol.dispose]: () => this.#remove(place),
    };
    this.#all.add(place);
    return place;
  }

  /** Drops the oldest one, unless it is young: then newcomers would only keep each other out. Tells whether it did. */
  dropAged(): boolean {
    const oldest = first(this.#all);
    if (oldest === undefined || oldest.opened > this.#now() - GRACE) return false;
    this.#drop(oldest, 'maxConnections is reached, and this half-open connection was the oldest');
    return true;
  }

  /** Drops up to `count` handshakes that have had their slots for too long, because others wait for them. */
  dropStale(count: number): void {
    const before = this.#now() - GRACE;
    let left = count;
    for (const place of this.#handshaking) {
      if (left === 0 || place.since > before) return;
      left--;
      this.#drop(place, `others wait for the handshake slot that it has had for ${GRACE} ms`);
    }
  }

  #share(limit: number): number {
    return Math.ceil(limit / this.#workers);
  }

  #from(place: Place, address: string, limit: number): void {
    if (!this.#all.has(place)) return;
    const siblings = this.#byAddress.get(address);
    if (siblings !== undefined && siblings.size >= this.#share(limit)) {
      this.#drop(first(siblings), `${address} has ${limit} half-open connections, and this one was the oldest`);
    }
    place.address = address;
    // Looked up again: the drop may have emptied it.
    const now = this.#byAddress.get(address);
    if (now === undefined) this.#byAddress.set(address, new Set([place]));
    else now.add(place);
  }

  #hold(place: Place, slot: Disposable): Disposable {
    if (this.#all.has(place)) {
      place.since = this.#now();
      this.#handshaking.add(place);
    }
    return {
      [Symbol.dispose]: () => {
        this.#handshaking.delete(place);
        slot[Symbol.dispose]();
      },
    };
  }

  #remove(place: Place): void {
    this.#handshaking.delete(place);
    if (!this.#all.delete(place) || place.address === null) return;
    const siblings = this.#byAddress.get(place.address);
    siblings?.delete(place);
    if (siblings?.size === 0) this.#byAddress.delete(place.address);
  }

  #drop(place: Place | undefined, message: string): void {
    if (place === undefined) return;
    this.#remove(place);
    place.drop(new Refused('half-open-dropped', message, 'handshake'));
  }
}

interface Place extends HalfOpenPlace {
  address: string | null;
  /** When it was accepted. */
  readonly opened: number;
  /** When it got its handshake slot. */
  since: number;
  drop(why: Refused): void;
}

function first(places: ReadonlySet<Place>): Place | undefined {
  return places.values().next().value;
}

import type { SessionSelector } from '../messages.ts';

/** What the registry knows of a session. */
export interface SessionFacts {
  readonly number: number;
  readonly listener: string;
  readonly identity: string;
  readonly principal: string;
  /** Certificate serial number. */
  readonly serial: string;
  /** Trust store that accepted the chain. */
  readonly store: string;
}

/** The live sessions of one data plane, by number and by principal, serial and store. */
export class SessionRegistry<S extends SessionFacts> {
  readonly #byNumber = new Map<number, S>();
  readonly #byPrincipal = new Map<string, Set<S>>();
  readonly #bySerial = new Map<string, Set<S>>();
  #last = 0;

  get size(): number {
    return this.#byNumber.size;
  }

  /** A number that no live session has; uint32, 0 is never used. */
  nextNumber(): number {
    do {
      this.#last = (this.#last + 1) >>> 0;
    } while (this.#last === 0 || this.#byNumber.has(this.#last));
    return this.#last;
  }

  add(session: S): void {
    this.#byNumber.set(session.number, session);
    insert(this.#byPrincipal, session.principal, session);
    insert(this.#bySerial, session.serial, session);
  }

  remove(session: S): void {
    if (!this.#byNumber.delete(session.number)) return;
    take(this.#byPrincipal, session.principal, session);
    take(this.#bySerial, session.serial, session);
  }

  get(number: number): S | undefined {
    return this.#byNumber.get(number);
  }

  all(): IterableIterator<S> {
    return this.#byNumber.values();
  }

  /** Sessions that the selector means, as a list of their own: they may end while it is walked. */
  select(selector: SessionSelector): S[] {
    if (selector.session !== undefined) {
      const one = this.#byNumber.get(selector.session);
      return one === undefined ? [] : [one];
    }
    const candidates =
      selector.principal !== undefined
        ? this.#byPrincipal.get(selector.principal)
        : selector.serial !== undefined
          ? this.#bySerial.get(selector.serial)
          : this.#byNumber.values();
    const keys = ['listener', 'identity', 'principal', 'serial', 'store'] as const;
    return [...(candidates ?? [])].filter((session) =>
      keys.every((key) => selector[key] === undefined || selector[key] === session[key]),
    );
  }
}

function insert<S>(index: Map<string, Set<S>>, key: string, value: S): void {
  const set = index.get(key);
  if (set === undefined) index.set(key, new Set([value]));
  else set.add(value);
}

function take<S>(index: Map<string, Set<S>>, key: string, value: S): void {
  const set = index.get(key);
  if (set?.delete(value) && set.size === 0) index.delete(key);
}

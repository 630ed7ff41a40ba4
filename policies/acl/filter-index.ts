/**
 * Many topic filters, found by what they have in common with one topic or filter. A tree of
 * levels: what is asked costs the branches that fit it, not the filters that there are, and
 * never more than looking at each. What is found is a superset; filter-algebra.ts has the last word.
 */
import type { FilterLevels } from './topic-filter.ts';

interface Filtered {
  readonly levels: FilterLevels;
}

/** Of so few filters each is looked at. */
const FEW = 8;

export class FilterIndex<T extends Filtered> {
  readonly #all: readonly T[];
  readonly #root: Node<T> | undefined;

  /** What is found has the order that it has here. */
  constructor(all: readonly T[]) {
    this.#all = all;
    if (all.length <= FEW) return;
    this.#root = new Node<T>();
    for (const [at, one] of all.entries()) this.#root.add(one, at, 0);
  }

  /** Every filter that may hold the topic name, or the whole topic filter, with these levels. */
  holding(levels: readonly string[]): readonly T[] {
    return this.#found((root, found) => root.holding(levels, 0, found));
  }

  /** Every filter that may have a topic name in common with the one with these levels. */
  overlapping(levels: FilterLevels): readonly T[] {
    return this.#found((root, found) => root.overlapping(levels, 0, found));
  }

  #found(look: (root: Node<T>, found: number[]) => void): readonly T[] {
    if (this.#root === undefined) return this.#all;
    const found: number[] = [];
    look(this.#root, found);
    if (found.length > 1) found.sort((a, b) => a - b);
    return found.map((at) => this.#all[at] as T);
  }
}

/** One level of all filters that begin alike. Filters are kept by their place in the list. */
class Node<T extends Filtered> {
  /** By literal level. */
  #next: Map<string, Node<T>> | undefined;
  /** Behind `+`. */
  #one: Node<T> | undefined;
  /** Filters that end here. */
  #here: number[] | undefined;
  /** Filters that end with `#` here. */
  #below: number[] | undefined;

  add(filtered: T, at: number, depth: number): void {
    const level = filtered.levels[depth];
    if (level === undefined) {
      this.#here ??= [];
      this.#here.push(at);
    } else if (level === '#') {
      this.#below ??= [];
      this.#below.push(at);
    } else {
      this.#child(level).add(filtered, at, depth + 1);
    }
  }

  holding(levels: readonly string[], depth: number, found: number[]): void {
    take(this.#below, found);
    const level = levels[depth];
    if (level === undefined) {
      take(this.#here, found);
      return;
    }
    this.#next?.get(level)?.holding(levels, depth + 1, found);
    // Of `#` too: it is as narrow as `+/#`, and `/#` as `/+/#`; see filter-algebra.ts.
    this.#one?.holding(levels, depth + 1, found);
  }

  overlapping(levels: FilterLevels, depth: number, found: number[]): void {
    const level = levels[depth];
    if (level === '#') {
      this.#everything(found);
      return;
    }
    take(this.#below, found);
    if (level === undefined) {
      take(this.#here, found);
      return;
    }
    if (level === '+') for (const next of this.#next?.values() ?? []) next.overlapping(levels, depth + 1, found);
    else this.#next?.get(level)?.overlapping(levels, depth + 1, found);
    this.#one?.overlapping(levels, depth + 1, found);
  }

  #everything(found: number[]): void {
    take(this.#below, found);
    take(this.#here, found);
    for (const next of this.#next?.values() ?? []) next.#everything(found);
    if (this.#one !== undefined) this.#one.#everything(found);
  }

  #child(level: string): Node<T> {
    if (level === '+') {
      this.#one ??= new Node();
      return this.#one;
    }
    this.#next ??= new Map();
    let child = this.#next.get(level);
    if (child === undefined) {
      child = new Node();
      this.#next.set(level, child);
    }
    return child;
  }
}

function take(some: readonly number[] | undefined, found: number[]): void {
  if (some !== undefined) for (const at of some) found.push(at);
}

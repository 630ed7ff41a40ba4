import { contains, isWordCharacter } from './char-set.ts';
import type { Program } from './program.ts';
import type { Assertion } from './syntax.ts';

/** Where a match lies, in UTF-16 units; `slots` has begin and end of each group, -1 where it took no part. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly slots: readonly number[];
}

/** What a match must begin and end with: the place where the search begins, the end of the text. */
export interface Anchors {
  readonly start: boolean;
  readonly end: boolean;
}

/** Steps that may still be taken; it is shared by all searches of one task. */
export interface Budget {
  steps: number;
}

/** The budget is used up: the text is too long for the expression. */
export class RegexBudgetError extends Error {
  override readonly name = 'RegexBudgetError';
}

interface Thread {
  readonly at: number;
  readonly start: number;
  readonly slots: readonly number[];
}

interface Pending extends Thread {
  /** One bit for each repeat of what may be empty: the iteration took a character. */
  readonly progress: number;
}

/**
 * Finds the match that begins first and, of those, the one that backtracking would find first.
 * Each instruction is followed once for each character, so the time is linear in both.
 * @throws RegexBudgetError
 */
export class Machine {
  readonly #program: Program;
  readonly #text: string;
  readonly #anchors: Anchors;
  readonly #budget: Budget;
  /** All bits of `Pending.progress`. */
  readonly #progressed: number;
  readonly #seen: Set<number> = new Set();
  #found: Span | undefined;

  constructor(program: Program, text: string, anchors: Anchors, budget: Budget) {
    this.#program = program;
    this.#text = text;
    this.#anchors = anchors;
    this.#budget = budget;
    this.#progressed = (1 << program.loops) - 1;
  }

  search(from: number): Span | undefined {
    const none = new Array<number>(this.#program.slots).fill(-1);
    this.#found = undefined;
    let threads: Thread[] = [];
    for (let at = from; ; ) {
      if (this.#found === undefined && (at === from || !this.#anchors.start)) {
        this.#follow({ at: 0, start: at, slots: none }, at, threads);
      }
      if (at >= this.#text.length || (threads.length === 0 && (this.#found !== undefined || this.#anchors.start)))
        break;
      const codePoint = this.#text.codePointAt(at) as number;
      at += codePoint > 0xffff ? 2 : 1;
      threads = this.#step(threads, codePoint, at);
    }
    return this.#found;
  }

  /** The threads behind one character, in order of preference; those behind a match are dropped. */
  #step(threads: readonly Thread[], codePoint: number, at: number): Thread[] {
    const next: Thread[] = [];
    this.#seen.clear();
    for (const thread of threads) {
      this.#spend();
      const instruction = this.#program.instructions[thread.at];
      if (instruction?.op !== 'set' || !contains(instruction.set, codePoint)) continue;
      if (this.#follow({ ...thread, at: thread.at + 1 }, at, next)) break;
    }
    return next;
  }

  /** Follows a thread up to the next characters it may take; true when it matched. */
  #follow(thread: Thread, at: number, threads: Thread[]): boolean {
    const stack: Pending[] = [{ ...thread, progress: this.#progressed }];
    for (let pending = stack.pop(); pending !== undefined; pending = stack.pop()) {
      this.#spend();
      const instruction = this.#program.instructions[pending.at];
      const key = pending.at * (this.#progressed + 1) + (instruction?.op === 'set' ? 0 : pending.progress);
      if (instruction === undefined || this.#seen.has(key)) continue;
      this.#seen.add(key);
      const go = (to: number, progress = pending.progress, slots = pending.slots): void => {
        stack.push({ at: to, start: pending.start, slots, progress });
      };
      const behind = pending.at + 1;
      switch (instruction.op) {
        case 'set':
          threads.push(pending);
          break;
        case 'match':
          if (this.#anchors.end && at !== this.#text.length) break;
          this.#found = { start: pending.start, end: at, slots: pending.slots };
          return true;
        case 'assert':
          if (holds(instruction.assertion, this.#text, at)) go(behind);
          break;
        case 'save':
          // The copy below costs more than a step.
          this.#spend(pending.slots.length >> 3);
          go(behind, pending.progress, pending.slots.with(instruction.slot, at));
          break;
        case 'jump':
          go(instruction.to);
          break;
        case 'split':
          go(instruction.other);
          go(instruction.preferred);
          break;
        case 'enter':
          go(behind, pending.progress & ~(1 << instruction.loop));
          break;
        case 'leave': {
          const bit = 1 << instruction.loop;
          go((pending.progress & bit) === 0 ? instruction.exit : behind, pending.progress | bit);
          break;
        }
      }
    }
    return false;
  }

  #spend(steps = 1): void {
    this.#budget.steps -= steps;
    if (this.#budget.steps < 0) throw new RegexBudgetError('the search takes too long');
  }
}

function holds(assertion: Assertion, text: string, at: number): boolean {
  switch (assertion) {
    case 'start':
      return at === 0;
    case 'end':
      return isEnd(text, at);
    case 'boundary':
      return isBoundary(text, at);
    case 'inside':
      return !isBoundary(text, at);
  }
}

/** The end, or before a line terminator that ends the text, as Java's `$` has it without MULTILINE. */
function isEnd(text: string, at: number): boolean {
  const rest = text.length - at;
  if (rest === 0) return true;
  if (rest === 2) return text.startsWith('\r\n', at);
  if (rest > 2 || !'\n\r\u0085\u2028\u2029'.includes(text[at] as string)) return false;
  return text[at] !== '\n' || text[at - 1] !== '\r';
}

function isBoundary(text: string, at: number): boolean {
  const before = at > 0 && isWordCharacter(text.charCodeAt(at - 1));
  return before !== (at < text.length && isWordCharacter(text.charCodeAt(at)));
}

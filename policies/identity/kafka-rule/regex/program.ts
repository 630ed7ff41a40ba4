import type { CharSet } from './char-set.ts';
import { type Assertion, type Expression, RegexError, type Repeat } from './syntax.ts';
import { widthOf } from './width.ts';

/** Instructions of one program. */
const MAX_INSTRUCTIONS = 10_000;
/** Repeats of what may be empty, inside each other; each doubles the states of a program. */
const MAX_EMPTY_LOOPS = 4;

/**
 * One step of a program; without a jump the next instruction follows. `enter` begins an iteration that may
 * turn out to be empty, `leave` ends it: one that took no character leaves the repeat for `exit`.
 */
export type Instruction =
  | { readonly op: 'set'; readonly set: CharSet }
  | { readonly op: 'assert'; readonly assertion: Assertion }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'split'; preferred: number; other: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'enter'; readonly loop: number }
  | { readonly op: 'leave'; readonly loop: number; exit: number }
  | { readonly op: 'match' };

export interface Program {
  readonly instructions: readonly Instruction[];
  /** Two for each capturing group: begin and end. */
  readonly slots: number;
  /** Repeats of what may be empty, inside each other, at most. */
  readonly loops: number;
}

/**
 * Translates an expression for a machine that follows all alternatives at once, in the order of
 * their preference (K. Thompson, 1968; R. Pike's sam).
 * @throws RegexError when the program would be too large.
 */
export function compileProgram(expression: Expression, groups: number): Program {
  const compiler = new Compiler();
  compiler.emit(expression, 0);
  compiler.add({ op: 'match' });
  return { instructions: compiler.instructions, slots: 2 * groups, loops: compiler.loops };
}

class Compiler {
  readonly instructions: Instruction[] = [];
  loops = 0;

  add<T extends Instruction>(instruction: T): T {
    if (this.instructions.length === MAX_INSTRUCTIONS) {
      throw new RegexError(`more than ${MAX_INSTRUCTIONS} steps: repeats of repeats are too long`, 0);
    }
    this.instructions.push(instruction);
    return instruction;
  }

  get #here(): number {
    return this.instructions.length;
  }

  /** `depth` counts the repeats around it whose body may be empty. */
  emit(expression: Expression, depth: number): void {
    switch (expression.kind) {
      case 'set':
        this.add({ op: 'set', set: expression.set });
        return;
      case 'assertion':
        this.add({ op: 'assert', assertion: expression.assertion });
        return;
      case 'sequence':
        for (const item of expression.items) this.emit(item, depth);
        return;
      case 'group':
        this.#group(expression.index, expression.body, depth);
        return;
      case 'choice':
        this.#choice(expression.options, depth);
        return;
      case 'repeat':
        this.#repeat(expression, depth);
    }
  }

  #group(index: number | undefined, body: Expression, depth: number): void {
    if (index !== undefined) this.add({ op: 'save', slot: 2 * (index - 1) });
    this.emit(body, depth);
    if (index !== undefined) this.add({ op: 'save', slot: 2 * (index - 1) + 1 });
  }

  #choice(options: readonly Expression[], depth: number): void {
    const ends: { to: number }[] = [];
    for (const [position, option] of options.entries()) {
      const last = position === options.length - 1;
      const split = last ? undefined : this.add({ op: 'split', preferred: this.#here + 1, other: 0 });
      this.emit(option, depth);
      if (split === undefined) break;
      ends.push(this.add({ op: 'jump', to: 0 }));
      split.other = this.#here;
    }
    for (const end of ends) end.to = this.#here;
  }

  #repeat(repeat: Repeat, depth: number): void {
    const { body, min, max, optional } = repeat;
    const width = widthOf(body);
    if (optional) {
      const leave = this.#branch(repeat);
      this.emit(body, depth);
      leave(this.#here);
    } else if (width.min === 0 && width.fixed) {
      // Assertions only: once is as good as often, and Java drops a further empty iteration with its captures.
      if (min > 0) this.emit(body, depth);
    } else {
      this.#iterations(repeat, min, max, depth, width.min === 0);
    }
  }

  #iterations(repeat: Repeat, min: number, max: number, depth: number, mayBeEmpty: boolean): void {
    const exits: ((here: number) => void)[] = [];
    const iteration = (): void => {
      if (mayBeEmpty) this.#guarded(repeat.body, depth, exits);
      else this.emit(repeat.body, depth);
    };
    for (let count = 0; count < min; count++) iteration();
    if (max === Number.POSITIVE_INFINITY) {
      const start = this.#here;
      exits.push(this.#branch(repeat));
      iteration();
      this.add({ op: 'jump', to: start });
    } else {
      for (let count = min; count < max; count++) {
        exits.push(this.#branch(repeat));
        iteration();
      }
    }
    for (const exit of exits) exit(this.#here);
  }

  /** One iteration that ends the repeat if it takes nothing, even when more iterations are asked for: as Java does. */
  #guarded(body: Expression, depth: number, exits: ((here: number) => void)[]): void {
    if (depth === MAX_EMPTY_LOOPS) {
      throw new RegexError(`more than ${MAX_EMPTY_LOOPS} repeats of what may be empty, inside each other`, 0);
    }
    this.loops = Math.max(this.loops, depth + 1);
    this.add({ op: 'enter', loop: depth });
    this.emit(body, depth + 1);
    const leave = this.add({ op: 'leave', loop: depth, exit: 0 });
    exits.push((here) => {
      leave.exit = here;
    });
  }

  /** A choice between what follows and the place that is told later; a lazy repeat prefers that place. */
  #branch({ lazy }: Repeat): (here: number) => void {
    const split = this.add({ op: 'split', preferred: this.#here + 1, other: this.#here + 1 });
    return (here) => {
      if (lazy) split.preferred = here;
      else split.other = here;
    };
  }
}

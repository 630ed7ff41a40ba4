/** The command line of the bench. */
import { parseArgs } from 'node:util';
import type { Case } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { FULL, type Plan, QUICK } from './plan.ts';
import { SYSTEMS } from './systems/index.ts';
import type { System } from './systems/system.ts';

export const USAGE = `npm run bench -- [options]
  --quick              under 2 minutes: fewer and shorter repetitions, the main cases
  --only NAME[,NAME]   only these cases, or those whose names begin so
  --systems A[,B]      only these systems
  --reps N             repetitions of each measurement
  --write              put the tables into docs/performance.md
  --micro              only the micro benchmarks (ns per operation of single parts)
  --list               names of cases and systems`;

export interface Options {
  readonly plan: Plan;
  readonly cases: readonly Case[];
  readonly systems: readonly System[];
  readonly write: boolean;
  readonly mode: 'run' | 'micro' | 'list' | 'help';
}

/** Throws an Error with one sentence for what cannot be meant. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      systems: { type: 'string' },
      reps: { type: 'string' },
      write: { type: 'boolean', default: false },
      micro: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const base = values.quick ? QUICK : FULL;
  return {
    plan: values.reps === undefined ? base : { ...base, ...repetitions(values.reps) },
    cases: values.only === undefined ? CASES.filter((one) => one.quick || !values.quick) : named(values.only),
    systems:
      values.systems === undefined ? SYSTEMS.filter((one) => !one.slow || !values.quick) : systems(values.systems),
    write: values.write,
    mode: values.help ? 'help' : values.list ? 'list' : values.micro ? 'micro' : 'run',
  };
}

function repetitions(text: string): Pick<Plan, 'repetitions' | 'idleRepetitions'> {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 100) throw new Error('--reps takes a number from 1 to 100');
  return { repetitions: count, idleRepetitions: count };
}

function named(text: string): Case[] {
  const names = text.split(',');
  const exact = CASES.filter((one) => names.includes(one.name));
  const found = exact.length > 0 ? exact : CASES.filter((one) => names.some((name) => one.name.startsWith(name)));
  if (found.length === 0) throw new Error(`no case is named ${text}; --list shows them`);
  return found;
}

function systems(text: string): System[] {
  return text.split(',').map((name) => {
    const system = SYSTEMS.find((one) => one.name === name);
    if (system === undefined) throw new Error(`no system is named ${name}; --list shows them`);
    return system;
  });
}

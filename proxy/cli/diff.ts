import { parseArgs } from 'node:util';
import { problemsAsData, renderProblem } from '../control-plane/config/print.ts';
import { compareFiles, type DiffResult, narrows, widens } from './diff/compare.ts';
import { diffLines } from './diff/report.ts';
import { EXIT, type Io } from './io.ts';
import { readPolicyFile } from './policy-file.ts';
import { wrongUsage } from './wrong-usage.ts';
import type { Broken } from './yaml-file.ts';

/** Something is refused now, and nothing is allowed that was not. */
const NARROWER = 3;
/** Something is allowed that was not, or may be. */
const WIDER = 4;

interface Arguments {
  readonly before: string;
  readonly after: string;
  readonly decisions: string | undefined;
  readonly json: boolean;
}

/**
 * `headgate diff`: whose verdict changes from one configuration to another. Exit code 0: nobody's;
 * 3: the new one only allows less; 4: it allows something more, or may; 2: a file is broken, or the
 * usage is wrong.
 */
export async function diffCommand(argv: string[], io: Io): Promise<number> {
  const args = readArguments(argv);
  if (typeof args === 'string') return wrongUsage('diff', args, io);
  const [before, after] = [readPolicyFile(args.before), readPolicyFile(args.after)];
  if (!before.ok || !after.ok) return printBroken([before, after], args, io);
  let result: DiffResult;
  try {
    result = await compareFiles(before, after, args.decisions);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    io.err(`headgate diff: --decisions: ${(error as Error).message}`);
    return EXIT.usage;
  }
  if (args.json) io.out(JSON.stringify(asData(args, result)));
  else for (const line of diffLines(result)) io.out(line);
  if (widens(result)) return WIDER;
  return narrows(result) ? NARROWER : EXIT.ok;
}

function readArguments(argv: string[]): Arguments | string {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: { decisions: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [before, after, ...more] = positionals;
    if (before === undefined || after === undefined || more.length > 0) return 'two configurations are needed: OLD NEW';
    return { before, after, decisions: values.decisions, json: values.json ?? false };
  } catch (error) {
    return (error as Error).message;
  }
}

function printBroken(files: readonly (Broken | { readonly ok: true })[], { json }: Arguments, io: Io): number {
  const problems = files.flatMap((file) => (file.ok ? [] : file.problems));
  if (json) io.out(JSON.stringify({ ok: false, problems: problemsAsData(problems) }));
  else for (const problem of problems) io.err(renderProblem(problem));
  return EXIT.usage;
}

function asData({ before, after }: Arguments, result: DiffResult): unknown {
  const { diff, listeners, replay } = result;
  const { identities, clients, onlyModes } = diff;
  const verdict = { widens: widens(result), narrows: narrows(result) };
  return {
    ok: true,
    before,
    after,
    ...verdict,
    listeners,
    onlyModes,
    identities,
    clients,
    ...(replay && { decisions: replay }),
  };
}

import { problemsAsData, renderProblem } from '../control-plane/config/print.ts';
import { type ConfigArguments, readConfigArguments } from './config-arguments.ts';
import { EXIT, type Io } from './io.ts';
import { type LintResult, lintFile } from './lint/findings.ts';
import { readPolicyFile } from './policy-file.ts';
import { wrongUsage } from './wrong-usage.ts';
import type { Broken } from './yaml-file.ts';

/**
 * `headgate lint`: prints what is valid in a policy and hardly meant, each with its place and fix.
 * Exit code 0: nothing; 1: findings; 2: the configuration is broken, or the usage is wrong.
 */
export async function lintCommand(argv: string[], io: Io): Promise<number> {
  const args = readConfigArguments(argv);
  if (typeof args === 'string') return wrongUsage('lint', args, io);
  const file = readPolicyFile(args.file);
  if (!file.ok) {
    printBroken(args, file, io);
    return EXIT.usage;
  }
  const result = lintFile(file);
  if (args.json) io.out(JSON.stringify(asData(result)));
  else print(args.file, result, io);
  return result.findings.length === 0 ? EXIT.ok : EXIT.failure;
}

function printBroken(args: ConfigArguments, { problems }: Broken, io: Io): void {
  if (args.json) io.out(JSON.stringify({ ok: false, problems: problemsAsData(problems) }));
  else {
    for (const problem of problems) io.err(renderProblem(problem));
    io.err(`${args.file}: the configuration has errors; headgate check names all of them`);
  }
}

function print(file: string, { findings, silenced }: LintResult, io: Io): void {
  for (const finding of findings)
    io.out(renderProblem({ ...finding, message: `${finding.message} [${finding.lint}]` }));
  const count = findings.length === 0 ? 'no findings' : `${findings.length} finding${findings.length === 1 ? '' : 's'}`;
  io.err(`${file}: ${count}${silenced.length === 0 ? '' : ` (${silenced.length} silenced)`}`);
}

function asData({ findings, silenced }: LintResult): unknown {
  return { ok: findings.length === 0, findings: problemsAsData(findings), silenced: problemsAsData(silenced) };
}

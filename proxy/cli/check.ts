import { type LoadResult, loadConfig } from '../control-plane/config/load.ts';
import type { GateConfig } from '../control-plane/config/model.ts';
import { problemsAsData, renderProblem } from '../control-plane/config/print.ts';
import { readConfigArguments } from './config-arguments.ts';
import { EXIT, type Io } from './io.ts';
import { wrongUsage } from './wrong-usage.ts';

/**
 * `headgate check`: prints every problem of a configuration, each with its place and fix.
 * Exit code 0: it is sound (there may be warnings); 2: it is not, or the usage is wrong.
 */
export async function checkCommand(argv: string[], io: Io): Promise<number> {
  const args = readConfigArguments(argv);
  if (typeof args === 'string') return wrongUsage('check', args, io);
  const result = loadConfig(args.file, { env: process.env });
  if (args.json) io.out(JSON.stringify(asData(result)));
  else print(args.file, result, io);
  return result.ok ? EXIT.ok : EXIT.usage;
}

function print(file: string, result: LoadResult, io: Io): void {
  const problems = result.ok ? result.warnings : result.problems;
  for (const problem of problems) io.err(renderProblem(problem));
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  const errors = problems.length - warnings;
  const tally = [plural(errors, 'error'), plural(warnings, 'warning')]
    .filter((words) => !words.startsWith('0'))
    .join(', ');
  if (result.ok) io.out(`${file}: ok: ${summary(result.config)}${tally === '' ? '' : ` (${tally})`}`);
  else io.err(`${file}: ${tally}`);
}

function asData(result: LoadResult): unknown {
  return result.ok
    ? { ok: true, ...counts(result.config), problems: problemsAsData(result.warnings) }
    : { ok: false, problems: problemsAsData(result.problems) };
}

function counts({ listeners, policy }: GateConfig) {
  const rules = Object.values(policy.roles).flatMap(({ mqtt, kafka }) => [
    mqtt?.allow,
    mqtt?.deny,
    kafka?.allow,
    kafka?.deny,
  ]);
  return {
    listeners: listeners.length,
    identities: policy.identities.length,
    roles: Object.keys(policy.roles).length,
    rules: rules.reduce((sum, list) => sum + (list?.length ?? 0), 0),
  };
}

function summary(config: GateConfig): string {
  const { listeners, identities, roles, rules } = counts(config);
  return [
    plural(listeners, 'listener'),
    `${identities} ${identities === 1 ? 'identity' : 'identities'}`,
    plural(roles, 'role'),
    plural(rules, 'rule'),
  ].join(', ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

import { type LoadResult, loadConfig } from '../control-plane/config/load.ts';
import type { GateConfig } from '../control-plane/config/model.ts';
import { problemsAsData, renderProblem } from '../control-plane/config/print.ts';
import { defineCommand } from './command.ts';
import { requireConfig } from './config-option.ts';
import { EXIT, type Io } from './io.ts';

/** `headgate check`: prints every problem of a configuration, each with its position and fix. Warnings are no errors. */
export const checkCommand = defineCommand({
  name: 'check',
  usage: '--config FILE [--json]',
  options: {
    config: { type: 'string', value: 'FILE', help: 'the configuration (YAML)' },
    json: { type: 'boolean', help: 'print the result and the problems as one JSON object' },
  },
  exits: [
    [EXIT.ok, 'the configuration is valid'],
    [EXIT.usage, 'wrong usage, or the configuration has errors (all are printed, with file:line:column and the fix)'],
  ],
  async run({ values }, io) {
    const file = requireConfig(values.config);
    const result = loadConfig(file, { env: process.env });
    if (values.json) io.out(JSON.stringify(asData(result)));
    else print(file, result, io);
    return result.ok ? EXIT.ok : EXIT.usage;
  },
});

function print(file: string, result: LoadResult, io: Io): void {
  const problems = result.ok ? result.warnings : result.problems;
  for (const problem of problems) io.err(renderProblem(problem));
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  const errors = problems.length - warnings;
  const tally = [plural(errors, 'error'), plural(warnings, 'warning')]
    .filter((part) => !part.startsWith('0 '))
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

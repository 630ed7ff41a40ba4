import { problemsAsData, renderProblem } from '../control-plane/config/print.ts';
import { defineCommand } from './command.ts';
import { requireConfig } from './config-option.ts';
import { EXIT, type Io } from './io.ts';
import { type LintResult, lintFile } from './lint/findings.ts';
import { readPolicyFile } from './policy-file.ts';
import type { Broken } from './yaml-file.ts';

/** `headgate lint`: prints what is valid in a policy but probably not intended, each with its position and fix. */
export const lintCommand = defineCommand({
  name: 'lint',
  usage: '--config FILE [--json]',
  options: {
    config: { type: 'string', value: 'FILE', help: 'the configuration (YAML); the files that it names need not exist' },
    json: { type: 'boolean', help: 'print the findings, silenced ones too, as one JSON object' },
  },
  notes: [
    'docs/lint.md says what each finding means. A comment silences one that is intended, and gives the reason:',
    '  # headgate-lint-disable-line LINT: REASON          at the end of its line',
    '  # headgate-lint-disable-next-line LINT: REASON     on a line above it',
  ],
  exits: [
    [EXIT.ok, 'there are no findings'],
    [EXIT.failure, 'there are findings'],
    [EXIT.usage, 'wrong usage, or the configuration has errors'],
  ],
  async run({ values }, io) {
    const name = requireConfig(values.config);
    const json = values.json ?? false;
    const file = readPolicyFile(name);
    if (!file.ok) {
      printBroken(name, json, file, io);
      return EXIT.usage;
    }
    const result = lintFile(file);
    if (json) io.out(JSON.stringify(asData(result)));
    else print(name, result, io);
    return result.findings.length === 0 ? EXIT.ok : EXIT.failure;
  },
});

function printBroken(file: string, json: boolean, { problems }: Broken, io: Io): void {
  if (json) io.out(JSON.stringify({ ok: false, problems: problemsAsData(problems) }));
  else {
    for (const problem of problems) io.err(renderProblem(problem));
    io.err(`${file}: the configuration has errors; headgate check prints all of them`);
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

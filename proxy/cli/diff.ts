import { problemsAsData, renderProblem } from '../control-plane/config/print.ts';
import { defineCommand } from './command.ts';
import { compareFiles, type DiffResult, narrows, widens } from './diff/compare.ts';
import { diffLines } from './diff/report.ts';
import { EXIT, type Io } from './io.ts';
import { readPolicyFile } from './policy-file.ts';
import { UsageError } from './usage-error.ts';
import type { Broken } from './yaml-file.ts';

/** Exit code: something is refused now, and nothing is allowed that was not. */
const NARROWER = 3;
/** Exit code: something is allowed that was not, or may be. */
const WIDER = 4;

/** `headgate diff`: which decisions change from one configuration to another. */
export const diffCommand = defineCommand({
  name: 'diff',
  usage: 'OLD NEW [--decisions FILE] [--json]',
  options: {
    decisions: { type: 'string', value: 'FILE', help: 'an audit file: shows which of its rejections would be allowed' },
    json: { type: 'boolean', help: 'print one JSON object' },
  },
  positionals: true,
  notes: [
    '+ is allowed now and was not, - was allowed and is not now, ~ may be either.',
    'Certificates of trust stores are not compared.',
  ],
  exits: [
    [EXIT.ok, 'no verdict changes'],
    [EXIT.usage, 'wrong usage, or a file has errors'],
    [NARROWER, 'the new configuration allows less, and nothing more'],
    [WIDER, 'the new configuration allows more, or may'],
  ],
  async run({ values, positionals }, io) {
    const [old, now, ...more] = positionals;
    if (old === undefined || now === undefined || more.length > 0) {
      throw new UsageError('two configurations are required: OLD NEW');
    }
    const json = values.json ?? false;
    const [before, after] = [readPolicyFile(old), readPolicyFile(now)];
    if (!before.ok || !after.ok) return printBroken([before, after], json, io);
    const result = await compareFiles(before, after, values.decisions).catch((error: NodeJS.ErrnoException) => {
      // A fault of the file system: the audit file cannot be read.
      throw error.syscall === undefined ? error : new UsageError(`--decisions: ${error.message}`);
    });
    if (json) io.out(JSON.stringify(asData(old, now, result)));
    else for (const line of diffLines(result)) io.out(line);
    if (widens(result)) return WIDER;
    return narrows(result) ? NARROWER : EXIT.ok;
  },
});

function printBroken(files: readonly (Broken | { readonly ok: true })[], json: boolean, io: Io): number {
  const problems = files.flatMap((file) => (file.ok ? [] : file.problems));
  if (json) io.out(JSON.stringify({ ok: false, problems: problemsAsData(problems) }));
  else for (const problem of problems) io.err(renderProblem(problem));
  return EXIT.usage;
}

function asData(before: string, after: string, result: DiffResult): unknown {
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

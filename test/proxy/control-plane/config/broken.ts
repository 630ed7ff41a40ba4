/** Configurations with one fault, and what must be said about it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { edit, marked, SOUND, workspace } from './support.ts';

export interface Case {
  readonly from: string;
  /** With ‸ where the problem must point. */
  readonly to: string;
  readonly path: string;
  readonly message: RegExp;
  readonly fix?: RegExp;
}

export function broken(from: string, to: string, path: string, message: RegExp, fix?: RegExp): Case {
  return fix === undefined ? { from, to, path, message } : { from, to, path, message, fix };
}

/** Breaks one place of `sound` for each case. */
export function testBroken(cases: readonly Case[], sound = SOUND): void {
  for (const { from, to, path, message, fix } of cases) {
    test(`says where and what is wrong: ${JSON.stringify(to.slice(0, 60))}`, async () => {
      await using dir = await workspace();
      const { text, line, column } = marked(edit(from, to, sound));
      const problems = dir.problems(text, { env: { EMPTY: '' } });
      const shown = JSON.stringify(problems, null, 1);
      const errors = problems.filter(({ severity }) => severity === 'error');
      const problem = errors.find((one) => one.path === path && message.test(one.message));
      assert.ok(problem, shown);
      if (to.includes('‸')) assert.equal(`${problem.line}:${problem.column}`, `${line}:${column}`, shown);
      if (fix !== undefined) assert.match(problem.fix ?? '', fix);
      assert.equal(errors.length, 1, `one mistake is one problem: ${shown}`);
    });
  }
}

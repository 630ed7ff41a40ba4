import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Variables } from '../../../../policies/acl/template.ts';
import { diffPolicies } from '../../../../policies/analysis/diff/diff-policies.ts';
import type { RuleChange } from '../../../../policies/analysis/diff/rule-change.ts';
import { compilePolicy } from '../../../../policies/policy.ts';
import type { PolicySource } from '../../../../policies/source.ts';
import type { Identified, Policy } from '../../../../policies/types.ts';
import { clients, RUNS } from '../lint/soundness-support.ts';
import type { Sources } from './support.ts';

export interface Engine<Question> {
  readonly questions: readonly Question[];
  allowed(policy: Policy, who: Identified, question: Question): boolean;
  /** Is the question one of those that the change is about? */
  covers(change: RuleChange, question: Question, variables: Variables, sources: Sources): boolean;
}

/** Of each question of each client: the verdict changes just where the diff says so, and as it says. */
export function provesDiff<Question>(
  pairs: fc.Arbitrary<readonly [PolicySource, PolicySource]>,
  { questions, allowed, covers }: Engine<Question>,
): void {
  const seen = { widened: 0, narrowed: 0, same: 0 };
  fc.assert(
    fc.property(pairs, ([before, after]) => {
      const { clients: changed, widens, narrows } = diffPolicies(before, after);
      const [old, now] = [
        compilePolicy(before, { version: '', cacheSlots: 1 }),
        compilePolicy(after, { version: '', cacheSlots: 1 }),
      ];
      for (const who of clients(before)) {
        const changes = changed
          .filter(({ identities }) => identities.includes(who.identity))
          .flatMap(({ rules }) => rules);
        for (const question of questions) {
          const [was, is] = [allowed(old, who, question), allowed(now, who, question)];
          const words = JSON.stringify({ question, variables: who.variables, was, is, before, after, changes });
          const said = (direction: RuleChange['direction']) =>
            changes.some(
              (one) => one.direction === direction && covers(one, question, who.variables, { before, after }),
            );
          assert.equal(said('widened'), is && !was, words);
          assert.equal(said('narrowed'), was && !is, words);
          seen[is === was ? 'same' : is ? 'widened' : 'narrowed']++;
          if (is !== was) assert.ok(is ? widens : narrows, words);
        }
      }
    }),
    { ...RUNS, numRuns: 150 },
  );
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 1000, `${what}: ${count}`);
}

/** Mutants that are known to survive, each with the reason. `npm run mutants` fails for any other. */

export interface KnownSurvivors {
  readonly file: string;
  /** Why no test can or need tell the mutants from the code. */
  readonly reason: string;
  /** Original and mutated code as `npm run mutants` prints them. */
  readonly mutants: readonly (readonly [original: string, mutated: string])[];
}

export const SURVIVORS: readonly KnownSurvivors[] = [];

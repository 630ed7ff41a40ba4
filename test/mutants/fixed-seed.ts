/**
 * Preloaded into every test file of a mutation run: property tests draw the same values each time, so that a mutant does
 * not survive today and die tomorrow, and stop at the first counterexample, since nobody reads the smallest one.
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_260_101, endOnFailure: true });

import fc from 'fast-check';

const RUNS = 3000;

/** Hands `look` the genuine bytes with one to three short pieces cut out, put in, or both, again and again. */
export function forMutationsOf(genuine: Buffer, look: (der: Buffer) => void): void {
  const edit = fc.record({
    at: fc.nat(genuine.length - 1),
    remove: fc.nat(3),
    insert: fc.uint8Array({ maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      let der = genuine;
      for (const { at, remove, insert } of edits) {
        der = Buffer.concat([der.subarray(0, at), insert, der.subarray(at + remove)]);
      }
      look(der);
    }),
    { numRuns: RUNS },
  );
}

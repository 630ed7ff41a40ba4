/** Medians and spreads: cells of a shared machine scatter, so nothing is told without its range. */

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return {
    median: sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2,
    min: sorted[0] as number,
    max: sorted.at(-1) as number,
  };
}

/** The value below which such a share (0 to 1) of the values lies; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Element by element, where both repetitions succeeded. Only neighbours in time are compared. */
export function paired(
  a: readonly (number | undefined)[],
  b: readonly (number | undefined)[],
  combine: (a: number, b: number) => number,
): number[] {
  const out: number[] = [];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i], b[i]];
    if (left !== undefined && right !== undefined) out.push(combine(left, right));
  }
  return out;
}

/** `508 [480-530]`; an en dash would not survive every terminal. */
export function spreadText(value: Spread | undefined, digits: number): string {
  if (value === undefined) return '-';
  const [median, min, max] = [value.median, value.min, value.max].map((number) => number.toFixed(digits));
  return min === max ? `${median}` : `${median} [${min}-${max}]`;
}

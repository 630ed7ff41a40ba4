/** What a field of the configuration tells about itself, and how it refuses. */
import * as z from 'zod';

/** Words for documentation and problems, beyond zod's own description; carried by `.meta`. */
export interface FieldMeta {
  /** With an article: `a duration such as 10s`. */
  readonly type?: string;
  /** Bounds in words. */
  readonly limits?: string;
  /** The value may hold `${env:NAME}` and `${file:PATH}`. */
  readonly substitutes?: boolean;
  /** The value is never shown. */
  readonly secret?: boolean;
  /** The value names a file. */
  readonly path?: boolean;
}

/** Documentation of a field that its schema does not tell. */
export function meta(facts: FieldMeta): FieldMeta & Record<string, unknown> {
  return { ...facts };
}

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Ends a transform with a problem and, where there is one, its fix. */
export function refuse(context: z.RefinementCtx, message: string, fix?: string): never {
  context.addIssue(fix === undefined ? { code: 'custom', message } : { code: 'custom', message, params: { fix } });
  return z.NEVER;
}

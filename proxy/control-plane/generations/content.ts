import type { GateConfig } from '../config/model.ts';
import type { PlannedRevocation } from './generation-plan.ts';

/** Everything that a generation is made of. */
export interface Content {
  readonly config: GateConfig;
  readonly revocation: PlannedRevocation;
}

/** A configuration that is to come into force, or why none is; `read`: it is what the files say. */
export type Loaded =
  | ({ readonly ok: true; readonly read: boolean } & Content)
  | { readonly ok: false; readonly errors: readonly string[] };

/** One entry as it was written, with the id that it can be removed by. */
export type DenyEntryRecord = Readonly<Record<string, unknown>> & { readonly id: string };

/** What `headgate deny` and its interface answer. */
export interface DenyResult {
  readonly entry: DenyEntryRecord;
  /** False: the entry is gone with the process (no `state.dir`). */
  readonly durable: boolean;
  /** The generation that is in force on every worker now, its sessions judged. */
  readonly generation: number;
}

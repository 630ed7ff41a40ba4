import type { ReadEndpoint, WriteEndpoint } from './endpoint.ts';

/** One entry as it was written, with the id that it can be removed by. */
export type DenyEntryRecord = Readonly<Record<string, unknown>> & { readonly id: string };

/** Response of a change. */
export interface DenyResult {
  readonly entry: DenyEntryRecord;
  /** False: the entry is lost when the process ends (no `state.dir`). */
  readonly durable: boolean;
  /** The generation that is in force on every worker now, its sessions reauthorized. */
  readonly generation: number;
}

/** Response of `GET /api/deny`. */
export interface DenyList {
  readonly entries: readonly DenyEntryRecord[];
}

/** The entries that were added by `headgate deny`, not those of the operator's file. */
export const DENY_LIST: ReadEndpoint<DenyList> = { method: 'GET', path: '/api/deny', query: [], lists: ['entries'] };

/** Adds an entry, written as in the operator's file. The response comes when it is in force on every worker. */
export const DENY_ADD: WriteEndpoint<DenyResult, Readonly<Record<string, unknown>>> = {
  method: 'POST',
  path: '/api/deny',
};

/** Removes the entry with an id. The response comes when every worker has applied it. */
export const DENY_REMOVE: WriteEndpoint<DenyResult, { readonly id: string }> = {
  method: 'POST',
  path: '/api/deny/remove',
};

import type { DryRun } from './dry-run.ts';
import type { WriteEndpoint } from './endpoint.ts';
import type { ReloadResult } from './generation.ts';

/** Body of `POST /api/reload`. */
export interface ReloadRequest {
  /** True: only report what a reload would do. Default false. */
  readonly dryRun?: boolean;
}

/** Response with status 200: `dryRun` where it was asked for, else `reload`. */
export interface ReloadResponse {
  readonly reload?: ReloadResult;
  readonly dryRun?: Extract<DryRun, { ok: true }>;
}

/** Loads configuration, certificates and keys anew. */
export const RELOAD: WriteEndpoint<ReloadResponse, ReloadRequest> = { method: 'POST', path: '/api/reload' };

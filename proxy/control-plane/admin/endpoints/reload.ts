import { RELOAD, type ReloadRequest, type ReloadResponse } from '../../api/reload.ts';
import type { AdminDeps } from '../deps.ts';
import { writeEndpoint } from '../endpoint.ts';
import { HttpError } from '../http.ts';

const FORMS = 'the body is {} or {"dryRun": true}';

export const reload = writeEndpoint(RELOAD, async (deps, body) => {
  const { dryRun = false } = readBody(body);
  return dryRun ? tryReload(deps) : reloadNow(deps);
});

async function reloadNow(deps: AdminDeps): Promise<ReloadResponse> {
  const result = await deps.reload();
  if (result.ok) return { reload: result };
  const message = `the reload was refused, generation ${result.generation} stays in force: ${result.errors.join('; ')}`;
  throw new HttpError(422, 'reload-refused', message, { details: { reload: result } });
}

async function tryReload(deps: AdminDeps): Promise<ReloadResponse> {
  const tried = await deps.dryRun();
  if (tried.ok) return { dryRun: tried };
  const message = `a reload would be refused: ${tried.errors.join('; ')}`;
  throw new HttpError(422, 'reload-refused', message, { details: { dryRun: tried } });
}

function readBody(body: unknown): ReloadRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new HttpError(400, 'bad-body', FORMS);
  const { dryRun, ...more } = body as Readonly<Record<string, unknown>>;
  if (Object.keys(more).length > 0) throw new HttpError(400, 'bad-body', FORMS);
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw new HttpError(400, 'bad-body', FORMS);
  return dryRun === undefined ? {} : { dryRun };
}

import { readJson } from './body.ts';
import type { Call } from './call.ts';
import { HttpError, refuseQuery, sendJson } from './http.ts';

/** `POST /api/reload` with `{}`, or with `{ "dryRun": true }` to be told what it would do. */
export async function reload({ deps, request, response, query }: Call): Promise<void> {
  refuseQuery(query);
  const { dryRun = false, ...more } = await readObject(request, 'the body is {} or {"dryRun": true}');
  if (Object.keys(more).length > 0 || typeof dryRun !== 'boolean') {
    throw new HttpError(400, 'bad-body', 'the body is {} or {"dryRun": true}');
  }
  if (dryRun) {
    const tried = await deps.dryRun();
    if (tried.ok) return sendJson(response, 200, { dryRun: tried });
    const message = `a reload would be refused: ${tried.errors.join('; ')}`;
    return sendJson(response, 422, { error: { code: 'reload-refused', message }, dryRun: tried });
  }
  const result = await deps.reload();
  if (result.ok) return sendJson(response, 200, { reload: result });
  const message = `the reload was refused, generation ${result.generation} goes on: ${result.errors.join('; ')}`;
  sendJson(response, 422, { error: { code: 'reload-refused', message }, reload: result });
}

/** `POST /api/rollback` with `{}`. */
export async function rollback({ deps, request, response, query }: Call): Promise<void> {
  refuseQuery(query);
  const body = await readObject(request, 'the body is the empty object {}');
  if (Object.keys(body).length > 0) throw new HttpError(400, 'bad-body', 'the body is the empty object {}');
  const result = await deps.rollback();
  if (result === null) {
    throw new HttpError(409, 'nothing-before', 'there is nothing to go back to: no other settings were in force yet');
  }
  if (result.ok) return sendJson(response, 200, { rollback: result });
  const message = `the rollback was refused, generation ${result.generation} goes on: ${result.errors.join('; ')}`;
  sendJson(response, 422, { error: { code: 'rollback-refused', message }, rollback: result });
}

async function readObject(request: Call['request'], otherwise: string): Promise<Readonly<Record<string, unknown>>> {
  const body = await readJson(request);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new HttpError(400, 'bad-body', otherwise);
  }
  return body as Record<string, unknown>;
}

import { DenyBookError } from '../revocation/deny-book.ts';
import { readJson } from './body.ts';
import type { Call } from './call.ts';
import { HttpError, sendJson } from './http.ts';

/** `GET /api/deny`: what `headgate deny` holds. */
export function listDenied({ deps, response }: Call): void {
  sendJson(response, 200, { entries: deps.deny.entries() });
}

/** `POST /api/deny` with an entry as in the operator's file. Answers when it is in force on every worker. */
export async function addDenied({ deps, request, response }: Call): Promise<void> {
  const written = await readJson(request);
  await answer(response, () => deps.deny.add(written));
}

/** `POST /api/deny/remove` with `{ "id": … }`. */
export async function removeDenied({ deps, request, response }: Call): Promise<void> {
  const body = await readJson(request);
  const { id } = (typeof body === 'object' && body !== null ? body : {}) as { readonly id?: unknown };
  if (typeof id !== 'string') throw new HttpError(400, 'bad-body', 'the body is { "id": "…" }');
  await answer(response, () => deps.deny.remove(id));
}

async function answer(response: Call['response'], work: () => Promise<unknown>): Promise<void> {
  try {
    sendJson(response, 200, await work());
  } catch (error) {
    if (error instanceof DenyBookError) throw new HttpError(400, 'bad-entry', error.message);
    throw new HttpError(500, 'not-enforced', (error as Error).message);
  }
}

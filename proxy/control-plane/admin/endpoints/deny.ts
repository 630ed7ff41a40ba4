import { DENY_ADD, DENY_LIST, DENY_REMOVE, type DenyResult } from '../../api/deny.ts';
import { DenyBookError } from '../../revocation/deny-book.ts';
import { readEndpoint, writeEndpoint } from '../endpoint.ts';
import { HttpError } from '../http.ts';

export const denyList = readEndpoint(DENY_LIST, ({ deny }) => ({ entries: deny.entries() }));

export const denyAdd = writeEndpoint(DENY_ADD, ({ deny }, body) => enforced(() => deny.add(body)));

export const denyRemove = writeEndpoint(DENY_REMOVE, async ({ deny }, body) => {
  const { id } = (typeof body === 'object' && body !== null ? body : {}) as { readonly id?: unknown };
  if (typeof id !== 'string') throw new HttpError(400, 'bad-body', 'the body is { "id": "…" }');
  return enforced(() => deny.remove(id));
});

async function enforced(change: () => Promise<DenyResult>): Promise<DenyResult> {
  try {
    return await change();
  } catch (error) {
    if (error instanceof DenyBookError) throw new HttpError(400, 'bad-entry', error.message);
    throw new HttpError(500, 'not-enforced', (error as Error).message);
  }
}

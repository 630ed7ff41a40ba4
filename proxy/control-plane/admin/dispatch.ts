import type { AdminEndpoint, Call } from './endpoint.ts';
import { ENDPOINTS } from './endpoints/index.ts';
import { HttpError, requestUrl } from './http.ts';

/**
 * Finds the endpoint of a request and lets it answer.
 * @throws HttpError for everything that is refused: 404 unknown path, 405 other method (with `allow`), and what the
 * endpoint refuses
 */
export async function dispatch(
  call: Omit<Call, 'query' | 'now'>,
  endpoints: readonly AdminEndpoint[] = ENDPOINTS,
): Promise<void> {
  const { request } = call;
  const url = requestUrl(request);
  const here = endpoints.filter(({ path }) => path === url.pathname);
  if (here.length === 0) throw new HttpError(404, 'not-found', 'there is nothing here');
  const found = here.find(({ method }) => method === request.method);
  if (found === undefined) {
    const allow = here.map(({ method }) => method).join(', ');
    throw new HttpError(405, 'method-not-allowed', `use ${allow}`, { headers: { allow } });
  }
  await found.serve({ ...call, query: url.searchParams, now: Date.now() });
}

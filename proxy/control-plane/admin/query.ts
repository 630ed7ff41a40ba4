import { CAUSES, type Cause } from '../../../policies/causes.ts';
import { MAX_LIMIT } from '../api/max-limit.ts';
import { parseSince, SINCE_FORMS } from '../api/since.ts';
import type { RejectionFilter } from '../events/hub.ts';
import { HttpError } from './http.ts';

/**
 * Reads the conditions of a request; `now` in milliseconds since the epoch.
 * @throws HttpError (400) for a key that is not allowed, given twice or malformed
 */
export function parseFilter(query: URLSearchParams, allowed: readonly string[], now: number): RejectionFilter {
  if (query.size > 0 && allowed.length === 0) throw bad('no query keys are known here');
  const filter: { -readonly [K in keyof RejectionFilter]: RejectionFilter[K] } = {};
  for (const key of new Set(query.keys())) {
    if (!allowed.includes(key)) {
      throw bad(`unknown query key ${JSON.stringify(key.slice(0, 64))}; known: ${allowed.join(', ')}`);
    }
    const [value = '', ...more] = query.getAll(key);
    if (more.length > 0) throw bad(`${key} is given more than once`);
    if (value === '') throw bad(`${key} is empty`);
    if (key === 'since') filter.since = readSince(value, now);
    else if (key === 'limit') filter.limit = readLimit(value);
    else if (key === 'cause') filter.cause = readCause(value);
    else if (key === 'shadow') filter.shadow = readFlag(key, value);
    else filter[key as 'principal' | 'identity' | 'listener' | 'id'] = value;
  }
  return filter;
}

function readCause(value: string): Cause {
  if (!Object.hasOwn(CAUSES, value)) throw bad(`unknown cause; known: ${Object.keys(CAUSES).join(', ')}`);
  return value as Cause;
}

function readFlag(key: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') throw bad(`${key} is true or false`);
  return value === 'true';
}

function readSince(value: string, now: number): number {
  const since = parseSince(value, now);
  if (since === undefined) throw bad(`since is ${SINCE_FORMS}`);
  return since;
}

function readLimit(value: string): number {
  const limit = Number(value);
  if (!/^\d{1,5}$/.test(value) || limit < 1 || limit > MAX_LIMIT) throw bad(`limit is a number from 1 to ${MAX_LIMIT}`);
  return limit;
}

function bad(message: string): HttpError {
  return new HttpError(400, 'bad-query', message);
}

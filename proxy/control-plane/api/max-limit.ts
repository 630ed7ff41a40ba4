/** Largest `limit` of a query: records or clients in one response. */
export const MAX_LIMIT = 1000;

export const MAX_LIMIT = 1000;

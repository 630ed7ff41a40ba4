import { PQ } from '../../api/pq.ts';
import { readEndpoint } from '../endpoint.ts';

export const pq = readEndpoint(PQ, (deps, filter) => deps.pq(filter));

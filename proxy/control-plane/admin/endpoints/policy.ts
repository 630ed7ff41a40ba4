import { POLICY } from '../../api/generation.ts';
import { readEndpoint } from '../endpoint.ts';

export const policy = readEndpoint(POLICY, (deps) => deps.generation());

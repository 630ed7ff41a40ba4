import { INVENTORY } from '../../api/inventory.ts';
import { readEndpoint } from '../endpoint.ts';

export const inventory = readEndpoint(INVENTORY, (deps) => deps.inventory());

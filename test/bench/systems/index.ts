import { haproxy } from './haproxy.ts';
import { headgate } from './headgate.ts';
import { headgateRaw } from './headgate-raw.ts';
import { nginx } from './nginx.ts';
import { nodePipe } from './node-pipe.ts';
import type { System } from './system.ts';

export const SYSTEMS: readonly System[] = [haproxy, nginx, nodePipe, headgate, headgateRaw];

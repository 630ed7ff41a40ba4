import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { headgateYaml } from './headgate-config.ts';
import { type System, startConfigured } from './system.ts';

const PROGRAM = fileURLToPath(new URL('headgate-raw-main.ts', import.meta.url));
const GATE = fileURLToPath(new URL('../../../proxy/gate.ts', import.meta.url));

export const RAW = 'headgate-raw';

/** headgate with a session that forwards without looking: the other half of the L7 pairs. */
export const headgateRaw: System = {
  name: RAW,
  available: () => (existsSync(GATE) ? { version: 'as headgate' } : { missing: 'proxy/gate.ts is not there' }),
  start: (site) =>
    startConfigured(RAW, site, { file: 'headgate-raw.yaml', text: (port) => headgateYaml(site, port) }, (file) => [
      process.execPath,
      PROGRAM,
      file,
    ]),
};

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { headgateYaml } from './headgate-config.ts';
import { firstLine, type System, startConfigured } from './system.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/headgate.mjs', import.meta.url));

/** headgate as an operator runs it: one worker, access rules, limits and counters on. */
export const headgate: System = {
  name: 'headgate',
  available() {
    if (!existsSync(PROGRAM)) return { missing: 'bin/headgate.mjs is not there' };
    const version = firstLine(process.execPath, [PROGRAM, 'version'], /headgate \S*\d\S*/);
    return version === undefined ? { missing: '`headgate version` does not answer' } : { version };
  },
  start: (site) =>
    startConfigured('headgate', site, { file: 'headgate.yaml', text: (port) => headgateYaml(site, port) }, (file) => [
      process.execPath,
      PROGRAM,
      'run',
      '--config',
      file,
    ]),
};

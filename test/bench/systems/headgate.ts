import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { headgateYaml } from './headgate-config.ts';
import { firstLine, type RunningSystem, type Site, type System, startConfigured } from './system.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/headgate.mjs', import.meta.url));

/** What the bench is about. */
export const SUBJECT = 'headgate';

/** headgate as an operator runs it: one worker, access rules, limits and counters on. */
export const headgate: System = {
  name: SUBJECT,
  available() {
    if (!existsSync(PROGRAM)) return { missing: 'bin/headgate.mjs is not there' };
    const version = firstLine(process.execPath, [PROGRAM, 'version'], /headgate \S*\d\S*/);
    return version === undefined ? { missing: '`headgate version` does not answer' } : { version };
  },
  start: (site) => startHeadgate(site, { file: 'headgate.yaml', text: (port) => headgateYaml(site, port) }),
};

/** `headgate run` with a configuration that depends on its port. */
export function startHeadgate(
  site: Site,
  config: { readonly file: string; text(port: number): string },
): Promise<RunningSystem> {
  return startConfigured(SUBJECT, site, config, (file) => [process.execPath, PROGRAM, 'run', '--config', file]);
}

import { fileURLToPath } from 'node:url';
import { type Site, type System, startConfigured } from './system.ts';

const PROGRAM = fileURLToPath(new URL('node-pipe-main.ts', import.meta.url));

const config = (site: Site, port: number): string =>
  JSON.stringify({ port, sinkPort: site.sinkPort, files: site.material.files });

/** What one writes first in Node: a tls server and two pipes. A reference, no rival. */
export const nodePipe: System = {
  name: 'node-pipe',
  slow: true,
  available: () => ({ version: `Node ${process.version}` }),
  start: (site) =>
    startConfigured('node-pipe', site, { file: 'node-pipe.json', text: (port) => config(site, port) }, (file) => [
      process.execPath,
      PROGRAM,
      file,
    ]),
};

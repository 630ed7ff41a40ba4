import { VERSION } from '../shared/version.ts';
import { defineCommand, EXITS } from './command.ts';
import { EXIT } from './io.ts';

/** `headgate version`: prints the versions of headgate, Node and OpenSSL. */
export const versionCommand = defineCommand({
  name: 'version',
  usage: '',
  options: {},
  positionals: true,
  exits: [EXITS.ok],
  async run(_args, io) {
    io.out(`headgate ${VERSION}`);
    io.out(`Node ${process.versions.node}`);
    io.out(`OpenSSL ${process.versions.openssl}`);
    return EXIT.ok;
  },
});

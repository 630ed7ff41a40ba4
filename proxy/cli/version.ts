import { VERSION } from '../shared/version.ts';
import { EXIT, type Io } from './io.ts';

export async function versionCommand(_argv: string[], io: Io): Promise<number> {
  io.out(`headgate ${VERSION}`);
  io.out(`Node ${process.versions.node}`);
  io.out(`OpenSSL ${process.versions.openssl}`);
  return EXIT.ok;
}

/** What the figures were measured on. */
import os from 'node:os';

export function machineLines(systems: readonly { readonly name: string; readonly version: string }[]): string[] {
  const cpus = os.cpus();
  return [
    `${cpus.length} x ${cpus[0]?.model.trim() ?? 'unknown CPU'}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB memory`,
    `${os.type()} ${os.release()} ${os.arch()}`,
    `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`,
    ...systems.map(({ name, version }) => `${name}: ${version}`),
  ];
}

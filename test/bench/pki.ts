/** Certificates of one bench run: a P-256 authority, one server, one client for all connections. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from '../../proxy/cli/pki/authority.ts';

export interface Material {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly files: {
    readonly ca: string;
    readonly serverCert: string;
    readonly serverKey: string;
    /** Certificate and key in one file, as HAProxy wants them. */
    readonly serverBundle: string;
  };
}

export async function makeMaterial(dir: string): Promise<Material> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const authority = await createAuthority({ commonName: 'bench-ca', days: 2 });
  const server = await authority.issue({ subject: 'CN=localhost', dns: ['localhost'], eku: 'server', days: 2 });
  const client = await authority.issue({ subject: 'O=Bench,CN=load-generator', eku: 'client', days: 2 });
  const write = async (name: string, text: string): Promise<string> => {
    const file = join(dir, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  return {
    ca: authority.cert,
    cert: client.cert,
    key: client.key,
    files: {
      ca: await write('ca.pem', authority.cert),
      serverCert: await write('server.pem', server.cert),
      serverKey: await write('server.key', server.key),
      serverBundle: await write('server-bundle.pem', server.cert + server.key),
    },
  };
}

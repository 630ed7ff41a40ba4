import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';

/** `sun_path` holds 108 bytes on Linux and 104 elsewhere, a final NUL included. */
const MAX_PATH = process.platform === 'linux' ? 107 : 103;
const ANSWER_MS = 1000;

/**
 * Listens on a Unix socket that only its owner may use. What a crashed process left there is
 * removed when nothing answers; a living server, a plain file or a path that is too long is an error.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH) {
    throw new Error(
      `admin.socket: the path has ${bytes} bytes, the system allows ${MAX_PATH}; choose a shorter one: ${path}`,
    );
  }
  await removeStale(path);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  // bind() happens inside this call: the socket never exists with a wider mode.
  const umask = process.umask(0o177);
  try {
    server.listen(path, resolve);
  } finally {
    process.umask(umask);
  }
  await promise;
  server.off('error', reject);
  chmodSync(path, 0o600);
}

async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket())
    throw new Error(`admin.socket: ${path} exists and is not a socket; remove it or choose another`);
  if (await answers(path)) throw new Error(`admin.socket: another process answers at ${path}`);
  unlinkSync(path);
}

/** Only a refused connection proves that nobody listens. */
function answers(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = connect(path);
  probe.setTimeout(ANSWER_MS, () => resolve(true));
  probe.once('connect', () => resolve(true));
  probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  return promise.finally(() => probe.destroy());
}

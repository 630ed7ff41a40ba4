import { createServer, type Socket } from 'node:net';
import { runChild } from '../../support/child.ts';
import { within } from '../../support/wait.ts';

/** The ClientHello (a whole handshake message) that a program sends when `args(port)` make it connect to a loopback port. */
export async function sentHello(file: string, args: (port: number) => readonly string[]): Promise<Buffer> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const first = new Promise<Buffer>((resolve) => server.once('connection', (socket) => collect(socket, resolve)));
  const run = runChild(file, args(port), { input: '' });
  try {
    return await within(`the ClientHello of ${file}`, first);
  } finally {
    await run;
    server.close();
  }
}

/** One record holds the whole hello of every client that is asked here. */
function collect(socket: Socket, resolve: (message: Buffer) => void): void {
  let bytes = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    if (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) return;
    resolve(bytes.subarray(5, 5 + bytes.readUInt16BE(3)));
    socket.destroy();
  });
}

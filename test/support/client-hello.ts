import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';

/** The first bytes that Node's own TLS client sends: one ClientHello. */
export async function clientHello(options: tls.ConnectionOptions = {}): Promise<Buffer> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = tls.connect({ port, host: '127.0.0.1', ...options });
  client.on('error', () => {});
  try {
    return await new Promise<Buffer>((resolve) => server.once('connection', (socket) => socket.once('data', resolve)));
  } finally {
    client.destroy();
    server.close();
  }
}

/** The program behind the `node-pipe` rows. Argument: a JSON file that systems/node-pipe.ts wrote. */
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';

const { port, sinkPort, files } = JSON.parse(readFileSync(process.argv[2] as string, 'utf8'));

const server = tls.createServer(
  {
    cert: readFileSync(files.serverCert),
    key: readFileSync(files.serverKey),
    ca: readFileSync(files.ca),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.3',
    ciphers: 'TLS_AES_128_GCM_SHA256',
    ecdhCurve: 'X25519:P-256',
    noDelay: true,
  },
  (client) => {
    const upstream = net.connect({ port: sinkPort, host: '127.0.0.1', noDelay: true });
    client.pipe(upstream);
    upstream.pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  },
);
server.on('tlsClientError', (_error, socket) => socket.destroy());
server.listen({ port, host: '127.0.0.1', backlog: 4096 });

import { firstLine, type Site, type System, startConfigured } from './system.ts';

const config = (site: Site, port: number): string => `
global
  nbthread 1
  maxconn 9000
  tune.bufsize 65536
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
frontend clients
  bind 127.0.0.1:${port} backlog 4096 ssl crt ${site.material.files.serverBundle} ca-file ${site.material.files.ca} verify required ssl-min-ver TLSv1.3 ssl-max-ver TLSv1.3 ciphersuites TLS_AES_128_GCM_SHA256 curves X25519:P-256 no-tls-tickets
  default_backend sink
backend sink
  server sink 127.0.0.1:${site.sinkPort}
`;

/** HAProxy in TCP mode: terminates mutual TLS and forwards the bytes. */
export const haproxy: System = {
  name: 'haproxy',
  available() {
    const version = firstLine('haproxy', ['-v'], /HAProxy version \S+/);
    return version === undefined ? { missing: 'no command haproxy' } : { version };
  },
  start: (site) =>
    startConfigured('haproxy', site, { file: 'haproxy.cfg', text: (port) => config(site, port) }, (file) => [
      'haproxy',
      '-db',
      '-f',
      file,
    ]),
};

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { firstLine, type Site, type System, startConfigured } from './system.ts';

const MODULE_DIRECTORIES = ['/usr/lib/nginx/modules', '/usr/lib64/nginx/modules', '/usr/local/libexec/nginx'];

/** The line that loads the stream module, '' where it is built in, undefined where there is none. */
function loadStream(): string | undefined {
  const build = spawnSync('nginx', ['-V'], { encoding: 'utf8', timeout: 10_000 }).stderr ?? '';
  if (/--with-stream(\s|$)/.test(build)) return '';
  for (const directory of MODULE_DIRECTORIES) {
    const file = `${directory}/ngx_stream_module.so`;
    if (existsSync(file)) return `load_module ${file};`;
  }
  return undefined;
}

const config = (site: Site, port: number): string => `
${loadStream()}
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${site.dir}/nginx-${port}.pid;
error_log stderr crit;
events { worker_connections 18000; }
stream {
  access_log off;
  server {
    listen 127.0.0.1:${port} ssl backlog=4096;
    ssl_certificate ${site.material.files.serverCert};
    ssl_certificate_key ${site.material.files.serverKey};
    ssl_client_certificate ${site.material.files.ca};
    ssl_verify_client on;
    ssl_protocols TLSv1.3;
    ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
    ssl_ecdh_curve X25519:prime256v1;
    ssl_session_tickets off;
    ssl_session_cache off;
    proxy_buffer_size 64k;
    proxy_timeout 1h;
    proxy_pass 127.0.0.1:${site.sinkPort};
  }
}
`;

/** nginx' stream module: terminates mutual TLS and forwards the bytes. */
export const nginx: System = {
  name: 'nginx',
  available() {
    const version = firstLine('nginx', ['-v'], /nginx\/\S+/);
    if (version === undefined) return { missing: 'no command nginx' };
    return loadStream() === undefined ? { missing: 'nginx has no stream module' } : { version };
  },
  start: (site) =>
    startConfigured('nginx', site, { file: 'nginx.conf', text: (port) => config(site, port) }, (file) => [
      'nginx',
      '-p',
      site.dir,
      '-e',
      'stderr',
      '-c',
      file,
    ]),
};

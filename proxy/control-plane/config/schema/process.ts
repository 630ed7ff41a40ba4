/** The process itself, and its interfaces for operators. */
import * as z from 'zod';
import { listenAddress } from './fields/address.ts';
import { count, duration, HOUR, MINUTE } from './fields/quantity.ts';
import { list, oneOf, section } from './fields/section.ts';
import { choice, flag, path, secret, text } from './fields/text.ts';

/** The keys at the top of the file that concern the process as a whole. */
export const processKeys = {
  workers: z
    .union([z.literal('auto'), z.int().min(0).max(64)], { error: 'must be auto, or a whole number from 0 to 64' })
    .meta({ type: 'auto or a whole number', limits: '0 to 64' })
    .prefault('auto')
    .describe('Threads that carry connections. `auto`: one per core; 0: the main thread carries them.'),
  accept: choice(['auto', 'transfer', 'reuse-port', 'single'])
    .prefault('auto')
    .describe('How accepted connections reach the workers. `auto`: the best way that this Node offers.'),
  reader: choice(['auto', 'user-buffer', 'push', 'data'])
    .prefault('auto')
    .describe('How bytes are read from a socket. `auto`: the fastest way that passes its self-test on this Node.'),
  maxConnections: count({ min: 1, max: 1_000_000 })
    .prefault(10_000)
    .describe('Client connections of the whole process; with more, new ones are closed.'),
  drain: section({
    delay: duration({ min: 0, max: 10 * MINUTE })
      .prefault('0s')
      .describe('From SIGTERM (not ready) until no connections are accepted: time for load balancers to react.'),
    deadline: duration({ min: 0, max: HOUR })
      .prefault('20s')
      .describe('Period after `delay` over which live connections are closed.'),
    wills: choice(['suppress', 'publish'])
      .prefault('suppress')
      .describe('Whether the wills of clients that the drain disconnects are published.'),
  })
    .prefault({})
    .describe('What SIGTERM does.'),
  log: section({
    level: choice(['debug', 'info', 'warn', 'error']).prefault('info').describe('Lowest severity that is logged.'),
    format: choice(['json', 'text']).prefault('json').describe('One JSON object per line, or readable text.'),
  })
    .prefault({})
    .describe('The log on standard output.'),
  reloadInterval: duration({ min: 0, max: HOUR })
    .prefault('10s')
    .describe(
      'How often the configuration, certificates, keys and secrets are checked for changes. `0s`: reloads only by SIGHUP and `headgate reload`.',
    ),
  strictPermissions: choice(['warn', 'refuse'])
    .prefault('warn')
    .describe('What follows when other users can read or write a private key or secret: a warning, or an error.'),
};

/** The schema of `deny`. */
export const deny = section({
  file: path('a YAML file').describe(
    'Certificates and principals that are always refused; their live sessions are ended. A YAML list of entries, each with one of `serial` (with `issuer`: a name or SHA-256), `sha256`, `spki`, `subject` (attributes with patterns) and `principal`, and optionally `reason`, `until` and `id`. The file is only read: `headgate deny` keeps its entries in `state.dir`.',
  ),
}).describe('The deny list of the operator.');

/** The schema of `audit`. */
export const audit = section({
  file: path('a file').describe('JSON lines, one for each rejection; appended to, created with mode 0600.'),
  onOverflow: choice(['drop'])
    .prefault('drop')
    .describe('What happens when the disk is slower than the rejections: they are dropped and counted.'),
}).describe('The audit file.');

/** The schema of `telemetry`. */
export const telemetry = section({
  sampling: z
    .number()
    .min(0)
    .max(1)
    .meta({ type: 'a number', limits: '0 to 1' })
    .prefault(0.01)
    .describe('Share of forwarded packets that get a span. Rejections always get one.'),
  endpoint: secret('a URL such as http://127.0.0.1:4318')
    .superRefine((written, context) => {
      const url = URL.parse(written);
      if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
        context.addIssue({ code: 'custom', message: 'must be a URL that begins with http:// or https://' });
      }
    })
    .exactOptional()
    .meta({ default: 'the OTEL_* environment' })
    .describe('Base URL of an OTLP/HTTP receiver.'),
  traces: flag().prefault(true).describe('Export spans.'),
  metrics: flag().prefault(true).describe('Export metrics over OTLP as well.'),
}).describe('OpenTelemetry. Absent: the SDK is not loaded.');

/** The schema of `probe`. */
export const probe = section({
  listen: listenAddress().describe('Address of /healthz, /readyz and /metrics (plain HTTP, no secrets).'),
}).describe('Health, readiness and metrics.');

/** The schema of `admin`. */
export const admin = oneOf(
  section({
    socket: path('a Unix socket')
      .exactOptional()
      .meta({ default: '`headgate.sock` without `listen`' })
      .describe('Unix socket of the admin interface, mode 0600.'),
    listen: listenAddress()
      .exactOptional()
      .describe('TCP address instead of the socket. Needs `token`; beyond loopback also `tls`.'),
    token: secret('a token')
      .min(16, 'a token needs at least 16 characters')
      .exactOptional()
      .describe('Bearer token required over TCP.'),
    tls: section({
      certificate: path('a PEM file').describe('Certificate shown to operators.'),
      key: path('a PEM file').describe('Private key of `certificate`.'),
      clientCa: path('a PEM file').describe('Certificates in which the operators’ chains must end.'),
    })
      .exactOptional()
      .describe('Mutual TLS of the admin interface.'),
    hosts: list(text('a host name', 253), 64)
      .prefault([])
      .describe('Host names accepted in requests, in addition to localhost and loopback addresses.'),
  }),
  ['socket', 'listen'],
  0,
).describe(
  'The admin interface: rejections, policy, reload, deny list. `headgate rejections` and others connect to it.',
);

/** The schema of `state`. */
export const state = section({
  dir: path('a directory').describe('Directory (mode 0700) for what must survive a restart.'),
}).describe('State on disk.');

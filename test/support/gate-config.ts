import { stringify } from 'yaml';
import { testPki } from './pki.ts';
import type { TempDir } from './temp-dir.ts';

/** A part of the configuration as users write it. */
export type Section = Readonly<Record<string, unknown>>;

export interface GateOptions {
  /** Loopback port of the broker behind the gate. */
  readonly broker: number;
  /** Port of the listener; 0 lets the system choose. Default 0. */
  readonly port?: number;
  /** Keys of the listener to add or replace (`upstream`, `timeouts`, `admission`, `mqtt` ...). */
  readonly listener?: Section;
  /** Further listeners; each needs at least name, listen and upstream. */
  readonly listeners?: readonly Section[];
  /** Keys of the role `device` to add or replace: `mqtt`, `limits`. */
  readonly device?: Section;
  /** Further roles, and identities that are tried before the one for devices. */
  readonly roles?: Section;
  readonly identities?: readonly Section[];
  /** Further top-level keys (`workers`, `admin`, `telemetry` ...). */
  readonly more?: Section;
}

/**
 * A configuration in which `testPki().device(name)` is the principal `name`, may publish below
 * plant/p1/name/ (not firmware), and may subscribe to plant/p1/name/cmd/+ . The data plane runs
 * in the main thread.
 */
export function gateYaml(options: GateOptions): string {
  const base = {
    protocol: 'mqtt',
    tls: { profile: 'mozilla-intermediate', certificate: 'server.pem', key: 'server.key', clients: ['devices'] },
  };
  const first = {
    ...base,
    name: 'mqtt',
    listen: `127.0.0.1:${options.port ?? 0}`,
    upstream: { address: `127.0.0.1:${options.broker}` },
    ...options.listener,
  };
  return stringify({
    listeners: [first, ...(options.listeners ?? []).map((listener) => ({ ...base, ...listener }))],
    trust: { devices: { ca: 'ca.pem' } },
    identities: [
      ...(options.identities ?? []),
      {
        name: 'devices',
        when: { trust: 'devices', subject: { O: 'Acme' }, san: { uri: 'spiffe://acme/{plant}/{device}' } },
        principal: '{device}',
        roles: ['device'],
      },
    ],
    roles: { device: { mqtt: DEVICE, ...options.device }, ...options.roles },
    workers: 0,
    ...options.more,
  });
}

const DEVICE = {
  clientId: '{device}',
  allow: [
    { publish: 'plant/{plant}/{device}/#', qos: [0, 1, 2] },
    { subscribe: 'plant/{plant}/{device}/cmd/+' },
    { will: 'plant/{plant}/{device}/#' },
  ],
  deny: [{ publish: 'plant/+/+/firmware/#' }],
};

/** Writes the configuration with the certificates it names and returns its path. */
export async function writeGate(dir: TempDir, options: GateOptions): Promise<string> {
  const pki = await testPki();
  const server = await pki.server();
  dir.write('server.pem', server.cert);
  dir.write('server.key', server.key);
  dir.write('ca.pem', pki.ca);
  return dir.write('headgate.yaml', gateYaml(options));
}

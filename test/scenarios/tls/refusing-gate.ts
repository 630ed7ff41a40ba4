/** The gate before which the refused chains of these scenarios are shown: one listener for every kind of trust. */
import { createHash } from 'node:crypto';
import { createAuthority } from '../../../proxy/cli/pki/authority.ts';
import { pem } from '../../../proxy/cli/pki/der-writer.ts';
import type { GateOptions, Section } from '../../support/gate-config.ts';
import type { Credentials, TestPki } from '../../support/pki.ts';
import { serialOf } from '../../support/shown-certificate.ts';
import type { TempDir } from '../../support/temp-dir.ts';
import type { ListenerName } from './shown-chain.ts';
import { anchor, otherAnchor } from './shown-chain.ts';

const DAY = 86_400_000;

/** Listener -> its trust stores. */
const LISTENERS = {
  mqtt: ['devices'],
  /** Trusts two roots, each by a store of its own. */
  twins: ['devices', 'other'],
  /** Pins a key that no chain has. */
  pinned: ['pinned'],
  /** Has a list, on which `REVOKED` is. */
  listed: ['listed'],
  /** Wants a list and has none of its authority. */
  unlisted: ['unlisted'],
  /** Trusts the foreign authority of `TestPki`, whose list ran out. */
  stale: ['stale'],
} as const satisfies Record<ListenerName, readonly string[]>;
/** Name of the device of `TestPki` that is on the list. */
export const REVOKED = 'pump-revoked';
/** Common name of what the deny list names. */
export const DENIED = 'pump-denied';

/** Writes what the gate reads into `dir`. `more`: further top-level keys of its configuration. */
export async function refusingGate(
  { broker, more }: { readonly broker: number; readonly more: Section },
  pki: TestPki,
  dir: TempDir,
): Promise<GateOptions> {
  const certificate = ({ der }: typeof anchor): string => pem('CERTIFICATE', der);
  const plant = dir.write('plant.pem', certificate(anchor));
  const other = dir.write('other.pem', certificate(otherAnchor));
  const ca = dir.write('test-ca.pem', pki.ca);
  const foreign = dir.write('foreign-ca.pem', pki.foreign.cert);
  const revoked = [await pki.device(REVOKED)].map((one: Credentials) => ({ serial: serialOf(one) }));
  const past = { thisUpdate: new Date(Date.now() - 3 * DAY), nextUpdate: new Date(Date.now() - 2 * DAY) };
  const listed = dir.write('listed.crl', await pki.authority.crl({ number: 1, revoked }));
  const elsewhere = await createAuthority({ commonName: 'Elsewhere' });
  const unlisted = dir.write('unlisted.crl', await elsewhere.crl({ number: 1, revoked: [] }));
  const stale = dir.write('stale.crl', await pki.foreign.crl({ number: 1, revoked: [], ...past }));
  const trust = {
    devices: { ca: plant },
    other: { ca: other },
    pinned: { ca: plant, pins: [createHash('sha256').update('no key').digest('hex')] },
    listed: { ca, revocation: { crl: listed } },
    unlisted: { ca, revocation: { crl: unlisted } },
    stale: { ca: foreign, revocation: { crl: stale } },
  };
  const denied = dir.write('deny.yaml', `- subject: { CN: ${DENIED} }\n  reason: stolen in Riga\n`);
  const listeners = Object.entries(LISTENERS).map(([name, clients]) => ({
    name,
    listen: '127.0.0.1:0',
    upstream: { address: `127.0.0.1:${broker}` },
    tls: { profile: 'mozilla-intermediate', certificate: 'server.pem', key: 'server.key', clients },
  }));
  const [first, ...others] = listeners;
  return {
    broker,
    listener: { tls: first?.tls },
    listeners: others,
    more: { trust, deny: { file: denied }, ...more },
  };
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, type IssueRequest } from '../pki/authority.ts';

const HOUR = 3_600_000;

/** PEM. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
}

interface Card {
  readonly request: IssueRequest;
  /** Signed by an authority that the gate does not know. */
  readonly foreign?: true;
}

/** All clients of the demo with a certificate; NAME.pem and NAME.key in the folder of the demo. */
const CARDS = {
  'pump-1': { request: acme('devices', 'pump-1') },
  'sensor-7': { request: acme('devices', 'sensor-7') },
  'valve-4': { request: acme('devices', 'valve-4') },
  'gateway-2': { request: acme('gateways', 'gateway-2') },
  'meter-3': { request: acme('meters', 'meter-3') },
  'meter-5': { request: acme('meters', 'meter-5') },
  'erp-1': { request: acme('erp', 'erp-1') },
  'feed-3': { request: acme('feeds', 'feed-3') },
  'pump-9': { request: { ...acme('devices', 'pump-9'), notAfter: new Date(Date.now() - HOUR) } },
  forger: { request: acme('devices', 'pump-1'), foreign: true },
  visitor: { request: { subject: 'O=Visitors,CN=visitor' } },
} as const satisfies Readonly<Record<string, Card>>;

/** A client with a certificate: the name of its files and, mostly, its common name. */
export type CardName = keyof typeof CARDS;

/** The certificates of the demo, PEM. */
export interface Certificates {
  /** The authority of the plant, PEM. */
  readonly ca: string;
  readonly of: Readonly<Record<CardName, Credentials>>;
  readonly count: number;
}

/** Makes two authorities, the gate's certificate and everybody's, and writes them into `dir`. */
export async function makeCertificates(dir: string): Promise<Certificates> {
  const [plant, foreign] = await Promise.all([
    createAuthority({ commonName: 'Acme Plant CA' }),
    createAuthority({ commonName: 'Somebody Else CA' }),
  ]);
  const server = await plant.issue({ subject: 'CN=localhost', dns: 'localhost', ip: '127.0.0.1', eku: 'server' });
  const cards = Object.entries<Card>(CARDS);
  const issued = await Promise.all(
    cards.map(async ([name, card]) => [name, await (card.foreign ? foreign : plant).issue(card.request)] as const),
  );
  await writeFile(join(dir, 'ca.pem'), plant.cert);
  for (const [name, { cert, key }] of [...issued, ['server', server] as const]) {
    await writeFile(join(dir, `${name}.pem`), cert);
    await writeFile(join(dir, `${name}.key`), key, { mode: 0o600 });
  }
  return {
    ca: plant.cert,
    of: Object.fromEntries<Credentials>(issued) as Record<CardName, Credentials>,
    count: issued.length + 1,
  };
}

function acme(unit: string, name: string): IssueRequest {
  return { subject: `O=Acme,OU=${unit},CN=${name}`, uri: `spiffe://acme/p1/${name}` };
}

/** headgate with a trust store of its own whose revocation list and deny list can be changed while it runs. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ChainCertificate } from '../../../policies/x509/chain/chain-certificate.ts';
import { readAdmin, writeAdmin } from '../../../proxy/cli/admin-client.ts';
import { type Authority, createAuthority, type Issued } from '../../../proxy/cli/pki/authority.ts';
import { DENY_ADD } from '../../../proxy/control-plane/api/deny.ts';
import { POLICY } from '../../../proxy/control-plane/api/generation.ts';
import { RELOAD } from '../../../proxy/control-plane/api/reload.ts';
import { crl, crlNumber, entry, largeSerial } from '../../policies/revocation/support/crl-writer.ts';
import { utcTime } from '../../policies/x509/der-writer.ts';
import { waitFor } from '../../support/wait.ts';
import { startHeadgate } from './headgate.ts';
import { headgateYaml } from './headgate-config.ts';
import type { RunningSystem, Site } from './system.ts';

/** Milliseconds between looks at the files. */
const POLL = 100;
const DAY = 86_400_000;

/** Clients of one authority. */
export interface DrillClients {
  readonly authority: Authority;
  readonly clients: readonly Issued[];
}

export async function drillClients(count: number): Promise<DrillClients> {
  const authority = await createAuthority({ commonName: 'drill-ca', days: 2 });
  const issue = (i: number) => authority.issue({ subject: `O=Bench,CN=device-${i}`, eku: 'client', days: 2 });
  return { authority, clients: await Promise.all(Array.from({ length: count }, (_, i) => issue(i))) };
}

/** A gate that is about to refuse some of its clients. */
export class Drill {
  readonly running: RunningSystem;
  readonly #authority: Authority;
  readonly #list: string;
  readonly #socket: string;
  readonly #configure: (policy: string) => void;
  #number = 1;

  private constructor(
    running: RunningSystem,
    authority: Authority,
    files: { readonly list: string; readonly socket: string },
    configure: (policy: string) => void,
  ) {
    this.running = running;
    this.#authority = authority;
    this.#list = files.list;
    this.#socket = files.socket;
    this.#configure = configure;
  }

  /** Starts it with an empty list. `policy`: YAML of identities and roles, instead of one identity for all. */
  static async start(site: Site, { authority }: DrillClients, workers: number, policy?: string): Promise<Drill> {
    const file = (name: string) => join(site.dir, `drill-${name}`);
    writeFileSync(file('ca.pem'), authority.cert);
    writeFileSync(file('list.pem'), await authority.crl({ number: 1, revoked: [], days: 2 }));
    const text = (port: number, own: string | undefined): string => {
      const { identities, roles, ...config } = parse(headgateYaml(site, port));
      const store = { ca: file('ca.pem'), revocation: { crl: file('list.pem') } };
      const admin = { socket: file('admin.sock') };
      const common = stringify({
        ...config,
        trust: { 'bench-ca': store },
        admin,
        workers,
        // Where a policy is given it is reloaded when asked for: seen by itself as well, it would be read twice.
        reloadInterval: policy === undefined ? `${POLL}ms` : '0s',
      });
      return common + (own ?? stringify({ identities, roles }));
    };
    const running = await startHeadgate(site, { file: 'drill.yaml', text: (port) => text(port, policy) });
    // A port that answers has no policy behind it yet: a large one takes a moment.
    await waitFor('a generation in force', async () => {
      const { id } = await readAdmin({ at: file('admin.sock') }, POLICY);
      return id > 0;
    });
    const configure = (next: string) => writeFileSync(running.config, text(running.port, next));
    return new Drill(running, authority, { list: file('list.pem'), socket: file('admin.sock') }, configure);
  }

  /** As `headgate reload` with other identities and roles: answers when every worker has judged its sessions. */
  async reload(policy: string): Promise<void> {
    this.#configure(policy);
    await writeAdmin({ at: this.#socket }, RELOAD, {});
  }

  /** As `headgate deny add`: answers when every worker has judged its sessions. */
  async deny({ serial }: Issued): Promise<void> {
    const issuer = new X509Certificate(this.#authority.cert).subject;
    await writeAdmin({ at: this.#socket }, DENY_ADD, { serial, issuer });
  }

  /** Makes the next list, of these and `others` that nobody has; `drop` puts it in place. */
  nextList(revoked: readonly Issued[], others = 0): { drop(): void } {
    const beside = `${this.#list}.new`;
    writeFileSync(beside, signedList(this.#authority, ++this.#number, revoked, others));
    return { drop: () => renameSync(beside, this.#list) };
  }
}

/** DER of a list. A hundred thousand entries are more than the writer of `headgate pki` is made for. */
function signedList({ cert, key }: Authority, number: number, revoked: readonly Issued[], others: number): Buffer {
  const ca = new ChainCertificate(new X509Certificate(cert).raw);
  const serials = [
    ...revoked.map(({ serial }) => Buffer.from(serial, 'hex')),
    ...Array.from({ length: others }, (_, i) => largeSerial(i)),
  ];
  const spki = Buffer.from(ca.bytes(ca.certificate.publicKey));
  const now = Date.now();
  return crl({
    issuer: ca.bytes(ca.certificate.subject),
    thisUpdate: utcTime(asUtcTime(now - 60_000)),
    nextUpdate: utcTime(asUtcTime(now + DAY)),
    entries: serials.map((serial) => entry([...serial], asUtcTime(now - DAY))),
    extensions: [crlNumber(number)],
    key: { privateKey: createPrivateKey(key), spki, keyHash: Buffer.from(ca.keySha256, 'hex') },
  });
}

/** `YYMMDDhhmmssZ` (RFC 5280 4.1.2.5.1). */
function asUtcTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`;
}

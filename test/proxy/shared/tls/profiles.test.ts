import assert from 'node:assert/strict';
import test from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { profileOptions } from '../../../../proxy/shared/tls/profile-options.ts';
import { TLS_PROFILE_NAMES, TLS_PROFILES } from '../../../../proxy/shared/tls/profiles.ts';
import type { KeyName } from '../../data-plane/tls/credentials.ts';
import { type Agreed, TlsServer } from '../../data-plane/tls/handshake-offers.ts';
import {
  ANYTHING,
  KEY_AGREEMENTS,
  type Offer,
  SIGNATURE_SCHEMES,
  SUITES,
  VERSIONS,
} from '../../data-plane/tls/offers.ts';

/** What OpenSSL calls a group that was agreed on. */
const GROUP_NAMES: Readonly<Record<string, string>> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
};
const groupName = (group: string) => GROUP_NAMES[group] ?? group.replace(/tls13$/, '');

/** Servers with the same options and different keys. */
class Servers implements AsyncDisposable {
  readonly #started = new Map<string, TlsServer>();
  readonly #options: Parameters<typeof TlsServer.start>[0];

  constructor(options: Parameters<typeof TlsServer.start>[0]) {
    this.#options = options;
  }

  async with(keys: readonly KeyName[]): Promise<TlsServer> {
    const found = this.#started.get(keys.join()) ?? (await TlsServer.start(this.#options, keys));
    this.#started.set(keys.join(), found);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#started.values()) await server[Symbol.asyncDispose]();
  }
}

interface Kind {
  readonly what: string;
  readonly offers: readonly Offer[];
  /** The name of an offer as the agreement tells it; undefined: it does not. */
  found(agreed: Agreed): string | undefined;
  expected(name: string): string;
  listed(profile: (typeof TLS_PROFILES)[keyof typeof TLS_PROFILES]): readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    what: 'versions',
    offers: VERSIONS,
    found: ({ version }) => version,
    expected: (name) => name,
    listed: ({ versions }) => versions,
  },
  {
    what: 'suites',
    offers: SUITES,
    found: ({ suite }) => suite,
    expected: (name) => name,
    listed: ({ suites }) => [...suites['TLSv1.3'], ...suites['TLSv1.2']],
  },
  {
    what: 'groups',
    offers: KEY_AGREEMENTS,
    found: ({ group }) => group,
    expected: groupName,
    listed: ({ groups }) => [...groups.postQuantum, ...groups.classic],
  },
  {
    what: 'signatures',
    offers: SIGNATURE_SCHEMES,
    found: () => undefined,
    expected: (name) => name,
    listed: ({ signatures }) => signatures,
  },
];

async function attempt(server: TlsServer, client: ConnectionOptions): Promise<Agreed | string> {
  try {
    return await server.agree(client);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}

for (const name of TLS_PROFILE_NAMES) {
  const profile = TLS_PROFILES[name];
  for (const { what, offers, found, expected, listed } of KINDS) {
    test(`${name}: its ${what} can be agreed on, each alone, and no others`, async () => {
      await using servers = new Servers(profileOptions(name));
      const allowed = listed(profile);
      assert.ok(allowed.length > 0);
      assert.deepEqual(
        allowed.filter((one) => !offers.some((offer) => offer.name === one)),
        [],
        'every one that is listed is tried',
      );
      for (const offer of offers) {
        const server = await servers.with(offer.serverKeys);
        const failed = server.errors.length;
        const agreed = await attempt(server, offer.client);
        if (allowed.includes(offer.name)) {
          assert.ok(typeof agreed === 'object', `${offer.name} is listed, but: ${agreed} / ${server.errors.at(-1)}`);
          const seen = found(agreed);
          if (seen !== undefined) assert.equal(seen, expected(offer.name));
        } else {
          assert.ok(typeof agreed === 'string', `${offer.name} is not listed, but was agreed on`);
          assert.equal(server.errors.length, failed + 1, `the server refused ${offer.name}: ${agreed}`);
        }
      }
    });
  }
}

test('a server without a profile agrees to every one of these, so that refusals are its own', async () => {
  const everything = (offers: readonly Offer[], key: 'ecdhCurve' | 'sigalgs') =>
    offers.map(({ client }) => client[key]).join(':');
  await using servers = new Servers({
    minVersion: 'TLSv1.1',
    ciphers: [ANYTHING, ...SUITES.map(({ name }) => name)].join(':'),
    ecdhCurve: everything(KEY_AGREEMENTS, 'ecdhCurve'),
    sigalgs: everything(SIGNATURE_SCHEMES, 'sigalgs'),
    dhparam: 'auto',
  });
  for (const offer of KINDS.flatMap(({ offers }) => offers)) {
    const server = await servers.with(offer.serverKeys);
    const agreed = await attempt(server, offer.client);
    assert.ok(typeof agreed === 'object', `${offer.name}: ${agreed} / ${server.errors.at(-1)}`);
  }
});

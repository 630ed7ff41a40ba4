import { type Authority, createAuthority, type Issued, type IssueRequest } from '../../proxy/cli/pki/authority.ts';
import type { TempDir } from './temp-dir.ts';

const HOUR = 3_600_000;

/** What a TLS client or server of a test shows and trusts; all PEM. */
export interface Credentials {
  readonly cert: string;
  readonly key: string;
  /** The authority whose servers (or clients) it trusts. */
  readonly ca: string;
}

/** Certificates of one test process: the authority of the plant, a foreign one, and what they issued by name. */
export class TestPki {
  readonly authority: Authority;
  readonly foreign: Authority;
  readonly #issued = new Map<string, Promise<Issued>>();

  constructor(authority: Authority, foreign: Authority) {
    this.authority = authority;
    this.foreign = foreign;
  }

  get ca(): string {
    return this.authority.cert;
  }

  /** For localhost, 127.0.0.1 and ::1. */
  server(): Promise<Credentials> {
    return this.#named('server', this.authority, {
      subject: 'CN=localhost',
      dns: ['localhost'],
      ip: ['127.0.0.1', '::1'],
      eku: 'server',
    });
  }

  /** `O=Acme,CN=name` with the URI spiffe://acme/plant/name: what the identities of `gateYaml` match. */
  device(name: string, plant = 'p1'): Promise<Credentials> {
    return this.#named(`device ${plant}/${name}`, this.authority, deviceRequest(name, plant));
  }

  expired(name: string, plant = 'p1'): Promise<Credentials> {
    const validity = { notBefore: new Date(Date.now() - 2 * HOUR), notAfter: new Date(Date.now() - HOUR) };
    return this.#named(`expired ${plant}/${name}`, this.authority, { ...deviceRequest(name, plant), ...validity });
  }

  notYetValid(name: string, plant = 'p1'): Promise<Credentials> {
    const validity = { notBefore: new Date(Date.now() + 48 * HOUR), notAfter: new Date(Date.now() + 49 * HOUR) };
    return this.#named(`early ${plant}/${name}`, this.authority, { ...deviceRequest(name, plant), ...validity });
  }

  /** The same names from an authority that nobody trusts. */
  foreigner(name: string, plant = 'p1'): Promise<Credentials> {
    return this.#named(`foreign ${plant}/${name}`, this.foreign, deviceRequest(name, plant));
  }

  /** A good certificate that no identity matches. */
  unmapped(): Promise<Credentials> {
    return this.#named('unmapped', this.authority, { subject: 'O=Other,CN=nobody' });
  }

  /** Anything else. Not cached. */
  async issue(request: IssueRequest, authority = this.authority): Promise<Credentials> {
    return { ...(await authority.issue(request)), ca: this.ca };
  }

  async #named(name: string, authority: Authority, request: IssueRequest): Promise<Credentials> {
    let issued = this.#issued.get(name);
    if (issued === undefined) {
      issued = authority.issue(request);
      this.#issued.set(name, issued);
    }
    return { ...(await issued), ca: this.ca };
  }
}

function deviceRequest(name: string, plant: string): IssueRequest {
  return { subject: `O=Acme,CN=${name}`, uri: [`spiffe://acme/${plant}/${name}`] };
}

let cached: Promise<TestPki> | undefined;

/** The certificates of this test process; made once. */
export function testPki(): Promise<TestPki> {
  cached ??= Promise.all([
    createAuthority({ commonName: 'Test CA' }),
    createAuthority({ commonName: 'Foreign CA' }),
  ]).then(([authority, foreign]) => new TestPki(authority, foreign));
  return cached;
}

/** Writes credentials where command-line clients can read them; names the files. */
export function writeCredentials(dir: TempDir, name: string, { cert, key, ca }: Credentials): Credentials {
  return {
    cert: dir.write(`${name}.pem`, cert),
    key: dir.write(`${name}.key`, key),
    ca: dir.write(`${name}.ca.pem`, ca),
  };
}

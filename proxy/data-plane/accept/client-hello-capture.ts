import type { ClientHelloFacts } from '../../../policies/tls/client-hello.ts';
import { type TlsOffer, tlsOffer } from '../../../policies/tls/offer.ts';

/**
 * What a connection keeps of its ClientHello: the server name, and the rest only for the case that
 * the client is refused. The lists are kept as text, one UTF-16 unit per number: a quarter of the
 * memory of arrays, and nothing of the hello's bytes stays.
 */
export class ClientHelloCapture {
  /** Server name in lower case; undefined when the client sent none. */
  readonly sni: string | undefined;
  readonly #legacyVersion: number;
  readonly #versions: string;
  readonly #cipherSuites: string;
  readonly #groups: string;
  readonly #keyShares: string;
  readonly #signatureAlgorithms: string;
  readonly #extensions: string;
  readonly #alpn: readonly string[];
  readonly #hasPsk: boolean;
  readonly #earlyData: boolean;
  #offer: TlsOffer | null = null;

  constructor(facts: ClientHelloFacts) {
    this.sni = facts.sni;
    this.#legacyVersion = facts.legacyVersion;
    this.#versions = packed(facts.versions);
    this.#cipherSuites = packed(facts.cipherSuites);
    this.#groups = packed(facts.groups);
    this.#keyShares = packed(facts.keyShares);
    this.#signatureAlgorithms = packed(facts.signatureAlgorithms);
    this.#extensions = packed(facts.extensions);
    this.#alpn = facts.alpn;
    this.#hasPsk = facts.hasPsk;
    this.#earlyData = facts.earlyData;
  }

  facts(): ClientHelloFacts {
    return {
      legacyVersion: this.#legacyVersion,
      versions: unpacked(this.#versions),
      cipherSuites: unpacked(this.#cipherSuites),
      groups: unpacked(this.#groups),
      keyShares: unpacked(this.#keyShares),
      signatureAlgorithms: unpacked(this.#signatureAlgorithms),
      alpn: this.#alpn,
      sni: this.sni,
      extensions: unpacked(this.#extensions),
      hasPsk: this.#hasPsk,
      earlyData: this.#earlyData,
    };
  }

  /** For people; made when it is first asked for, because the fingerprint costs more than the reading. */
  offer(): TlsOffer {
    this.#offer ??= tlsOffer(this.facts());
    return this.#offer;
  }
}

function packed(values: readonly number[]): string {
  return String.fromCharCode(...values);
}

function unpacked(text: string): number[] {
  const values: number[] = [];
  for (let at = 0; at < text.length; at++) values.push(text.charCodeAt(at));
  return values;
}

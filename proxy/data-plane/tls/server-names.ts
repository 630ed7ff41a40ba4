import { X509Certificate } from 'node:crypto';
import { readCertificate } from '../../../policies/x509/certificate.ts';

/** The DNS names of the first certificate in a PEM text, as written. @throws X509Error */
export function dnsNames(pem: string): readonly string[] {
  return readCertificate(new X509Certificate(pem).raw).san.dns;
}

/**
 * What is meant by the name that a client asks for (RFC 6066, section 3): names without regard to
 * case, `*.` for exactly one label (RFC 9525, section 6.3), an exact name before a wildcard.
 */
export class ServerNames<T> {
  readonly #byName = new Map<string, T>();

  /** Of two with the same name the first has it. */
  constructor(named: readonly (readonly [names: readonly string[], value: T])[]) {
    for (const [names, value] of named) {
      for (const name of names) {
        const key = name.toLowerCase();
        if (!this.#byName.has(key)) this.#byName.set(key, value);
      }
    }
  }

  /** `name` in lower case; undefined: the client asked for none. */
  find(name: string | undefined): T | undefined {
    if (name === undefined || this.#byName.size === 0) return undefined;
    const dot = name.indexOf('.');
    return this.#byName.get(name) ?? (dot > 0 ? this.#byName.get(`*${name.slice(dot)}`) : undefined);
  }
}

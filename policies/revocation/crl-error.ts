import { X509Error } from '../x509/der.ts';

/** The bytes are not a certificate revocation list that may be used. The message says what and at which byte. */
export class CrlError extends Error {
  override readonly name = 'CrlError';
  /** Offset in the encoding. */
  readonly at: number;

  constructor(what: string, at: number) {
    super(`${what} (at byte ${at})`);
    this.at = at;
  }
}

/** Runs a reader; what the DER reader refuses becomes a CrlError of the same words. */
export function asCrlError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof X509Error)) throw error;
    throw new CrlError(error.message.slice(0, -` (at byte ${error.at})`.length), error.at);
  }
}

import { ANONYMOUS } from '../../identity/anonymous.ts';
import type { IdentitySource } from '../../source.ts';

/** The trust store that an identity is for; ANONYMOUS: clients without a certificate. */
export function storeOf({ when }: IdentitySource): string {
  return when.anonymous === true ? ANONYMOUS : (when.trust ?? ANONYMOUS);
}

/** In the middle of a sentence. */
export function storeWords(store: string): string {
  return store === ANONYMOUS ? 'clients without a certificate' : `the trust store ${JSON.stringify(store)}`;
}

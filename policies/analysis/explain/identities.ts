/** Every identity of a policy held against one certificate, in the order in which the gate tries them. */
import { ANONYMOUS } from '../../identity/anonymous.ts';
import { compileIdentity } from '../../identity/compile.ts';
import { matchIdentity } from '../../identity/match-identity.ts';
import type { PolicySource } from '../../source.ts';
import type { CertificateFacts } from '../../types.ts';

/** Why an identity matches a client, or does not. */
export interface IdentityLook {
  readonly name: string;
  /** `identities[0]`, with the condition where that alone decides: `identities[1].when.trust`. */
  readonly path: string;
  /** `other-store`: for clients of another trust store. `not-reached`: an identity before it matched. */
  readonly outcome: 'matches' | 'no-match' | 'other-store' | 'not-reached';
  /** One sentence; texts of the certificate in it are cut, not escaped. */
  readonly reason: string;
}

/**
 * `store` accepted the chain; ANONYMOUS: no certificate was shown. `now` as for `identify` of the policy. The source
 * has passed `checkPolicy`.
 */
export function lookAtIdentities(
  source: PolicySource,
  store: string,
  facts: CertificateFacts,
  now?: number,
): IdentityLook[] {
  let taken: string | undefined;
  return source.identities.map((identity, index): IdentityLook => {
    const path = `identities[${index}]`;
    const { name, when } = identity;
    const compiled = compileIdentity(identity, index, () => true, []);
    if (compiled.store !== store) {
      const part = when.anonymous === true ? 'anonymous' : 'trust';
      return { name, path: `${path}.when.${part}`, outcome: 'other-store', reason: forWhom(compiled.store) };
    }
    if (taken !== undefined) return { name, path, outcome: 'not-reached', reason: `${taken} comes first` };
    const match = matchIdentity(compiled, facts, now);
    if (typeof match === 'string') return { name, path, outcome: 'no-match', reason: match };
    taken = name;
    return { name, path, outcome: 'matches', reason: 'everything that it asks for is there' };
  });
}

function forWhom(store: string): string {
  return store === ANONYMOUS
    ? 'is for clients without a certificate'
    : `is for clients of the trust store ${JSON.stringify(store)}`;
}

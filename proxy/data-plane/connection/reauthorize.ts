import type { StopReason } from '../../../adapters/seam.ts';
import { ANONYMOUS } from '../../../policies/identity/anonymous.ts';
import type { Identified } from '../../../policies/types.ts';
import type { ChainVerdict } from '../../shared/trust/chain-verdict.ts';
import { holdsPin } from '../../shared/trust/verify-client-chain.ts';
import type { Generation, Listener } from '../generation.ts';
import type { OcspClient } from '../revocation/ocsp-client.ts';
import { checkRevocation } from '../revocation/revocation-check.ts';

/** Whether a session may go on in a generation: with what of it, or why not. */
export type Rejudgement =
  | { readonly stands: true; readonly listener: Listener; readonly who: Identified }
  | { readonly stands: false; readonly reason: StopReason; readonly words: string };

/**
 * Judges a client by a generation that is newer than its session, from the kept facts of its
 * certificate, at `now` (milliseconds since the epoch). `who`: what it was until now; a session
 * never becomes somebody else.
 */
export function rejudge(
  listenerName: string,
  { store: storeName, chain, facts }: ChainVerdict,
  who: Identified,
  { listeners, policy, revocation }: Generation,
  ocsp: Pick<OcspClient, 'known'>,
  now: number,
): Rejudgement {
  const listener = listeners.find(({ plan }) => plan.name === listenerName);
  if (listener === undefined) return { stands: false, reason: 'drain', words: 'the listener is gone' };
  const store = listener.trust.stores.get(storeName);
  if (storeName === ANONYMOUS) {
    if (listener.plan.tls.clientAuth === 'required') return changed('clients of this listener need a certificate now');
  } else if (!store?.anchors.has(chain.at(-1)?.sha256 ?? '')) {
    return changed('the CA of the certificate is no longer in a trust store of this listener');
  } else if (!holdsPin(chain, store)) {
    return changed(`no certificate of the chain has a key that the trust store ${storeName} pins now`);
  }
  const objection = checkRevocation(
    { chain, store, principal: who.principal, ocsp: store && ocsp.known(chain, store) },
    revocation,
    now,
  );
  if (objection !== undefined) return { stands: false, reason: objection.cause, words: objection.words };
  const found = policy.identify(storeName, facts, now, listener.plan.limits);
  if (!found.ok || found.identity !== who.identity || found.principal !== who.principal) {
    return changed('the certificate no longer stands for the same identity and principal');
  }
  return { stands: true, listener, who: found };
}

function changed(words: string): Rejudgement {
  return { stands: false, reason: 'policy-changed', words };
}

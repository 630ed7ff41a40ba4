import type { StopReason } from '../../adapters/seam.ts';
import { ANONYMOUS } from '../../policies/identity/anonymous.ts';
import type { Identified } from '../../policies/types.ts';
import type { Generation, Listener } from '../generation.ts';
import type { Trusted } from './client.ts';

/** Whether a session may go on in a generation: with what of it, or why not. */
export type Rejudgement =
  | { readonly stands: true; readonly listener: Listener; readonly who: Identified }
  | { readonly stands: false; readonly reason: StopReason; readonly words: string };

/**
 * Judges a client by a generation that is newer than its session, from the kept facts of its
 * certificate. `who`: what it was until now; a session never becomes somebody else.
 */
export function rejudge(listenerName: string, trusted: Trusted, who: Identified, generation: Generation): Rejudgement {
  const listener = generation.listeners.find(({ plan }) => plan.name === listenerName);
  if (listener === undefined) return { stands: false, reason: 'drain', words: 'the listener is gone' };
  if (trusted.store === ANONYMOUS) {
    if (listener.plan.tls.clientAuth === 'required') return changed('clients of this listener need a certificate now');
  } else if (!listener.stores.find(({ name }) => name === trusted.store)?.anchors.has(trusted.anchor)) {
    return changed('the CA of the certificate is no longer in a trust store of this listener');
  }
  const now = generation.policy.identify(trusted.store, trusted.facts);
  if (!now.ok || now.identity !== who.identity || now.principal !== who.principal) {
    return changed('the certificate no longer stands for the same identity and principal');
  }
  return { stands: true, listener, who: now };
}

function changed(words: string): Rejudgement {
  return { stands: false, reason: 'policy-changed', words };
}

import { ANONYMOUS } from '../../../policies/identity/anonymous.ts';
import type { Identified } from '../../../policies/types.ts';
import type { ChainVerdict } from '../../shared/trust/chain-verdict.ts';
import { holdsPin } from '../../shared/trust/verify-client-chain.ts';
import type { Generation } from '../generation.ts';
import type { Listener } from '../listener.ts';
import { checkRevocation } from '../revocation/revocation-check.ts';
import type { EndReason } from './live-connection.ts';
import type { CertificateChecks } from './services.ts';

/** Whether a session may go on in a generation: with what of it, or why not. */
export type Reauthorization =
  | { readonly stands: true; readonly listener: Listener; readonly identified: Identified }
  | ({ readonly stands: false } & EndReason);

/** A client as its session was authorized. */
export interface AuthorizedClient {
  /** Name of the listener. */
  readonly listener: string;
  readonly verdict: ChainVerdict;
  readonly identified: Identified;
}

/**
 * Authorizes a client by a generation that is newer than its session, from the kept facts of its
 * certificate, at `now` (milliseconds since the epoch). A session never becomes that of another principal.
 */
export function reauthorize(
  { listener: name, verdict: { store: storeName, chain, facts }, identified }: AuthorizedClient,
  { listeners, policy, revocation }: Generation,
  checks: Pick<CertificateChecks, 'knownOcsp'>,
  now: number,
): Reauthorization {
  const listener = listeners.find(({ plan }) => plan.name === name);
  if (listener === undefined) return { stands: false, reason: 'drain', message: 'the listener is gone' };
  const store = listener.trust.stores.get(storeName);
  if (storeName === ANONYMOUS) {
    if (listener.plan.tls.clientAuth === 'required') return changed('clients of this listener need a certificate now');
  } else if (!store?.anchors.has(chain.at(-1)?.sha256 ?? '')) {
    return changed('the CA of the certificate is no longer in a trust store of this listener');
  } else if (!holdsPin(chain, store)) {
    return changed(`no certificate of the chain has a key that the trust store ${storeName} pins now`);
  }
  const { principal } = identified;
  const ocsp = store && checks.knownOcsp(chain, store);
  const objection = checkRevocation({ chain, store, principal, ocsp }, revocation, now);
  if (objection !== undefined) return { stands: false, reason: objection.cause, message: objection.message };
  const found = policy.identify(storeName, facts, now, listener.plan.limits);
  if (!found.ok || found.identity !== identified.identity || found.principal !== principal) {
    return changed('the certificate no longer stands for the same identity and principal');
  }
  return { stands: true, listener, identified: found };
}

function changed(message: string): Reauthorization {
  return { stands: false, reason: 'policy-changed', message };
}

import type { Identified } from '../../../policies/types.ts';
import type { ClientHelloCapture } from '../accept/client-hello-capture.ts';
import type { Listener } from '../listener.ts';
import { isPostQuantum } from '../tls/post-quantum.ts';
import type { ConnectionRecords } from './services.ts';

/** Counts how a client agreed on keys, and with `pq: report` records it by client. */
export function countKeyAgreement(
  { counters, keyAgreement }: Pick<ConnectionRecords, 'counters' | 'keyAgreement'>,
  { plan: { name: listener, tls } }: Listener,
  hello: ClientHelloCapture,
  { identity, principal }: Identified,
): void {
  const kind = isPostQuantum(tls.profile, hello.facts()) ? 'hybrid' : 'classic';
  counters.count('headgate_key_agreements_total', { listener, identity, kind }).add(1);
  if (tls.pq === 'report') keyAgreement({ listener, identity, principal, kind, offer: () => hello.offer() });
}

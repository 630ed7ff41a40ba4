/** What is recorded of the client of a connection, beside what its session says. */
import type { Action, Permit } from '../../../policies/decision.ts';
import type { ClientFacts } from '../../../policies/event.ts';
import type { Identified } from '../../../policies/types.ts';
import type { ForwardSampleDraft } from '../../shared/events/batch.ts';
import type { Generation } from '../generation.ts';
import { accessOf } from '../protocols/table.ts';
import type { Client, Peer } from './client.ts';

/** The part of a rejection that the connection knows: all of it, as far as the client has come. */
export function clientFacts(client: Client): ClientFacts {
  const { identified, certificate, refused, peer } = client;
  const { name, protocol } = client.listener.plan;
  return {
    listener: name,
    protocol,
    peer: peerText(peer),
    ...(identified !== null && { principal: identified.principal, identity: identified.identity }),
    ...(certificate !== undefined && { certificate }),
    ...(refused.length > 1 && { issuers: refused.slice(1) }),
    ...tlsFacts(client),
  };
}

/** A forward of the sampled share; the client has an identity. */
export function sampleDraft(
  client: Client,
  { policy }: Generation,
  action: Action,
  resource: string,
  permit: Permit,
  bytes: number,
): ForwardSampleDraft {
  const identified = client.identified as Identified;
  const { identity, principal } = identified;
  const { plan } = client.listener;
  const { name: listener, protocol } = plan;
  const access = accessOf(plan, policy, identified, client.peer.address);
  const { ruleId } = access.explainPermit(permit, action, resource);
  return { listener, protocol, identity, principal, action, resource, ruleId, bytes };
}

/** What the client offered explains a failure; once it is known who the client is, it would only fill records. */
function tlsFacts({ tls, hello, sni, identified }: Client): Pick<ClientFacts, 'tls'> {
  const version = tls?.getProtocol() ?? undefined;
  if (hello === null && version === undefined) return {};
  const cipher = version === undefined ? undefined : tls?.getCipher()?.name;
  return {
    tls: {
      ...(version !== undefined && { version }),
      ...(cipher !== undefined && { cipher }),
      ...(sni !== undefined && { sni }),
      ...(hello !== null && identified === null && { offered: hello.offer() }),
    },
  };
}

/** `192.0.2.7:40001`, `[2001:db8::7]:40001`. */
function peerText({ address, port }: Peer): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

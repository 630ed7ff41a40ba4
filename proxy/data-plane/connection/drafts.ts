/** What is recorded of one connection, as the recorder takes it: the session's words with the facts of its client. */
import type { Rejection } from '../../../adapters/seam.ts';
import type { Action, Permit } from '../../../policies/decision.ts';
import type { Identified } from '../../../policies/types.ts';
import type { ForwardSampleDraft, RejectionDraft } from '../../shared/events/batch.ts';
import type { Generation } from '../generation.ts';
import { accessOf } from '../protocols/table.ts';
import type { Client, Peer } from './client.ts';

/** `generation`: number of the one in force. */
export function rejectionDraft(client: Client, rejection: Rejection, generation: number): RejectionDraft {
  const { who, certificate, refused, peer } = client;
  const { name, protocol } = client.listener.plan;
  const {
    role = '',
    clientId,
    resource,
    ruleId,
    sent,
    size,
    protocolVersion,
    action,
    cause,
    reason,
    shadow,
  } = rejection;
  return {
    listener: name,
    protocol,
    peer: peerText(peer),
    action,
    cause,
    reason,
    generation,
    ...(who === null ? {} : { principal: who.principal, identity: who.identity }),
    ...(role === '' ? {} : { role }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(refused.length < 2 ? {} : { issuers: refused.slice(1) }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(resource === undefined ? {} : { resource }),
    ...(ruleId === undefined ? {} : { ruleId }),
    ...(sent === undefined ? {} : { sent }),
    ...(size === undefined ? {} : { size }),
    ...(shadow && { shadow }),
    ...(protocolVersion === undefined ? {} : { protocolVersion }),
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
  const who = client.who as Identified;
  const { plan } = client.listener;
  const { name, protocol } = plan;
  const access = accessOf(plan, policy, who, client.peer.address);
  const { ruleId } = access.explainPermit(permit, action, resource);
  return {
    listener: name,
    protocol,
    identity: who.identity,
    principal: who.principal,
    action,
    resource,
    ruleId,
    bytes,
  };
}

/** What the client offered is told until it is known who it is: then it explains a failure, later it would only fill records. */
function tlsFacts({ tls, hello, sni, who }: Client): Pick<RejectionDraft, 'tls'> {
  const version = tls?.getProtocol() ?? undefined;
  if (hello === null && version === undefined) return {};
  const cipher = version === undefined ? undefined : tls?.getCipher()?.name;
  return {
    tls: {
      ...(version === undefined ? {} : { version }),
      ...(cipher === undefined ? {} : { cipher }),
      ...(sni === undefined ? {} : { sni }),
      ...(hello !== null && who === null ? { offered: hello.offer() } : {}),
    },
  };
}

/** `192.0.2.7:40001`, `[2001:db8::7]:40001`. */
function peerText({ address, port }: Peer): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

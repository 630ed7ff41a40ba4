/** What a span says: pure data, by the semantic conventions 1.45 (messaging, network, tls, error) and `headgate.*`. */
import type { Action } from '../../../policies/decision.ts';
import type { RejectionEvent } from '../../../policies/event.ts';
import type { ForwardSample } from '../../shared/events/batch.ts';

export type SpanAttributes = Record<string, string | number | boolean>;

export interface SpanFacts {
  readonly name: string;
  readonly attributes: SpanAttributes;
}

/** MQTT actions whose resource is a topic; that of the others is a client id or nothing. Kafka's say what they are: `topic:orders`. */
const ON_TOPIC = new Set<Action>(['publish', 'subscribe', 'receive', 'will', 'unsubscribe']);
const OPERATION_TYPE: { readonly [A in Action]?: string } = {
  publish: 'send',
  will: 'send',
  receive: 'receive',
  write: 'send',
  read: 'receive',
};

/** The span of a rejection; the status, ERROR unless it is in shadow, and the event's time are the caller's. */
export function rejectionSpan(event: RejectionEvent): SpanFacts {
  const [address, port] = splitPeer(event.peer);
  const { certificate, tls } = event;
  return {
    // Topics that clients make up are no span names.
    name: `${event.action} ${event.shadow ? 'let through in shadow' : 'rejected'}`,
    attributes: present({
      ...operation(event.protocol, event.action, event.resource),
      'messaging.client.id': event.clientId,
      'network.peer.address': address,
      'network.peer.port': port,
      'network.protocol.version': event.protocolVersion,
      'tls.client.subject': certificate?.subject || undefined,
      'tls.client.issuer': certificate?.issuer || undefined,
      'tls.client.hash.sha256': certificate?.sha256,
      'tls.client.not_after': certificate?.notAfter || undefined,
      'tls.protocol.name': tls?.version === undefined ? undefined : 'tls',
      'tls.protocol.version': tls?.version?.replace(/^TLSv/, ''),
      'tls.cipher': tls?.cipher,
      'tls.client.server_name': tls?.sni,
      'headgate.tls.ja4': tls?.offered?.ja4,
      'error.type': event.shadow ? undefined : event.cause,
      'headgate.decision.id': event.id,
      'headgate.rule': event.ruleId,
      'headgate.principal': event.principal,
      'headgate.identity': event.identity,
      'headgate.role': event.role,
      'headgate.listener': event.listener,
      'headgate.cause': event.cause,
      'headgate.reason': event.reason,
      'headgate.sent': event.sent,
      'headgate.shadow': event.shadow,
      'headgate.count': event.count,
      'headgate.generation': event.generation,
      'headgate.certificate.serial': certificate?.serial || undefined,
    }),
  };
}

/** The span of a sampled forward. */
export function forwardSpan(sample: ForwardSample): SpanFacts {
  return {
    name: `${sample.action} forwarded`,
    attributes: present({
      ...operation(sample.protocol, sample.action, sample.resource),
      'messaging.message.envelope.size': sample.bytes,
      'headgate.rule': sample.ruleId,
      'headgate.principal': sample.principal,
      'headgate.identity': sample.identity,
      'headgate.listener': sample.listener,
    }),
  };
}

function operation(protocol: string, action: Action, resource: string | undefined) {
  return {
    'messaging.system.name': protocol,
    'messaging.operation.name': action,
    'messaging.operation.type': OPERATION_TYPE[action],
    'messaging.destination.name': ON_TOPIC.has(action) ? resource : named('topic', resource),
    'messaging.consumer.group.name': named('group', resource),
    'network.protocol.name': protocol,
    'network.transport': 'tcp',
  };
}

/** The name in a resource of that kind, as Kafka's rejections write them. */
function named(kind: 'topic' | 'group', resource: string | undefined): string | undefined {
  return resource?.startsWith(`${kind}:`) ? resource.slice(kind.length + 1) : undefined;
}

function present(attributes: Record<string, string | number | boolean | undefined>): SpanAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as SpanAttributes;
}

/** `192.0.2.7:40001` and `[2001:db8::7]:40001` alike. */
function splitPeer(peer: string): [string, number | undefined] {
  const colon = peer.lastIndexOf(':');
  const port = Number(peer.slice(colon + 1));
  if (colon < 0 || !Number.isInteger(port)) return [peer, undefined];
  return [peer.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port];
}

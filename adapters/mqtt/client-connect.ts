import { randomBytes } from 'node:crypto';
import type { Cause } from '../../policies/causes.ts';
import { type Decision, PERMIT_SESSION } from '../../policies/decision.ts';
import { PROPERTY } from './codec/property-table.ts';
import { property } from './codec/property-write.ts';
import { Reader } from './codec/reader.ts';
import { CODE } from './codec/reason-codes.ts';
import { topicProblem } from './codec/topic.ts';
import { nonMinimalLength } from './error.ts';
import { type Connect, encodeConnect, parseConnect, readProtocol, type Will } from './packets/connect.ts';
import { badTopic } from './packets/publish.ts';
import { close, endSession, refuseConnect } from './session-end.ts';
import { PHASE, type SessionState } from './state.ts';

/**
 * A complete CONNECT: everything that can be refused without the broker is refused here, before
 * the client id is claimed and the broker dialled. The client is not read until the CONNACK. Throws MqttError.
 */
export function clientConnect(s: SessionState, buf: Buffer, start: number, body: number, end: number): void {
  const r = new Reader(buf, start, body, end);
  s.setVersion(readProtocol(r));
  if (s.nonMinimal && (s.version === 5 || !s.options.tolerateLongLengths)) {
    throw nonMinimalLength();
  }
  const c = parseConnect(r, s.version, s.options.maxUserProperties);
  noteClientLimits(s, c);
  if (s.host.take('bytes', end - start, s.pause) < 0) {
    refuseConnect(s, 'connect', 'limit-bytes', 'over the limit on bytes');
    return;
  }
  if (c.properties.has(PROPERTY.authenticationMethod)) {
    refuseConnect(s, 'connect', 'auth-method', 'the client asks for enhanced authentication');
    return;
  }
  const id = admitClientId(s, c);
  if (id === undefined || (c.will !== undefined && !admitWill(s, buf, start, c.will))) return;
  if (!claim(s, id)) return;
  s.will = c.will;
  s.connectBytes = encodeConnect(buf, c, upstreamEdits(s, c, id));
  s.held = true;
  s.setPhase(PHASE.dialling);
  s.out.hold();
  s.out.dial();
}

/** The connection to the broker stands: sends the CONNECT. */
export function sendConnect(s: SessionState): void {
  if (s.phase !== PHASE.dialling || s.connectBytes === undefined) return;
  s.setPhase(PHASE.awaitingConnack);
  s.out.toBroker(s.connectBytes, PERMIT_SESSION);
  s.connectBytes = undefined;
}

function noteClientLimits(s: SessionState, c: Connect): void {
  const p = c.properties;
  s.clean = c.clean;
  s.requestedKeepAlive = c.keepAlive;
  s.setKeepAlive(c.keepAlive);
  s.clientMaxPacket = p.number(PROPERTY.maximumPacketSize, Number.POSITIVE_INFINITY);
  s.problemInformation = p.number(PROPERTY.requestProblemInformation, 1) === 1;
  s.requestedSessionExpiry = p.number(PROPERTY.sessionExpiry, 0);
  s.sessionExpiry = Math.min(s.requestedSessionExpiry, s.options.maxSessionExpiry);
}

/** The client id to use, or undefined when the CONNECT was refused. */
function admitClientId(s: SessionState, c: Connect): string | undefined {
  const empty = c.clientId === '';
  if (!empty) s.clientId = c.clientId;
  if (empty && s.version === 4 && !c.clean) {
    // [MQTT-3.1.3-8] of 3.1.1
    refuseConnect(s, 'connect', 'client-id', 'an empty client id with a session to keep', { resource: '' });
    return undefined;
  }
  const { decision, assigned } = s.access.clientId(c.clientId);
  if (decision.verdict === 'deny') {
    refuseConnect(s, 'connect', specificCause(decision, 'client-id'), decision.reason, {
      decision,
      resource: c.clientId,
    });
    return undefined;
  }
  s.recordShadow(decision);
  if (!empty) return c.clientId;
  // 22 letters and digits: every 3.1.1 broker must take 23 [MQTT-3.1.3-5].
  const id = assigned ?? `hg${randomBytes(10).toString('hex')}`;
  s.assignedId = true;
  s.clientId = id;
  return id;
}

function admitWill(s: SessionState, buf: Buffer, base: number, will: Will): boolean {
  const problem = topicProblem(buf, will.topicStart, will.topicEnd, s.options.maxTopicLevels);
  if (problem !== '') {
    const { message } = badTopic(problem, will.topicStart - base, s.version);
    refuseConnect(s, 'will', 'topic-invalid', `will: ${message}`, { resource: will.topic });
    return false;
  }
  const { decision, permit } = s.access.will(will.topic, will.qos, will.retain, will.size);
  if (decision.verdict === 'allow' && permit > 0) {
    s.recordShadow(decision);
    return true;
  }
  const facts = { decision, resource: will.topic, size: will.size };
  refuseConnect(s, 'will', specificCause(decision, 'will-denied'), decision.reason, facts);
  return false;
}

/** The decision's cause; `denied` in its place where it is only "denied". */
function specificCause({ cause = 'denied' }: Decision, denied: Cause): Cause {
  return cause === 'denied' ? denied : cause;
}

function claim(s: SessionState, id: string): boolean {
  switch (s.host.claim(id)) {
    case 'granted':
      return true;
    case 'other-identity':
      refuseConnect(s, 'connect', 'client-id-taken', 'the client id is in use by another identity', { resource: id });
      return false;
    case 'connections':
      refuseConnect(s, 'connect', 'limit-connections', 'over the limit on connections', { resource: id });
      return false;
    default:
      refuseConnect(s, 'connect', 'limit-table-full', 'the table of limits is full', { resource: id });
      return false;
  }
}

const UPSTREAM_DROP = [
  PROPERTY.sessionExpiry,
  PROPERTY.receiveMaximum,
  PROPERTY.maximumPacketSize,
  // Aliases of the broker are not resolved here: none is offered to it.
  PROPERTY.topicAliasMaximum,
  // The broker's Response Information is not passed on.
  PROPERTY.requestResponseInformation,
];

function upstreamEdits(s: SessionState, c: Connect, clientId: string): Parameters<typeof encodeConnect>[2] {
  const { receiveMaximum, maxPacketSize } = s.options;
  const asked = c.properties.number(PROPERTY.receiveMaximum, 65535);
  const add = [
    property(PROPERTY.receiveMaximum, Math.min(asked, receiveMaximum)),
    // What the broker sends reaches the client unchanged or smaller.
    property(PROPERTY.maximumPacketSize, Math.min(s.clientMaxPacket, maxPacketSize)),
  ];
  if (s.sessionExpiry > 0) add.push(property(PROPERTY.sessionExpiry, s.sessionExpiry));
  return {
    clientId,
    // 3.1.1 has no Server Keep Alive: the broker must expect the interval that the client keeps.
    keepAlive: s.version === 5 ? s.keepAlive : c.keepAlive,
    drop: UPSTREAM_DROP,
    add,
    credentials: s.backend.passthrough ? undefined : s.backend,
  };
}

/** The broker could not be reached, or the connection to it failed with another cause than a close. */
export function brokerUnreachable(s: SessionState, cause: Cause, message: string): void {
  if (s.phase < PHASE.open) refuseConnect(s, 'connect', cause, message);
  else if (s.phase === PHASE.open) endSession(s, 'session', cause, CODE.serverShuttingDown, message);
  else close(s);
}

import type { Cause } from '../../policies/causes.ts';
import type { EffectiveLimits, MqttAccess } from '../../policies/types.ts';
import { COUNTER, type Session, type SessionHost, type StopReason } from '../seam.ts';
import { STOP_CAUSES } from '../stop-causes.ts';
import { brokerPacket } from './broker-packets.ts';
import { brokerUnreachable, clientConnect, sendConnect } from './client-connect.ts';
import { checkClientType, clientPacket } from './client-packets.ts';
import { checkFlags, FixedHeader, readFixedHeader, TYPE } from './codec/fixed-header.ts';
import { CODE } from './codec/reason-codes.ts';
import { checkDeadlines } from './deadlines.ts';
import { MqttError, nonMinimalLength, protocolError } from './error.ts';
import { chargeOut } from './limits.ts';
import type { MqttBackend, MqttOptions } from './options.ts';
import { encodeDisconnect } from './packets/disconnect.ts';
import { denialReason, reauthorize } from './reauthorize.ts';
import { DISCONNECT_CODES, reasonString } from './rejection-codes.ts';
import { brokerFault, clientFault, close, discardWill, endSession, refuseConnect } from './session-end.ts';
import { type MqttClient, PHASE, SessionState } from './state.ts';

export interface MqttSession extends Session {
  /** As it is at the broker; undefined before a CONNECT was accepted. */
  readonly clientId: string | undefined;
  /** Another policy is in force: the session continues under it, or ends as `policy-changed` with the will suppressed. */
  reauthorize(access: MqttAccess, limits: EffectiveLimits): void;
  /** The message with which `reauthorize` would end it; '' where the session would continue. Changes nothing. */
  denialReason(access: MqttAccess): string;
}

export type { MqttBackend, MqttOptions } from './options.ts';

/**
 * One MQTT client connection (3.1.1 or 5.0), between the relay and the policy.
 * Contract: adapters/seam.ts. Throws nothing for what peers send.
 *
 * Its phases (`PHASE` in state.ts) and the methods and functions that move it from one to the next:
 *
 *     awaitingConnect ---- refuseConnect, clientFault, clientEnded, stop, tick ----> closed
 *       | clientConnect
 *     dialling ----------- refuseConnect, clientEnded, stop -----------------------> closed
 *       | brokerReady
 *     awaitingConnack ---- refuseConnect, brokerConnack (code not 0), stop --------> closed
 *       | brokerConnack    `- clientEnded -> disconnecting
 *     open --------------- endSession, stop, a DISCONNECT of the broker -----------> closed
 *       | a DISCONNECT of the client, clientEnded
 *     disconnecting ------ brokerEnded, brokerFailed, stop, tick ------------------> closed
 *
 * `refuseConnect` sends a CONNACK with a code; it comes from the CONNECT itself and from `clientFault`, `brokerFault`,
 * `brokerFailed`, `brokerEnded` and `tick` before `open`. `endSession` sends MQTT 5 clients a DISCONNECT with a code; it
 * comes from the same in `open`, from refusals that end the session, and from `stop` and `reauthorize`. In `dialling` and
 * `awaitingConnack` the client is not read (`held`), in `disconnecting` and `closed` nothing is parsed any more.
 */
export function createMqttSession(
  host: SessionHost,
  client: MqttClient,
  options: MqttOptions,
  backend: MqttBackend,
): MqttSession {
  return new ClientSession(new SessionState(host, client, options, backend));
}

const header = new FixedHeader();

class ClientSession implements MqttSession {
  readonly #s: SessionState;
  clientFrame = 0;
  brokerFrame = 0;

  constructor(state: SessionState) {
    this.#s = state;
  }

  get clientId(): string | undefined {
    return this.#s.phase === PHASE.awaitingConnect ? undefined : this.#s.clientId;
  }

  fromClient(buf: Buffer, start: number, end: number): number {
    const s = this.#s;
    s.now = s.host.now();
    s.lastClient = s.now;
    this.clientFrame = 0;
    let at = start;
    try {
      at = this.#clientPackets(buf, start, end);
    } catch (error) {
      clientFault(s, error);
    }
    // After the end nothing is parsed: what comes is discarded.
    if (s.phase >= PHASE.disconnecting) return end;
    if (at === end || s.held) s.packetSince = 0;
    else if (at > start || s.packetSince === 0) s.packetSince = s.now;
    return at;
  }

  /** Takes whole packets; returns where the first incomplete or held one begins. */
  #clientPackets(buf: Buffer, start: number, end: number): number {
    const s = this.#s;
    let at = start;
    let packets = 0;
    try {
      while (at < end && !s.held && s.phase < PHASE.disconnecting) {
        const type = (buf[at] as number) >> 4;
        if (s.phase === PHASE.awaitingConnect) {
          // [MQTT-3.1.0-1]
          if (type !== TYPE.connect) throw protocolError('the first packet is no CONNECT');
        } else if (type !== TYPE.publish) {
          checkClientType(type);
        }
        checkFlags(buf[at] as number);
        if (!readFixedHeader(buf, at, end, header)) break;
        const { body, end: next } = header;
        this.#checkSize(next - at);
        if (header.nonMinimal) this.#checkNonMinimal();
        s.nonMinimal = header.nonMinimal;
        if (next > end) {
          this.clientFrame = next - at;
          break;
        }
        packets++;
        const from = at;
        at = next;
        if (s.phase === PHASE.open) clientPacket(s, buf, from, body, next);
        else clientConnect(s, buf, from, body, next);
        if (s.retry) {
          s.retry = false;
          packets--;
          at = from;
        }
      }
    } finally {
      s.count(COUNTER.clientPackets, packets);
      s.count(COUNTER.clientBytes, at - start);
    }
    return at;
  }

  #checkSize(size: number): void {
    const { phase, options } = this.#s;
    const limit = phase === PHASE.awaitingConnect ? options.maxConnectSize : options.maxPacketSize;
    if (size <= limit) return;
    throw new MqttError('packet-too-large', CODE.packetTooLarge, `a packet of ${size} bytes, ${limit} are allowed`);
  }

  /** The version of a CONNECT is known later: see client-connect.ts. */
  #checkNonMinimal(): void {
    const { version, options } = this.#s;
    if (version === 4 && options.tolerateLongLengths) return;
    throw nonMinimalLength(); // [MQTT-1.5.5-1]
  }

  fromBroker(buf: Buffer, start: number, end: number): number {
    const s = this.#s;
    s.now = s.host.now();
    this.brokerFrame = 0;
    let at = start;
    try {
      at = this.#brokerPackets(buf, start, end);
    } catch (error) {
      brokerFault(s, error);
    }
    if (s.chargesDeliveries) chargeOut(s, at - start);
    return s.phase >= PHASE.disconnecting ? end : at;
  }

  #brokerPackets(buf: Buffer, start: number, end: number): number {
    const s = this.#s;
    if (s.phase < PHASE.awaitingConnack) throw protocolError('bytes before the CONNECT');
    const limit = Math.min(s.options.maxPacketSize, s.clientMaxPacket);
    let at = start;
    let packets = 0;
    try {
      while (at < end && s.phase < PHASE.disconnecting) {
        checkFlags(buf[at] as number);
        if (!readFixedHeader(buf, at, end, header)) break;
        const { body, end: next } = header;
        const size = next - at;
        if (size > limit) throw new MqttError('packet-too-large', CODE.packetTooLarge, `a packet of ${size} bytes`);
        if (header.nonMinimal) throw nonMinimalLength();
        if (next > end) {
          this.brokerFrame = size;
          break;
        }
        packets++;
        const from = at;
        at = next;
        brokerPacket(s, buf, from, body, next);
      }
    } finally {
      s.count(COUNTER.brokerPackets, packets);
      s.count(COUNTER.brokerBytes, at - start);
    }
    return at;
  }

  brokerReady(): void {
    this.#s.now = this.#s.host.now();
    sendConnect(this.#s);
  }

  brokerFailed(cause: Cause, message: string): void {
    this.#s.now = this.#s.host.now();
    brokerUnreachable(this.#s, cause, message);
  }

  /** No DISCONNECT goes to the broker: the will of a client that is gone is published. */
  clientEnded(_clean: boolean): void {
    const s = this.#s;
    s.now = s.host.now();
    if (s.phase < PHASE.awaitingConnack) {
      close(s);
    } else if (s.phase < PHASE.disconnecting) {
      s.setPhase(PHASE.disconnecting);
      s.out.endBroker();
    }
  }

  brokerEnded(clean: boolean): void {
    const s = this.#s;
    s.now = s.host.now();
    const message = clean ? 'the broker closed the connection' : 'the connection to the broker broke';
    if (s.phase === PHASE.open) endSession(s, 'session', 'upstream-closed', CODE.serverShuttingDown, message);
    else if (s.phase < PHASE.disconnecting) refuseConnect(s, 'connect', 'upstream-closed', `${message} before CONNACK`);
    else close(s);
  }

  tick(now: number): void {
    this.#s.now = now;
    checkDeadlines(this.#s);
  }

  stop(reason: StopReason, suppressWill: boolean, message: string): void {
    const s = this.#s;
    s.now = s.host.now();
    if (s.phase >= PHASE.disconnecting) {
      close(s);
      return;
    }
    const code = DISCONNECT_CODES[reason];
    const cause = STOP_CAUSES[reason];
    if (suppressWill) discardWill(s);
    if (reason !== 'drain') {
      endSession(s, 'session', cause, code, message);
      return;
    }
    // A drain is no rejection of the client.
    if (s.phase === PHASE.open && s.version === 5) {
      s.out.toClient(encodeDisconnect(code, reasonString(cause, ''), s.clientMaxPacket));
    }
    close(s);
  }

  ended(): void {}

  reauthorize(access: MqttAccess, limits: EffectiveLimits): void {
    const s = this.#s;
    const message = reauthorize(s, access, limits);
    if (message !== '' && s.phase < PHASE.disconnecting) this.stop('policy-changed', true, message);
  }

  denialReason(access: MqttAccess): string {
    return denialReason(this.#s, access);
  }
}

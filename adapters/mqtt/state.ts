import type { Cause } from '../../policies/causes.ts';
import type { Action, Decision } from '../../policies/decision.ts';
import { isLimited } from '../../policies/limits/effective.ts';
import type { EffectiveLimits, MqttAccess } from '../../policies/types.ts';
import { type MaxWaits, noWaits, setMaxWaits } from '../max-waits.ts';
import type { Out, Rejection, SessionHost } from '../seam.ts';
import { AckOrder } from './ack-order.ts';
import { DenialBudget } from './denial-budget.ts';
import { type MqttBackend, type MqttOptions, withLimits } from './options.ts';
import { PacketIdSet } from './packet-id-set.ts';
import { VERSION_NAMES, type Will } from './packets/connect.ts';
import type { Sender } from './packets/sender.ts';
import { Subscriptions } from './subscriptions.ts';
import type { TopicAliases } from './topic-aliases.ts';
import { TopicPermitCache } from './topic-permit-cache.ts';

/** Where a session stands; see session.ts. A phase is never followed by a smaller one. */
export const PHASE = {
  /** Nothing but a CONNECT may come. */
  awaitingConnect: 0,
  /** CONNECT accepted here; the broker is being dialled, the client is held. */
  dialling: 1,
  /** CONNECT sent to the broker, the client is still held. */
  awaitingConnack: 2,
  open: 3,
  /** The client sent a DISCONNECT or is gone; the broker gets what was forwarded. */
  disconnecting: 4,
  closed: 5,
} as const;

/** The identified client of a session and its rights. */
export interface MqttClient {
  readonly access: MqttAccess;
  readonly limits: EffectiveLimits;
}

/** Longest pause in ms of a client that is over its limit, so that neither side takes it for dead. */
const MAX_PAUSE = 5000;

/** What is known about one client connection; the files beside this one read and change it. */
export class SessionState {
  readonly host: SessionHost;
  readonly out: Out;
  readonly options: MqttOptions;
  readonly backend: MqttBackend;
  access: MqttAccess;
  limits: EffectiveLimits;

  phase: number = PHASE.awaitingConnect;
  /** 4 until a CONNECT said otherwise. */
  version: 4 | 5 = 4;
  /** The version is known from a CONNECT. */
  versionKnown = false;
  clientId: string | undefined;
  will: Will | undefined;
  clean = true;
  /** The broker resumed a session: it may hold packet ids that were never seen here. */
  resumed = false;

  /** Milliseconds, read once per call. */
  now: number;
  readonly born: number;
  lastClient: number;
  /** First byte of the incomplete packet at the front; 0: there is none. */
  packetSince = 0;
  phaseSince = 0;
  /** The client is not read: nothing may be parsed. */
  held = false;
  /** Held because the Receive Maximum is used up; an acknowledgement of the broker ends it. */
  awaitsSendQuota = false;
  /** The packet under the reader was not decided: it is to be read again. */
  retry = false;
  /** End of a pause; 0: none. */
  resumeAt = 0;

  /** Effective keep-alive in seconds and that of the CONNECT. */
  keepAlive = 0;
  requestedKeepAlive = 0;
  /** Effective Session Expiry Interval in seconds and that of the CONNECT. */
  sessionExpiry = 0;
  requestedSessionExpiry = 0;
  /** What the broker sends is held against a limit. */
  chargesDeliveries = false;
  /** Longest wait for tokens of each limit in ms; 0 unless clients over it are throttled. */
  readonly maxWait: MaxWaits = noWaits();
  /** End of the time for which the broker is not read; 0: it is. */
  brokerResumeAt = 0;
  clientMaxPacket = Number.POSITIVE_INFINITY;
  brokerMaxPacket = Number.POSITIVE_INFINITY;
  problemInformation = true;
  /** The id was assigned here; the CONNACK has to carry it. */
  assignedId = false;
  /** As advertised in the CONNACK. */
  maxQos = 2;
  retainAvailable = true;
  receiveMaximum: number;
  connectBytes: Uint8Array | undefined;

  /** The remaining length of the client's packet under the reader is non-minimal. */
  nonMinimal = false;
  /** What the packets of each side are checked against. */
  client: Sender;
  broker: Sender;
  aliases: TopicAliases | undefined;
  readonly denials: DenialBudget;
  /** QoS 1 and 2 of the client that the broker has not finished. */
  readonly inFlight = new PacketIdSet();
  /** QoS 2 of a 3.1.1 client that was refused here and waits for its PUBREL. */
  readonly refusedQos2 = new PacketIdSet();
  /** QoS 2 deliveries to a 3.1.1 client that were dropped and wait for the broker's PUBREL. */
  readonly droppedQos2 = new PacketIdSet();
  readonly pubacks: AckOrder;
  readonly pubrecs: AckOrder;
  readonly pubcomps: AckOrder;
  readonly subscriptions = new Subscriptions();

  constructor(host: SessionHost, client: MqttClient, options: MqttOptions, backend: MqttBackend) {
    this.host = host;
    this.out = host.out;
    this.options = withLimits(options, client.limits);
    this.backend = backend;
    this.access = client.access;
    this.limits = client.limits;
    this.now = host.now();
    this.born = this.now;
    this.lastClient = this.now;
    const { receiveMaximum } = this.options;
    this.receiveMaximum = receiveMaximum;
    this.denials = new DenialBudget(client.access.denialBudget, this.now);
    const send = (bytes: Uint8Array): void => this.out.toClient(bytes);
    this.pubacks = new AckOrder(receiveMaximum, send);
    this.pubrecs = new AckOrder(receiveMaximum, send);
    this.pubcomps = new AckOrder(receiveMaximum, send);
    const { maxUserProperties, maxTopicLevels } = options;
    const { version } = this;
    this.client = { isClient: true, version, maxUserProperties, maxTopicLevels, topics: new TopicPermitCache() };
    // The depth of a topic is a bound for clients.
    const anyLevels = Number.POSITIVE_INFINITY;
    this.broker = {
      isClient: false,
      version,
      maxUserProperties,
      maxTopicLevels: anyLevels,
      topics: new TopicPermitCache(),
    };
  }

  setVersion(version: 4 | 5): void {
    this.version = version;
    this.versionKnown = true;
    this.client = { ...this.client, version };
    this.broker = { ...this.broker, version };
  }

  setPhase(phase: number): void {
    this.phase = phase;
    this.phaseSince = this.now;
  }

  /** Call when keep-alive or the limits change. */
  setMaxWait(): void {
    this.chargesDeliveries = isLimited(this.limits, 'bytesOut');
    setMaxWaits(this.maxWait, this.limits, this.pause);
  }

  /** Milliseconds that the client may go unread. */
  get pause(): number {
    return Math.min(MAX_PAUSE, (this.keepAlive * 1000) / 4);
  }

  /** Effective keep-alive in seconds: 0 and more than the listener allows become its maximum. */
  setKeepAlive(seconds: number): void {
    const { maxKeepAlive } = this.options;
    this.keepAlive = seconds === 0 ? maxKeepAlive : Math.min(seconds, maxKeepAlive);
    this.setMaxWait();
  }

  /** True when a message of the client or a request of it has this packet id [MQTT-2.2.1-3]. */
  usesPacketId(id: number): boolean {
    return this.subscriptions.usesPacketId(id) || this.inFlight.has(id) || this.refusedQos2.has(id);
  }

  /** Adds to one of the host's counters; `counter`: an index of `COUNTER`. */
  count(counter: number, n = 1): void {
    const { counters } = this.host;
    counters[counter] = (counters[counter] as number) + n;
  }

  /** Records what was let through only because what would refuse it is in shadow; no budget is charged. */
  recordShadow({ shadow }: Decision): void {
    if (shadow === undefined) return;
    const { action, cause = 'denied', reason, resource, ruleId, role } = shadow;
    this.host.reject({
      action,
      cause,
      reason,
      resource,
      ruleId,
      ...(role === '' ? {} : { role }),
      ...this.#facts(),
      shadow: true,
    });
  }

  /** Records a rejection and returns its id. */
  reject(action: Action, cause: Cause, reason: string, more: RejectionFacts = {}): string {
    const { decision, resource, sent, size } = more;
    const ruleId = more.ruleId ?? decision?.ruleId;
    return this.host.reject({
      action,
      cause,
      reason,
      ...(resource === undefined ? {} : { resource }),
      ...(ruleId === undefined ? {} : { ruleId }),
      ...(decision === undefined || decision.role === '' ? {} : { role: decision.role }),
      ...this.#facts(),
      ...(sent === undefined ? {} : { sent }),
      ...(size === undefined ? {} : { size }),
    });
  }

  #facts(): Pick<Rejection, 'clientId' | 'protocolVersion'> {
    return {
      ...(this.clientId === undefined ? {} : { clientId: this.clientId }),
      ...(this.versionKnown ? { protocolVersion: VERSION_NAMES[this.version] } : {}),
    };
  }
}

export interface RejectionFacts {
  readonly decision?: Decision | undefined;
  readonly resource?: string | undefined;
  readonly ruleId?: string | undefined;
  /** As sent to the client, e.g. `PUBACK 0x87`. */
  readonly sent?: string | undefined;
  /** Bytes of the payload. */
  readonly size?: number | undefined;
}

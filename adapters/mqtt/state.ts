import type { Cause } from '../../policies/causes.ts';
import type { Action, Decision } from '../../policies/decision.ts';
import { isLimited, onExceed } from '../../policies/limits/effective.ts';
import { TRAFFIC } from '../../policies/limits/keys.ts';
import type { EffectiveLimits, MqttAccess } from '../../policies/types.ts';
import { noWait } from '../max-wait.ts';
import type { Out, Rejection, SessionHost } from '../seam.ts';
import { AckOrder } from './ack-order.ts';
import type { AliasTable } from './alias.ts';
import { DenialBudget } from './denial-budget.ts';
import { IdTable } from './id-table.ts';
import { type MqttBackend, type MqttOptions, narrowed } from './options.ts';
import type { Will } from './packets/connect.ts';
import type { PublishRules } from './packets/publish.ts';
import { SubscriptionBook } from './subscriptions.ts';
import { TopicMemo } from './topic-memo.ts';

/** Where a session stands. They only ever grow. */
export const PHASE = {
  /** Nothing but a CONNECT may come. */
  connect: 0,
  /** CONNECT accepted here; the broker is being dialled, the client is held. */
  dialling: 1,
  /** CONNECT sent to the broker, the client is still held. */
  connack: 2,
  open: 3,
  /** The client said good-bye or is gone; the broker gets what was forwarded. */
  leaving: 4,
  closed: 5,
} as const;

export interface Who {
  readonly access: MqttAccess;
  readonly principal: string;
  readonly limits: EffectiveLimits;
}

/** Longest pause of a client that is over its limit, so that neither side takes it for dead. */
const LONGEST_PAUSE = 5000;

/** What one client connection is at the moment; the files beside this one change it. */
export class SessionState {
  readonly host: SessionHost;
  readonly out: Out;
  readonly options: MqttOptions;
  readonly backend: MqttBackend;
  access: MqttAccess;
  limits: EffectiveLimits;

  phase: number = PHASE.connect;
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
  waitsForRoom = false;
  /** The packet under the reader was not decided: it is to be looked at again. */
  again = false;
  /** End of a pause; 0: none. */
  resumeAt = 0;

  /** Effective keep-alive in seconds and what the client asked for. */
  keepAlive = 0;
  keepAliveAsked = 0;
  /** Effective and asked Session Expiry Interval. */
  sessionExpiry = 0;
  sessionExpiryAsked = 0;
  /** What the broker sends is held against a limit. */
  chargesDeliveries = false;
  /** Longest wait for tokens of each limit in ms; 0 unless clients over it are throttled. */
  readonly maxWait = noWait();
  /** End of the time for which the broker is not read; 0: it is. */
  brokerResumeAt = 0;
  clientMaxPacket = Number.POSITIVE_INFINITY;
  brokerMaxPacket = Number.POSITIVE_INFINITY;
  problemInformation = true;
  /** The id was made here and the client does not know it yet. */
  assignedId = false;
  /** As advertised in the CONNACK. */
  maxQos = 2;
  retainAvailable = true;
  receiveMaximum: number;
  connectBytes: Uint8Array | undefined;

  /** The remaining length of the client's packet under the reader is padded. */
  padded = false;
  upRules: PublishRules;
  downRules: PublishRules;
  readonly upMemo = new TopicMemo();
  readonly downMemo = new TopicMemo();
  aliases: AliasTable | undefined;
  readonly denials: DenialBudget;
  /** QoS 1 and 2 of the client that the broker has not finished. */
  readonly open = new IdTable();
  /** QoS 2 of a 3.1.1 client that was refused here and waits for its PUBREL. */
  readonly ownedUp = new IdTable();
  /** QoS 2 deliveries to a 3.1.1 client that were dropped and wait for the broker's PUBREL. */
  readonly ownedDown = new IdTable();
  readonly pubacks: AckOrder;
  readonly pubrecs: AckOrder;
  readonly pubcomps: AckOrder;
  readonly subscriptions = new SubscriptionBook();

  constructor(host: SessionHost, who: Who, options: MqttOptions, backend: MqttBackend) {
    this.host = host;
    this.out = host.out;
    this.options = narrowed(options, who.limits);
    this.backend = backend;
    this.access = who.access;
    this.limits = who.limits;
    this.now = host.now();
    this.born = this.now;
    this.lastClient = this.now;
    const { receiveMaximum } = this.options;
    this.receiveMaximum = receiveMaximum;
    this.denials = new DenialBudget(who.access.denialBudget, this.now);
    const send = (bytes: Uint8Array): void => this.out.toClient(bytes);
    this.pubacks = new AckOrder(receiveMaximum, send);
    this.pubrecs = new AckOrder(receiveMaximum, send);
    this.pubcomps = new AckOrder(receiveMaximum, send);
    const { maxUserProperties, maxTopicLevels } = options;
    this.upRules = { version: 4, fromClient: true, maxUserProperties, maxTopicLevels };
    this.downRules = { version: 4, fromClient: false, maxUserProperties, maxTopicLevels: Number.POSITIVE_INFINITY };
  }

  setVersion(version: 4 | 5): void {
    this.version = version;
    this.versionKnown = true;
    this.upRules = { ...this.upRules, version };
    this.downRules = { ...this.downRules, version };
  }

  setPhase(phase: number): void {
    this.phase = phase;
    this.phaseSince = this.now;
  }

  /** Call when keep-alive or the limits change. */
  setMaxWait(): void {
    this.chargesDeliveries = isLimited(this.limits, 'bytesOut');
    for (const kind of TRAFFIC) this.maxWait[kind] = onExceed(this.limits, kind) === 'throttle' ? this.pause : 0;
    // The broker sends on its own and waits as long as it takes.
    if (this.maxWait.bytesOut > 0) this.maxWait.bytesOut = Number.POSITIVE_INFINITY;
  }

  /** Milliseconds that the client may go unread. */
  get pause(): number {
    return Math.min(LONGEST_PAUSE, (this.keepAlive * 1000) / 4);
  }

  /** Records what was let through because what would refuse it is in shadow; no budget is charged. */
  rejectInShadow({ action, cause = 'denied', reason, resource, ruleId, role }: Decision): void {
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
    const { decision, resource = decision?.resource, sent, size } = more;
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
      ...(this.versionKnown ? { protocolVersion: this.version === 5 ? '5.0' : '3.1.1' } : {}),
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

/** What one client may do over MQTT: its rules behind the shared decision cache. */
import {
  type Decision,
  FILTERED,
  PERMIT_FIRST_RULE,
  PERMIT_UNGRANTED,
  type Permit,
  REFUSED,
  withoutShadow,
} from '../decision.ts';
import type { MqttAccess, Rate } from '../types.ts';
import type { ClientIds, ClientIdVerdict } from './client-id.ts';
import type { Verdict } from './decide.ts';
import { type DecisionCache, MISS } from './decision-cache.ts';
import { explain, explainPermit, refuse } from './decision-text.ts';
import { type MqttRights, permitOf } from './mqtt-rights.ts';
import type { Rule, RuleAction } from './rules.ts';
import { parseTopicFilter, type TopicFilter, TopicFilterError } from './topic-filter.ts';

/** What an access shares with all others of its policy. */
export interface AccessContext {
  readonly cache: DecisionCache;
  /** Every rule of the policy; a permit minus PERMIT_FIRST_RULE is an index. */
  readonly rules: readonly Rule[];
  /** By permit: the largest payload, in bytes. */
  readonly sizes: Int32Array;
  readonly maxTopicLevels: number;
}

export interface AccessParts {
  readonly rights: MqttRights;
  /** `role device`, `roles a, b`: for the words of a refusal. */
  readonly roles: string;
  readonly clientIds: ClientIds;
  readonly onDeny: 'ack-drop' | 'disconnect';
  readonly denialBudget: Rate;
}

/** Cache bits: quality of service (2), retain, and whether it is about a delivery. */
const RETAIN_BIT = 0b0100;
const RECEIVE_BITS = 0b1000;

/** Strict, and a leading U+FEFF is part of the topic (MQTT 5.0, 1.5.4). */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class CompiledMqttAccess implements MqttAccess {
  readonly maxPublishQos: 0 | 1 | 2;
  readonly retainAvailable: boolean;
  readonly onDeny: 'ack-drop' | 'disconnect';
  readonly denialBudget: Rate;
  readonly #context: AccessContext;
  readonly #cache: DecisionCache;
  readonly #sizes: Int32Array;
  readonly #id: number;
  readonly #rights: MqttRights;
  /** What a payload is answered that is larger than the allow of its topic grants. */
  readonly #oversize: Permit;
  readonly #roles: string;
  readonly #clientIds: ClientIds;

  constructor(context: AccessContext, parts: AccessParts) {
    this.#context = context;
    this.#cache = context.cache;
    this.#sizes = context.sizes;
    this.#id = context.cache.nextAccessId();
    this.#rights = parts.rights;
    this.#roles = parts.roles;
    this.#clientIds = parts.clientIds;
    this.onDeny = parts.onDeny;
    this.denialBudget = parts.denialBudget;
    this.#oversize = parts.rights.open ? PERMIT_UNGRANTED : REFUSED;
    this.maxPublishQos = parts.rights.maxQos;
    this.retainAvailable = parts.rights.retain;
  }

  publish(buf: Uint8Array, start: number, end: number, qos: number, retain: boolean, size: number): Permit {
    if (qos < 0 || qos > 2) return REFUSED;
    const bits = retain ? qos | RETAIN_BIT : qos;
    const known = this.#cache.find(this.#id, bits, buf, start, end);
    if (known !== MISS) return size <= (this.#sizes[withoutShadow(known)] as number) ? known : this.#oversize;
    const topic = this.#levels(buf, start, end);
    if (topic === undefined) return REFUSED;
    const permit = permitOf(this.#rights.message('publish', topic, qos, retain));
    this.#cache.store(this.#id, bits, buf, start, end, permit);
    return size <= this.maxPayload(permit) ? permit : this.#oversize;
  }

  maxPayload(permit: Permit): number {
    return this.#sizes[withoutShadow(permit)] ?? 0;
  }

  receive(buf: Uint8Array, start: number, end: number): Permit {
    const known = this.#cache.find(this.#id, RECEIVE_BITS, buf, start, end);
    if (known !== MISS) return known;
    const topic = this.#levels(buf, start, end);
    if (topic === undefined) return REFUSED;
    const verdict = this.#rights.delivery(topic);
    const permit = isFiltered(verdict) ? FILTERED : permitOf(verdict);
    this.#cache.store(this.#id, RECEIVE_BITS, buf, start, end, permit);
    return permit;
  }

  explainPublish(topic: string, qos: number, retain: boolean, size = 0): Decision {
    return this.#message('publish', topic, qos, retain, size).decision;
  }

  explainReceive(topic: string): Decision {
    const levels = this.#split(topic);
    if (levels === undefined) return this.#tooDeep('receive', topic);
    return explain(this.#rights.delivery(levels), 'receive', topic, this.#roles);
  }

  subscribe(filter: string, qos: number): { decision: Decision; permit: Permit; qos: number } {
    let parsed: TopicFilter;
    try {
      parsed = parseTopicFilter(filter, this.#context.maxTopicLevels);
    } catch (error) {
      if (!(error instanceof TopicFilterError)) throw error;
      return { decision: refuse('subscribe', filter, 'filter-invalid', error.message), permit: REFUSED, qos: 0 };
    }
    const answer = this.#rights.subscription(parsed.levels, Math.min(qos, 2));
    const decision = explain(answer.verdict, 'subscribe', filter, this.#roles, { qos });
    return { decision, permit: permitOf(answer.verdict), qos: answer.qos };
  }

  will(topic: string, qos: number, retain: boolean, size = 0): { decision: Decision; permit: Permit } {
    return this.#message('will', topic, qos, retain, size);
  }

  clientId(id: string): ClientIdVerdict {
    return this.#clientIds.decide(id);
  }

  explainPermit(permit: Permit, action: Decision['action'], resource: string): Decision {
    return explainPermit(this.#context.rules[withoutShadow(permit) - PERMIT_FIRST_RULE], permit, action, resource);
  }

  #message(
    action: 'publish' | 'will',
    topic: string,
    qos: number,
    retain: boolean,
    size: number,
  ): { decision: Decision; permit: Permit } {
    const levels = this.#split(topic);
    if (levels === undefined) return { decision: this.#tooDeep(action, topic), permit: REFUSED };
    const verdict = this.#rights.message(action, levels, qos, retain, size);
    return { decision: explain(verdict, action, topic, this.#roles, { qos, size }), permit: permitOf(verdict) };
  }

  #levels(buf: Uint8Array, start: number, end: number): string[] | undefined {
    try {
      return this.#split(UTF8.decode(buf.subarray(start, end)));
    } catch {
      // Not UTF-8 although the caller promised it: refused, never decided on something near.
      return undefined;
    }
  }

  #split(topic: string): string[] | undefined {
    const max = this.#context.maxTopicLevels;
    const levels = topic.split('/', max + 1);
    return levels.length > max ? undefined : levels;
  }

  #tooDeep(action: RuleAction, topic: string): Decision {
    const reason = `the topic name has more than ${this.#context.maxTopicLevels} levels`;
    return refuse(action, topic, 'topic-invalid', reason);
  }
}

/** Denied by a rule whose role said that it expects such deliveries. Of a rule that cannot be filled it did not. */
function isFiltered({ allowed, rule, blocked }: Verdict): boolean {
  return !allowed && rule?.filters === true && blocked !== true;
}

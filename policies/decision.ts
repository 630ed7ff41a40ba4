import type { KafkaOperation } from './acl/kafka-operations.ts';
import type { Cause } from './causes.ts';

export type { Protocol } from './protocol.ts';

/** What a client asks for. One word, used alike in rules, events, spans and answers. */
export type Action =
  | 'accept'
  | 'handshake'
  | 'identify'
  | 'connect'
  | 'publish'
  | 'subscribe'
  | 'receive'
  | 'will'
  | 'unsubscribe'
  | 'session'
  | KafkaOperation;

/**
 * The value that every consumer of a verdict reads: logs, metrics, spans, audit, the client's
 * error text and `explain`. Built only for refusals and for what is sampled.
 */
export interface Decision {
  readonly verdict: 'allow' | 'deny';
  readonly action: Action;
  /**
   * MQTT: topic name, topic filter or client id. Kafka: `topic:orders`, `group:g`, `transactionalId:t`, `cluster`.
   * As the client wrote it, not yet escaped.
   */
  readonly resource: string;
  /** Path of the deciding rule in the configuration, e.g. `roles.device.mqtt.deny[0]`; `default-deny` where no rule matched. */
  readonly ruleId: string;
  /** Role the deciding rule belongs to; '' for default-deny. */
  readonly role: string;
  /** Set on a deny. */
  readonly cause?: Cause;
  /** One sentence for people. */
  readonly reason: string;
  /** Of an allow that stands only because a rule, a role or the listener is in shadow: what would refuse it. */
  readonly shadow?: Decision;
}

/** Id of the rule that holds where no other does. */
export const DEFAULT_DENY = 'default-deny';
/** The rule of an allow that no rule gives: a role or the listener is in shadow. */
export const SHADOW_ALLOW = 'shadow';

/**
 * Proof that a frame was decided: a small positive integer that only a gate (decision plus
 * limit) hands out. The relay forwards nothing without one. 0 means refused.
 */
export type Permit = number & { readonly __permit?: never };

/** The permit of what is refused. */
export const REFUSED: Permit = 0;
/** Refused as the policy expects it to be (`denyOverlap: filter`): dropped and counted, no rejection. */
export const FILTERED: Permit = -2;
/** For frames that carry no right of their own (acknowledgements, pings) inside an authorised session. */
export const PERMIT_SESSION: Permit = 1;
/** The permit of rule n is `PERMIT_FIRST_RULE + n`. */
export const PERMIT_FIRST_RULE: Permit = 2;
/**
 * Added to the permit of what is let through only because something is in shadow: every permit from here on is one
 * that is to be recorded. The rest of the bits name the rule that allows it.
 */
export const PERMIT_SHADOW: Permit = 0x4000_0000;
/** In shadow, and no rule allows it. */
export const PERMIT_UNGRANTED: Permit = PERMIT_SHADOW + PERMIT_SESSION;
const PERMIT_BITS = PERMIT_SHADOW - 1;

/** The permit as it would be without shadow: which rule stands behind it. */
export function withoutShadow(permit: Permit): Permit {
  return permit & PERMIT_BITS;
}

import type { KafkaOperation, KafkaResourceType } from '../../acl/kafka-operations.ts';
import type { Effect } from '../../acl/rules.ts';
import type { Protocol } from '../../decision.ts';
import type { MqttRequests } from './mqtt-requests.ts';

export type Side = 'before' | 'after';

/** A rule of one of the two policies. */
export interface RuleRef {
  readonly side: Side;
  /** `roles.device.mqtt.allow[0]`, in the policy of its side. */
  readonly id: string;
  readonly effect: Effect;
  /** Filter or name, as written; `orders.*` for a prefix. */
  readonly text: string;
  /** A deny of MQTT that refuses only subscriptions inside of it. */
  readonly filters?: boolean;
}

/** What is asked: MQTT requests of these kinds, or Kafka operations on a type of resource. */
export interface ProtocolQuestions {
  readonly mqtt: { readonly protocol: 'mqtt'; readonly cases: readonly MqttRequests[] };
  readonly kafka: {
    readonly protocol: 'kafka';
    readonly type: KafkaResourceType;
    readonly operations: readonly KafkaOperation[];
    /** The question whether there is any such resource (KIP-679), not one about a certain one. */
    readonly any?: true;
  };
}

/** Requests whose verdict is another one now. */
export interface RuleChange {
  readonly direction: 'widened' | 'narrowed';
  readonly asked: ProtocolQuestions[Protocol];
  /**
   * Topics, filters or names: those in `within`, and in `also`, but in none of `except`. A subscription
   * is in a deny when its filter overlaps it; in one that filters, when it lies inside.
   */
  readonly within: RuleRef;
  readonly also?: RuleRef;
  readonly except: readonly RuleRef[];
  /** `within` and `also` in one text; absent where that depends on the client. */
  readonly resource?: string;
  /** False: the region may be empty, as that depends on values of variables, addresses of clients or how denies lie. */
  readonly certain: boolean;
}

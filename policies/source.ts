import type { KafkaRuleOperation } from './acl/kafka-operations.ts';
import type { AdmissionKey, CountKey, OnExceed, TrafficKey } from './limits/table.ts';

/**
 * The policy as the configuration states it, already validated in shape: plain data that
 * survives JSON. `compilePolicy` turns it into something that decides.
 */
export interface PolicySource {
  readonly identities: readonly IdentitySource[];
  readonly roles: Readonly<Record<string, RoleSource>>;
  /** Of each principal of the process, whoever it is. */
  readonly limits?: LimitsSource;
}

/** One value may be written without a list. */
export type OneOrMany = string | readonly string[];

/** `shadow`: what it would refuse is let through and recorded. Absent: `enforce`. */
export type Mode = 'enforce' | 'shadow';

/** An identity as written in the configuration: certificates that match `when` get its principal and roles. */
export interface IdentitySource {
  readonly name: string;
  /** Either `trust`, with what else the certificate must show, or `anonymous` alone. */
  readonly when: {
    /** Name of the trust store that must have accepted the chain. */
    readonly trust?: string;
    /** The client showed no certificate: only where the listener lets such in. */
    readonly anonymous?: true;
    /** Attribute short name (CN, O, OU, C, L, ST, DC, UID, SERIALNUMBER, E) -> pattern, or several that must all be present. */
    readonly subject?: Readonly<Record<string, OneOrMany>>;
    /** Kind -> pattern, or several that must all be present. */
    readonly san?: {
      readonly uri?: OneOrMany;
      readonly dns?: OneOrMany;
      readonly email?: OneOrMany;
      readonly ip?: OneOrMany;
    };
    /** As `subject`, of the name of the certificate's issuer; without variables. */
    readonly issuer?: Readonly<Record<string, OneOrMany>>;
    /** Purposes that extKeyUsage must all name: `clientAuth`, `serverAuth`, `anyExtendedKeyUsage` or a dotted OID. */
    readonly eku?: OneOrMany;
    /** The serial number in hexadecimal, or several of which it must be one. */
    readonly serial?: OneOrMany;
    /** Milliseconds since notBefore at which the certificate is taken, both inclusive. */
    readonly age?: { readonly min?: number; readonly max?: number };
  };
  /** Template: `{variable}` from the patterns, `{CN}` and other subject attributes that occur once. Either this or `kafkaPrincipalRules`. */
  readonly principal?: string;
  /** Kafka's ssl.principal.mapping.rules, applied to the subject as Kafka prints it. */
  readonly kafkaPrincipalRules?: string;
  readonly roles: readonly string[];
  /** Of each of its principals, beside those of its roles. */
  readonly limits?: LimitsSource;
}

/** What a role states for each protocol; those it does not state are absent. */
export interface RoleSections {
  readonly mqtt: MqttRoleSource;
  readonly kafka: KafkaRoleSource;
}

/** What a role may do over each protocol, and its limits. */
export interface RoleSource extends Partial<RoleSections> {
  /**
   * `shadow`: clients with the role, among whatever others, are refused by nothing but the denies of their
   * enforcing roles. Limits hold all the same.
   */
  readonly mode?: Mode;
  readonly limits?: LimitsSource;
}

/** MQTT rules of a role; a deny wins over every allow. */
export interface MqttRoleSource {
  /** Template the client id must equal, or `any`. Default: the principal. */
  readonly clientId?: string;
  readonly allow?: readonly MqttRuleSource[];
  readonly deny?: readonly MqttRuleSource[];
  /** MQTT 3.1.1 has no code for a refused PUBLISH: acknowledge and drop, or disconnect. Default `ack-drop`. */
  readonly onDeny?: 'ack-drop' | 'disconnect';
  /**
   * What the role's denies of subscriptions and deliveries do. `reject`: a subscription that overlaps a deny is
   * refused. `filter`: only one that lies inside it is; what else is denied is dropped on its way to the client, without
   * a record. A deny of some qualities of service rejects either way. Default `reject`.
   */
  readonly denyOverlap?: 'reject' | 'filter';
  /** Denials per time after which the client is disconnected, e.g. `100/min`. */
  readonly denialBudget?: string;
}

/** Exactly one of publish, subscribe, receive, will is set: a topic filter with `{variables}`. */
export interface MqttRuleSource {
  readonly publish?: string;
  readonly subscribe?: string;
  readonly receive?: string;
  readonly will?: string;
  readonly qos?: readonly (0 | 1 | 2)[];
  readonly retain?: boolean;
  /** Largest payload in bytes that an allow of publish or will grants. Absent: any. */
  readonly size?: number;
  /** Of a deny alone: `shadow` takes it out of what is enforced. */
  readonly mode?: Mode;
}

/** Kafka rules of a role; a deny wins over every allow. */
export interface KafkaRoleSource {
  readonly allow?: readonly KafkaRuleSource[];
  readonly deny?: readonly KafkaRuleSource[];
}

/**
 * Exactly one of topic, group, transactionalId, cluster is set. A name may hold `{variables}`; `*` alone stands for
 * every resource of its type.
 */
export interface KafkaRuleSource {
  readonly topic?: string;
  readonly group?: string;
  readonly transactionalId?: string;
  readonly cluster?: true;
  /** The rule is about every name that begins with the given one. */
  readonly prefix?: boolean;
  readonly operations: readonly KafkaRuleOperation[];
  /** Addresses or CIDR ranges, IPv4 or IPv6, of the clients that the rule is about. Absent: any. */
  readonly hosts?: readonly string[];
  /** Of a deny alone: `shadow` takes it out of what is enforced. */
  readonly mode?: Mode;
}

/** The rate alone, or with what holds for this limit in place of what its block says. */
export type WrittenLimit = string | { readonly limit: string; readonly burst?: string; readonly onExceed?: OnExceed };

/** The limits of a block as written: rates of events `50/s`, of bytes `64KiB/s`; counts, and sizes in bytes. See limits/table.ts. */
export type WrittenLimits = { readonly [K in TrafficKey]?: WrittenLimit } & {
  readonly [K in AdmissionKey]?: string;
} & { readonly [K in CountKey]?: number };

/** A block of limits as written; texts carry their units (`50/s`, `64KiB/s`). */
export interface LimitsSource extends WrittenLimits {
  /** `principal`: of each principal. `group:NAME`: one budget of all whose blocks name the group. Default `principal`. */
  readonly scope?: string;
  /** Of `bytes`, `bytesOut` and `requests`: how Kafka averages them, in place of a bucket. Kafka listeners only. */
  readonly quota?: 'kafka';
  /** How long a full bucket lasts at the limit's rate, e.g. `5s`. Default `1s` (at least one token). */
  readonly burst?: string;
  /** Default `throttle`. */
  readonly onExceed?: OnExceed;
}

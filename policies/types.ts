/** The shapes that policies hand to each other and to their users. Everything here is pure data or pure functions. */
import type { KafkaOperation, KafkaResourceType } from './acl/kafka-operations.ts';
import type { Decision, Permit } from './decision.ts';
import type { AdmissionKey, CountKey, OnExceed, TrafficKey } from './limits/table.ts';
import type { LimitsSource, Mode } from './source.ts';

export type { KafkaOperation, KafkaResourceType };

/** One attribute of a relative distinguished name. */
export interface NameAttribute {
  /** Dotted OID. */
  readonly oid: string;
  /** Short name (CN, O, OU, …) or the OID where there is none. */
  readonly type: string;
  readonly value: string;
  /** DER tag of the value, as Java prints it. */
  readonly tag?: number;
}

/** A name in certificate order; each RDN is a set of attributes. */
export type Name = readonly (readonly NameAttribute[])[];

/** Names of subjectAltName by their kind (RFC 5280, 4.2.1.6), in certificate order. */
export interface SubjectAltNames {
  readonly uri: readonly string[];
  readonly dns: readonly string[];
  readonly email: readonly string[];
  /** Textual, canonical (RFC 5952 for IPv6). */
  readonly ip: readonly string[];
}

/** What identities match on; read from the DER bytes by policies/x509. */
export interface CertificateFacts {
  readonly serial: string;
  readonly subject: Name;
  readonly issuer: Name;
  readonly san: SubjectAltNames;
  /** Dotted OIDs of extKeyUsage (RFC 5280 4.2.1.12); none where the certificate has no such extension. */
  readonly eku: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A token bucket: `burst` tokens when full, refilled at `perSecond`. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A rate, and what a client over it meets. */
export interface RateLimit extends Rate {
  /** It is averaged as Kafka averages (kafka-quota.ts); `burst` is what one may use at once who has used nothing. */
  readonly quota?: 'kafka';
  readonly onExceed: OnExceed;
}

/** What is absent is not limited. Units and meanings: limits/table.ts. */
export type SharableLimits = { readonly [K in TrafficKey]?: RateLimit } & {
  readonly [K in AdmissionKey]?: Rate;
} & { readonly [K in CountKey]?: number };

/** What all clients of a group use up together. */
export interface GroupLimits extends SharableLimits {
  readonly group: string;
}

/** Of one client: its own limits, and beside them those of the groups it belongs to. */
export interface EffectiveLimits extends SharableLimits {
  /** In the order of their names; absent where there are none. */
  readonly groups?: readonly GroupLimits[];
}

/** The result of matching a certificate. */
export interface Identified {
  readonly ok: true;
  readonly identity: string;
  readonly principal: string;
  readonly roles: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly limits: EffectiveLimits;
}

/** No identity matches the certificate. */
export interface Unidentified {
  readonly ok: false;
  /** One sentence that tells the operator why each candidate did not match (bounded). */
  readonly reason: string;
}

/**
 * What one principal may do over MQTT. What is let through only because something is in shadow has a permit from
 * PERMIT_SHADOW on, and a decision that says what would refuse it. Topics are given as bytes `[start, end)` of valid
 * UTF-8 that already passed the grammar; filters and ids as strings.
 */
export interface MqttAccess {
  /**
   * Permit, or 0 when refused: then ask `explainPublish`. Hot: no allocation when the answer is cached.
   * @param size of the payload in bytes
   */
  publish(buf: Uint8Array, start: number, end: number, qos: number, retain: boolean, size: number): Permit;
  /** The largest payload in bytes for which the same topic, quality of service and retain flag have this permit. */
  maxPayload(permit: Permit): number;
  /** @param size of the payload in bytes; 0, the default, asks whether any may be published */
  explainPublish(topic: string, qos: number, retain: boolean, size?: number): Decision;
  /** May a message of this topic be delivered to the client? FILTERED: no, and that is no news. */
  receive(buf: Uint8Array, start: number, end: number): Permit;
  explainReceive(topic: string): Decision;
  /** `filter` as sent, `$share/group/…` included. `qos` is the highest that may be asked for, <= the requested one. */
  subscribe(
    filter: string,
    qos: number,
  ): { readonly decision: Decision; readonly permit: Permit; readonly qos: number };
  /** `size` as for `explainPublish`. */
  will(
    topic: string,
    qos: number,
    retain: boolean,
    size?: number,
  ): { readonly decision: Decision; readonly permit: Permit };
  /** `assigned` is the id to use when the client sent an empty one; undefined: make one up. */
  clientId(id: string): { readonly decision: Decision; readonly assigned?: string };
  /** Decision of the rule behind a permit, for sampled forwards. */
  explainPermit(permit: Permit, action: Decision['action'], resource: string): Decision;
  /** Highest QoS that any publish rule allows. */
  readonly maxPublishQos: 0 | 1 | 2;
  /** False when no publish rule allows retained messages. */
  readonly retainAvailable: boolean;
  readonly onDeny: 'ack-drop' | 'disconnect';
  /** Bucket of denials before the client is cut. */
  readonly denialBudget: Rate;
}

/**
 * What one principal may do over Kafka, from one address; shadow as with MQTT. Names are taken literally, whatever they
 * hold.
 */
export interface KafkaAccess {
  /** Permit, or 0 when refused: then ask `explain`. The name of the cluster is `kafka-cluster`. */
  authorize(operation: KafkaOperation, type: KafkaResourceType, name: string): Permit;
  /** The same for the topic whose name is in bytes `[start, end)`. Hot: no allocation when the answer is cached. */
  topic(operation: KafkaOperation, buf: Uint8Array, start: number, end: number): Permit;
  /** Is there any resource of the type for which the operation is allowed? (Authorizer.authorizeByResourceType, KIP-679) */
  authorizeByType(operation: KafkaOperation, type: KafkaResourceType): Permit;
  explain(operation: KafkaOperation, type: KafkaResourceType, name: string): Decision;
  explainByType(operation: KafkaOperation, type: KafkaResourceType): Decision;
  /**
   * What answers carry as AuthorizedOperations (KIP-430): the sum of `1 << code` over the operations of the type that
   * are not refused.
   */
  authorizedOperations(type: KafkaResourceType, name: string): number;
  /** Decision of the rule behind a permit of a Kafka access, for sampled forwards. */
  explainPermit(permit: Permit, action: Decision['action'], resource: string): Decision;
}

/** A compiled policy: pure, immutable, shared by all sessions of a worker. */
export interface Policy {
  /** Content hash of the source. */
  readonly version: string;
  /**
   * `store` accepted the chain; ANONYMOUS and NO_CERTIFICATE (identity/anonymous.ts) for a client that showed none.
   * @param now Milliseconds since the epoch. Without it no identity matches that asks for the age of the certificate.
   * @param limits Of the listener, beside those that the policy states. What they make is remembered by the object.
   */
  identify(store: string, facts: CertificateFacts, now?: number, limits?: LimitsSource): Identified | Unidentified;
  /**
   * Matchers of one principal; cheap to call again (bounded cache).
   * @param mode Of the listener; `shadow`: nothing is refused. Default `enforce`.
   */
  mqtt(client: Identified, mode?: Mode): MqttAccess;
  /**
   * The same for Kafka.
   * @param host The address of the client in any textual form. Where it is none, rules for certain hosts allow
   *   nothing and deny all the same.
   */
  kafka(client: Identified, host: string, mode?: Mode): KafkaAccess;
  readonly identityNames: readonly string[];
}

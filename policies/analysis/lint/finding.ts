import type { Protocol } from '../../decision.ts';
import type { PolicySource } from '../../source.ts';
import type { LintId } from './catalogue.ts';

/** What the lints look at: a policy that passed `checkPolicy`, and who may come to it. */
export interface LintSource {
  readonly policy: PolicySource;
  readonly listeners: readonly LintListener[];
  /** Names of all trust stores. */
  readonly stores: readonly string[];
  /** Client connections of the whole process. */
  readonly maxConnections: number;
}

/** What of a listener is linted with the policy. */
export interface LintListener {
  readonly protocol: Protocol;
  /** Trust stores whose clients may connect; ANONYMOUS where a certificate is not required. */
  readonly clients: readonly string[];
  /** MQTT: levels of a topic or filter; with more it is refused. */
  readonly maxTopicLevels?: number;
  /** Addresses or CIDR ranges that may connect; empty: any. */
  readonly admits: readonly string[];
  /** Its name where it is in shadow. */
  readonly shadow?: string;
}

/** Something that is valid and yet hardly what was meant. */
export interface Finding {
  readonly lint: LintId;
  /** Where, as a path in the configuration: `roles.device.mqtt.deny[0].publish`. */
  readonly path: string;
  /** Is it the name itself, the key at the end of `path`, that is meant? */
  readonly about: 'key' | 'value';
  /** What was found there, with the rules that make it so. */
  readonly message: string;
}

export function finding(lint: LintId, path: string, message: string, about: Finding['about'] = 'value'): Finding {
  return { lint, path, about, message };
}

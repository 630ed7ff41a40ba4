import type { IdentitySource, KafkaRuleSource, MqttRuleSource, RoleSource } from '../../../policies/source.ts';

/** A line of the file. */
export interface Place {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** A line that is not in the result as it stands in the file. */
export interface LeftOut extends Place {
  /** Why, and what the result has instead; never wider than the line. */
  readonly reason: string;
}

/** What a file of access rules becomes: two sections of a configuration, and what is not in them. */
export interface Imported {
  readonly identities: readonly IdentitySource[];
  readonly roles: Readonly<Record<string, RoleSource>>;
  readonly leftOut: readonly LeftOut[];
}

/** The text is no file of the kind at all; the message says where. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}

/** What one line allows or denies, in the language of roles. */
export interface Rule {
  readonly effect: 'allow' | 'deny';
  readonly mqtt?: MqttRuleSource;
  readonly kafka?: KafkaRuleSource;
}

import { RULE_ACTIONS } from '../acl/rules.ts';
import type { KafkaRuleSource, MqttRuleSource, PolicySource } from '../source.ts';

export interface PlacedText {
  /** Path in the configuration. */
  readonly path: string;
  readonly text: string;
}

const NAMES = ['topic', 'group', 'transactionalId'] as const;

/** Every text of a policy that is compared with what a certificate or a client says. */
export function* policyTexts({ identities, roles }: PolicySource): Generator<PlacedText> {
  for (const [i, { when, principal }] of identities.entries()) {
    const path = `identities[${i}]`;
    for (const [type, patterns] of Object.entries(when.subject ?? {})) {
      if (typeof patterns === 'string') yield { path: `${path}.when.subject.${type}`, text: patterns };
      else for (const [j, text] of patterns.entries()) yield { path: `${path}.when.subject.${type}[${j}]`, text };
    }
    for (const [kind, text] of Object.entries(when.san ?? {})) yield { path: `${path}.when.san.${kind}`, text };
    if (principal !== undefined) yield { path: `${path}.principal`, text: principal };
  }
  for (const [name, { mqtt, kafka }] of Object.entries(roles)) {
    if (mqtt?.clientId !== undefined) yield { path: `roles.${name}.mqtt.clientId`, text: mqtt.clientId };
    for (const effect of ['allow', 'deny'] as const) {
      yield* ruleTexts(mqtt?.[effect] ?? [], RULE_ACTIONS, `roles.${name}.mqtt.${effect}`);
      yield* ruleTexts(kafka?.[effect] ?? [], NAMES, `roles.${name}.kafka.${effect}`);
    }
  }
}

function* ruleTexts<K extends string>(
  rules: readonly ((MqttRuleSource | KafkaRuleSource) & { readonly [key in K]?: string })[],
  keys: readonly K[],
  path: string,
): Generator<PlacedText> {
  for (const [i, rule] of rules.entries()) {
    for (const key of keys) {
      const text = rule[key];
      if (text !== undefined) yield { path: `${path}[${i}].${key}`, text };
    }
  }
}

import { RULE_ACTIONS } from '../../acl/rules.ts';
import type { KafkaRuleSource, MqttRuleSource, OneOrMany, PolicySource } from '../../source.ts';

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
    for (const part of ['subject', 'issuer', 'san'] as const) {
      for (const [key, written] of Object.entries(when[part] ?? {})) {
        yield* patternTexts(written, `${path}.when.${part}.${key}`);
      }
    }
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

function* patternTexts(written: OneOrMany, path: string): Generator<PlacedText> {
  if (typeof written === 'string') yield { path, text: written };
  else for (const [j, text] of written.entries()) yield { path: `${path}[${j}]`, text };
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

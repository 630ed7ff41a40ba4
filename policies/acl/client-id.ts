/**
 * Which client id a client may use. The ids that its roles state are alternatives; where no
 * role states one, the id is the principal. `any` must be written.
 */
import type { Decision } from '../decision.ts';
import type { MqttRoleSource } from '../source.ts';
import { letThrough, refuse } from './decision-text.ts';
import { fillTemplate, parseTemplate, type Template, type Variables } from './template.ts';

/** The `clientId` of a role whose clients may use any client id. */
export const ANY_CLIENT_ID = 'any';

/** What one role with an mqtt section says; no template: any id. */
export interface ClientIdRule {
  readonly role: string;
  readonly id: string;
  /** As written; undefined where the role states none. */
  readonly text: string | undefined;
  readonly template?: Template;
}

export interface ClientIdVerdict {
  readonly decision: Decision;
  /** The id for a client that sent an empty one. */
  readonly assigned?: string;
}

/** @throws TemplateError on a text that `checkRules` would have named */
export function compileClientId(role: string, source: MqttRoleSource): ClientIdRule {
  const text = source.clientId;
  const rule = { role, id: `roles.${role}.mqtt.clientId`, text };
  return text === undefined || text === ANY_CLIENT_ID ? rule : { ...rule, template: parseTemplate(text) };
}

/** One id that a client may use; undefined: any. */
interface Choice {
  readonly rule: ClientIdRule;
  readonly value: string | undefined;
}

/** The client ids that one principal may connect with, over all its roles. */
export class ClientIds {
  readonly #choices: readonly Choice[];
  readonly #unfilled: string;
  readonly #open: boolean;

  /** `open`: in shadow, an id that no role allows is let through. */
  constructor(rules: readonly ClientIdRule[], principal: string, variables: Variables, open = false) {
    const stated = rules.filter((rule) => rule.text !== undefined);
    const choices: Choice[] = [];
    for (const rule of stated.length > 0 ? stated : rules.slice(0, 1)) {
      if (rule.text === ANY_CLIENT_ID) choices.push({ rule, value: undefined });
      else {
        const value = rule.template === undefined ? principal : fillTemplate(rule.template, variables);
        if (value !== undefined && value !== '') choices.push({ rule, value });
      }
    }
    this.#choices = choices;
    this.#open = open;
    this.#unfilled =
      rules.length === 0 ? 'no role of this client has an mqtt section' : 'no client id can be made for this client';
  }

  /** `id` as the client sent it; '' asks for one. */
  decide(id: string): ClientIdVerdict {
    const choice = this.#choices.find(({ value }) => value === undefined || value === id || id === '');
    if (choice === undefined) {
      const refusal = this.#refusal(id);
      return { decision: this.#open ? letThrough(refusal, undefined) : refusal };
    }
    const { rule, value } = choice;
    const decision: Decision = {
      verdict: 'allow',
      action: 'connect',
      resource: id,
      ruleId: rule.id,
      role: rule.role,
      reason: `${rule.id} allows ${value === undefined ? 'any client id' : `the client id "${value}"`}`,
    };
    return value === undefined ? { decision } : { decision, assigned: value };
  }

  #refusal(id: string): Decision {
    const first = this.#choices[0];
    if (first === undefined) return refuse('connect', id, 'client-id', this.#unfilled);
    const { rule } = first;
    const why = rule.text === undefined ? 'the principal, as no role states another' : `${rule.id}: ${rule.text}`;
    return {
      verdict: 'deny',
      action: 'connect',
      resource: id,
      ruleId: rule.id,
      role: rule.role,
      cause: 'client-id',
      reason: `the client id must be "${first.value}" (${why})`,
    };
  }
}

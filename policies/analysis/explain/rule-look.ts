import type { Effect } from '../../acl/rules.ts';

/** What one rule of a client has to do with a question. */
export interface RuleLook {
  /** `roles.device.mqtt.allow[2]` */
  readonly path: string;
  readonly role: string;
  readonly effect: Effect;
  /** What it is about, as written. */
  readonly says: string;
  /** The same for this client, where variables were filled. */
  readonly filled?: string;
  /**
   * `decides`: the verdict names it. `would-decide`: it would, were nothing in shadow. `applies`: it would give the
   * answer of its kind, and another rule decides. `partly`: it is about the resource, not about all else that is
   * asked. `no`: not about it.
   */
  readonly outcome: 'decides' | 'would-decide' | 'applies' | 'partly' | 'no';
  /** A few words. */
  readonly reason: string;
  /** A deny that refuses nothing: it, or its role, is in shadow. */
  readonly shadow?: true;
}

/** What a rule says alone, before it is known which one decides. */
export interface Bearing {
  readonly outcome: 'applies' | 'partly' | 'no';
  readonly reason: string;
}

/** `ruleId`: of the verdict. */
export function ruleLook(
  rule: { readonly id: string; readonly role: string; readonly effect: Effect; readonly shadow?: boolean },
  texts: { readonly says: string; readonly filled: string | undefined },
  bearing: Bearing,
  ruleId: string,
): RuleLook {
  const { id: path, role, effect } = rule;
  const { says, filled } = texts;
  const outcome = path === ruleId ? 'decides' : bearing.outcome;
  const shown = filled === undefined || filled === says ? {} : { filled };
  const tried = rule.shadow ? { shadow: true as const } : {};
  return { path, role, effect, says, ...shown, outcome, reason: bearing.reason, ...tried };
}

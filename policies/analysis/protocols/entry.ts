/** What lint, diff, explain and policy tests ask of a protocol. */
import type { Action, Protocol } from '../../decision.ts';
import type { RejectionEvent } from '../../event.ts';
import type { ProtocolRules } from '../../protocols.ts';
import type { PolicySource, RoleSections } from '../../source.ts';
import type { Identified, Policy } from '../../types.ts';
import type { RuleChange } from '../diff/rule-change.ts';
import type { SettingChange, SettingSide } from '../diff/setting-changes.ts';
import type { RuleLook } from '../explain/rule-look.ts';
import type { RoleBook } from '../lint/clients.ts';
import type { Finding, LintListener } from '../lint/finding.ts';
import type { PlacedText } from '../lint/rule-texts.ts';
import type { Answer, ProtocolRequests } from '../policy-test/request.ts';

/** Findings about the section of one role. */
export type RoleLint = (role: string, book: RoleBook) => Finding[];

/** A rejection of the past that a rule gave; its resource is as the client wrote it. */
export interface RecordedRejection
  extends Pick<RejectionEvent, 'protocol' | 'action' | 'cause' | 'sent' | 'size' | 'peer'> {
  readonly resource: string;
}

/** Methods, not properties with functions: so that an entry of one protocol can be looked up as one of any protocol. */
export interface ProtocolAnalysis<P extends Protocol> {
  /** @param listeners All of the configuration. */
  lint(listeners: readonly LintListener[]): RoleLint;
  /** Every text of a section that is compared with what a client says; paths begin with `path`. */
  texts(section: RoleSections[P], path: string): Iterable<PlacedText>;

  /** Allows of everything that `rules` may be about, as the mode of a role in shadow gives them. */
  everything(role: string, rules: readonly ProtocolRules[P][]): readonly ProtocolRules[P][];
  /** A rule for people: `publish "a/b"`. */
  ruleText(rule: ProtocolRules[P]): string;
  /** Requests that are decided otherwise; no rule holds symbols (`holdsSymbol`) itself. */
  ruleChanges(before: readonly ProtocolRules[P][], after: readonly ProtocolRules[P][]): RuleChange[];
  /** Settings of the sections, beside their rules, that are not the same for a client. */
  settingChanges(before: SettingSide, after: SettingSide): SettingChange[];

  /** The gate's own answer. @param maxTopicLevels What the listener lets through. */
  answer(policy: Policy, client: Identified, request: ProtocolRequests[P], maxTopicLevels: number): Answer;
  /** Action and resource of the request as decisions name them. */
  subject(request: ProtocolRequests[P]): { readonly action: Action; readonly resource: string };
  /** Every rule of the client's roles, held against the request. @param ruleId Of the verdict. */
  explain(source: PolicySource, client: Identified, request: ProtocolRequests[P], ruleId: string): RuleLook[];
  /** The requests that it may have been, most likely first. A text says why it cannot be asked again. */
  recorded(rejection: RecordedRejection): readonly ProtocolRequests[P][] | string;
}

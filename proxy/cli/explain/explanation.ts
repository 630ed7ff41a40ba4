/** The result of `headgate explain` as data; positions are those in the configuration file. */

import { explain } from '../../../policies/analysis/explain/explain.ts';
import type { IdentityLook } from '../../../policies/analysis/explain/identities.ts';
import { type LimitLook, lookAtLimits } from '../../../policies/analysis/explain/limits.ts';
import type { RuleLook } from '../../../policies/analysis/explain/rule-look.ts';
import type { PolicyRequest } from '../../../policies/analysis/policy-test/request.ts';
import type { Decision, Protocol } from '../../../policies/decision.ts';
import { ANONYMOUS } from '../../../policies/identity/anonymous.ts';
import type { CertificateFacts, Policy } from '../../../policies/types.ts';
import { nameText } from '../../../policies/x509/name.ts';
import { parsePath } from '../../control-plane/config/problem.ts';
import type { Position } from '../../control-plane/config/source.ts';
import type { PolicyFile } from '../policy-file.ts';
import type { ChainLook } from './chains.ts';
import type { KnownClient } from './client.ts';
import { sentAtOnce, sentFor } from './sent.ts';

type Placed<T> = T & Position;

interface ShownCertificate {
  /** RFC 4514, as is `issuer`. */
  readonly subject: string;
  /** Subject alternative names: `uri:spiffe://acme/pump-1`. */
  readonly names: readonly string[];
  readonly issuer: string;
  /** RFC 3339; empty when unknown. */
  readonly notAfter: string;
}

export interface ExplainAnswer {
  readonly config: string;
  /** Listeners in shadow mode: no missing right refuses anything there, whatever the verdicts here are. */
  readonly shadowListeners: readonly string[];
  readonly certificate?: ShownCertificate;
  readonly chains: readonly ChainLook[];
  /** Null: the client sends no certificate. Absent: only the principal is known. */
  readonly store?: string | null;
  readonly identities: readonly Placed<IdentityLook>[];
  /** Absent: the client gets no identity, see `refused`. */
  readonly client?: {
    readonly identity: string;
    readonly principal: string;
    readonly roles: readonly string[];
    readonly variables: Readonly<Record<string, string>>;
  };
  readonly refused?: { readonly cause: string; readonly reason: string; readonly sent: readonly string[] };
  readonly questions: readonly QuestionAnswer[];
  /** Without questions: those that apply when the client connects. */
  readonly limits: readonly LimitLook[];
}

export interface QuestionAnswer {
  readonly request: PolicyRequest;
  readonly verdict: 'allow' | 'deny';
  readonly ruleId: string;
  readonly cause?: string;
  readonly reason: string;
  /** For an allow: what would refuse it if nothing were in shadow. */
  readonly shadow?: { readonly ruleId: string; readonly cause: string };
  readonly granted?: number;
  readonly rules: readonly Placed<RuleLook>[];
  readonly limits: readonly LimitLook[];
  readonly sent: readonly string[];
}

/** Explains the client, and the decision on each question. `protocol`: of the questions; undefined without any. */
export function explainAnswer(
  file: PolicyFile,
  policy: Policy,
  known: KnownClient,
  questions: readonly PolicyRequest[],
  protocol: Protocol | undefined,
): ExplainAnswer {
  const { client, chains, store, facts, refusal } = known;
  const source = file.policy.policy;
  const levels = file.policy.listeners.flatMap(({ maxTopicLevels }) => maxTopicLevels ?? []);
  const place = <T extends { readonly path: string }>(one: T): Placed<T> => ({
    ...one,
    ...file.source.position(file.locator.locate(parsePath(one.path), 'value')),
  });
  const common = {
    config: file.source.file,
    shadowListeners: file.policy.listeners.flatMap(({ shadow }) => shadow ?? []),
    ...(facts !== undefined && store !== ANONYMOUS ? { certificate: shown(facts) } : {}),
    chains,
    ...(store === undefined ? {} : { store: store === ANONYMOUS ? null : store }),
    identities: known.identities.map(place),
  };
  if (!client.ok) {
    const { cause, reason } = refusal ?? { cause: 'no-identity' as const, reason: client.reason };
    return { ...common, refused: { cause, reason, sent: sentAtOnce(cause, protocol) }, questions: [], limits: [] };
  }
  const { identity, principal, roles, variables } = client;
  const answers = questions.map((request): QuestionAnswer => {
    const explanation = explain(policy, source, client, request, levels.length === 0 ? 1 : Math.max(...levels));
    const { decision, granted, rules, limits } = explanation;
    return {
      request,
      verdict: decision.verdict,
      ruleId: decision.ruleId,
      ...(decision.cause === undefined ? {} : { cause: decision.cause }),
      reason: decision.reason,
      ...(decision.shadow === undefined ? {} : { shadow: refusalOf(decision.shadow) }),
      ...(granted === undefined ? {} : { granted }),
      rules: rules.map(place),
      limits,
      sent: sentFor(explanation, policy, client),
    };
  });
  const limits = questions.length === 0 ? lookAtLimits(source, client, undefined) : [];
  return { ...common, client: { identity, principal, roles, variables }, questions: answers, limits };
}

function refusalOf({ ruleId, cause = 'denied' }: Decision): { readonly ruleId: string; readonly cause: string } {
  return { ruleId, cause };
}

function shown({ subject, issuer, san, notAfter }: CertificateFacts): ShownCertificate {
  const kinds: readonly (readonly [string, readonly string[]])[] = Object.entries(san);
  const names = kinds.flatMap(([kind, texts]) => texts.map((text) => `${kind}:${text}`));
  const end = Number.isFinite(notAfter) ? new Date(notAfter).toISOString() : '';
  return { subject: nameText(subject), names, issuer: nameText(issuer), notAfter: end };
}

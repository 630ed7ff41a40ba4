/** Rejections that are kept, asked of another policy. */

import { missingVariables, namedClient } from '../../../policies/analysis/explain/named-client.ts';
import { recordedRequests } from '../../../policies/analysis/explain/recorded-requests.ts';
import { answer } from '../../../policies/analysis/policy-test/answer.ts';
import type { RejectionEvent } from '../../../policies/event.ts';
import { compilePolicy } from '../../../policies/policy.ts';
import type { PolicySource } from '../../../policies/source.ts';
import type { Identified } from '../../../policies/types.ts';
import type { ReplayedRejections } from '../api/dry-run.ts';

/** Different rejections that are asked, the newest first: each costs some microseconds of the main thread. */
const MAX_ASKED = 1000;
const MAX_EXAMPLES = 20;
type Outcome = 'allowed' | 'maybeAllowed' | 'refused' | 'notAsked';

/** `maxTopicLevels`: the most that a listener lets through. `events`: newest first. */
export function replayRejections(
  events: readonly RejectionEvent[],
  source: PolicySource,
  maxTopicLevels: number,
): ReplayedRejections {
  const policy = compilePolicy(source, { version: '', maxTopicLevels });
  const clients = new Map<string, Identified | null>();
  const counts: Record<Outcome, number> = { allowed: 0, maybeAllowed: 0, refused: 0, notAsked: 0 };
  const outcomes = new Map<string, Outcome>();
  const examples: ReplayedRejections['examples'][number][] = [];

  const client = (identity: string, principal: string): Identified | null => {
    const key = JSON.stringify([identity, principal]);
    const known = clients.get(key) ?? clientOf(source, identity, principal);
    clients.set(key, known);
    return known;
  };
  const ask = (event: RejectionEvent): Outcome => {
    const { identity, principal } = event;
    const requests = recordedRequests(event);
    if (typeof requests === 'string' || identity === undefined || principal === undefined) return 'notAsked';
    const known = client(identity, principal);
    if (known === null) return 'notAsked';
    const allowed = requests.filter(
      (request) => answer(policy, known, request, maxTopicLevels).decision.verdict === 'allow',
    ).length;
    return allowed === 0 ? 'refused' : allowed === requests.length ? 'allowed' : 'maybeAllowed';
  };

  for (const event of events) {
    const { principal, identity, action, resource, cause, sent, size, peer } = event;
    // The port of a client means nothing to a policy.
    const host = peer.slice(0, peer.lastIndexOf(':'));
    const key = JSON.stringify([principal, identity, action, resource, cause, sent, size, host]);
    const known = outcomes.get(key);
    const outcome = known ?? (outcomes.size < MAX_ASKED ? ask(event) : 'notAsked');
    counts[outcome] += event.count;
    if (known !== undefined || outcomes.size >= MAX_ASKED) continue;
    outcomes.set(key, outcome);
    if (!outcome.endsWith('llowed') || examples.length >= MAX_EXAMPLES) continue;
    examples.push({
      action,
      ...(principal !== undefined && { principal }),
      ...(identity !== undefined && { identity }),
      ...(resource !== undefined && { resource }),
    });
  }
  return { ...counts, examples };
}

/** Null where the policy has no such client, or its principal does not tell all that the rules ask of it. */
function clientOf(source: PolicySource, identity: string, principal: string): Identified | null {
  const found = source.identities.find(({ name }) => name === identity);
  const client = found && namedClient(source, found, principal);
  return client?.ok && missingVariables(source, client).length === 0 ? client : null;
}

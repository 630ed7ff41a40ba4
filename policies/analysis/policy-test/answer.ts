/** Single questions to a policy, as its tests ask them. The gate's own functions answer. */
import { refuse } from '../../acl/decision-words.ts';
import type { Identified, Policy, Unidentified } from '../../types.ts';
import { analysisOf } from '../protocols/table.ts';
import type { Answer, PolicyRequest } from './request.ts';

/** `maxTopicLevels`: what the listener lets through. A client without an identity may do nothing. */
export function answer(
  policy: Policy,
  who: Identified | Unidentified,
  request: PolicyRequest,
  maxTopicLevels: number,
): Answer {
  const protocol = analysisOf(request);
  if (who.ok) return protocol.answer(policy, who, request, maxTopicLevels);
  const { action, resource } = protocol.subject(request);
  return { decision: refuse(action, resource, 'no-identity', who.reason) };
}

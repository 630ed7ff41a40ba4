/** Single questions to a policy, as its tests ask them. The gate's own functions answer. */
import { refuse } from '../../acl/decision-text.ts';
import type { Identified, Policy, Unidentified } from '../../types.ts';
import { analysisOf } from '../protocols/table.ts';
import type { Answer, PolicyRequest } from './request.ts';

/** `maxTopicLevels`: what the listener lets through. A client without an identity may do nothing. */
export function answer(
  policy: Policy,
  client: Identified | Unidentified,
  request: PolicyRequest,
  maxTopicLevels: number,
): Answer {
  const protocol = analysisOf(request);
  if (client.ok) return protocol.answer(policy, client, request, maxTopicLevels);
  const { action, resource } = protocol.subject(request);
  return { decision: refuse(action, resource, 'no-identity', client.reason) };
}

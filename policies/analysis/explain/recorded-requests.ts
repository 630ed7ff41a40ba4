/** A rejection of the past, as the questions to the policy that it may have been. */
import type { RejectionEvent } from '../../event.ts';
import { isProtocol } from '../../protocols.ts';
import type { PolicyRequest } from '../policy-test/request.ts';
import type { RecordedRejection } from '../protocols/entry.ts';
import { ANALYSIS } from '../protocols/table.ts';

/** Causes that a rule of the policy gives. */
const RULE_CAUSES: ReadonlySet<string> = new Set([
  'denied',
  'qos-not-allowed',
  'retain-not-allowed',
  'payload-too-large',
  'will-denied',
  'client-id',
]);

/**
 * What is not recorded is given in every form that fits, most likely first. A text says why it cannot be asked again.
 */
export function recordedRequests(
  event: Omit<RecordedRejection, 'resource'> & Pick<RejectionEvent, 'resource'>,
): readonly PolicyRequest[] | string {
  const { protocol, resource, cause, size } = event;
  if (cause === 'payload-too-large' && size === undefined) return 'the size of its payload is not recorded';
  if (!RULE_CAUSES.has(cause)) return `the cause ${cause} is not one of the policy’s rules`;
  if (resource === undefined) return 'it names no resource';
  if (resource.endsWith('…') || /\\(x|u)[0-9a-f]{2}/.test(resource)) return 'its resource was cut or escaped';
  // The record may be of a file that another release wrote.
  if (!isProtocol(protocol)) return 'its protocol is not known here';
  return ANALYSIS[protocol].recorded({ ...event, resource });
}

/** Recorded rejections, decided again by two policies. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { missingVariables, namedClient } from '../../../policies/analysis/explain/named-client.ts';
import { recordedRequests } from '../../../policies/analysis/explain/recorded-requests.ts';
import { answer } from '../../../policies/analysis/policy-test/answer.ts';
import type { RejectionEvent } from '../../../policies/event.ts';
import type { PolicySource } from '../../../policies/source.ts';
import type { Identified, Policy } from '../../../policies/types.ts';

export interface ReplaySide {
  readonly source: PolicySource;
  readonly policy: Policy;
  readonly maxTopicLevels: number;
}

export type Outcome =
  | 'still refused'
  | 'allowed now'
  /** It depends on what was not recorded: quality of service, retain flag. */
  | 'may be allowed now'
  /** The policy before allows it too: it was refused by an earlier one. */
  | 'allowed before';

/** Rejections that are alike. */
export interface Replayed {
  readonly outcome: Outcome;
  readonly principal: string;
  readonly identity: string;
  readonly action: string;
  readonly resource: string;
  /** How often it was rejected, as far as the file shows. */
  readonly count: number;
}

export interface Replay {
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Those that are not refused as before, in the order of the file. */
  readonly changed: readonly Replayed[];
  /** Rejections that `changed` has no room for. */
  readonly more: number;
  /** Rejections that cannot be decided again, by reason. */
  readonly left: Readonly<Record<string, number>>;
}

/** What clients chose makes rejections differ: only so many are remembered, and listed. */
const MAX_KNOWN = 100_000;
const MAX_CHANGED = 1000;

type Result = Outcome | { readonly left: string };

/** @throws Error where the file cannot be read */
export async function replayDecisions(file: string, before: ReplaySide, after: ReplaySide): Promise<Replay> {
  const tally = new Tally();
  const known = new Map<string, Result>();
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    const event = readEvent(line);
    if (typeof event === 'string') {
      tally.leave(event, 1);
      continue;
    }
    const key = keyOf(event);
    let result = known.get(key);
    if (result === undefined) {
      result = replayOne(event, before, after);
      if (known.size < MAX_KNOWN) known.set(key, result);
    }
    if (typeof result === 'string') tally.count(result, event);
    else tally.leave(result.left, event.count);
  }
  return tally.result();
}

/** What the decision depends on. The port of a client means nothing to a policy. */
function keyOf(event: RejectionEvent): string {
  const { protocol, identity, principal, action, resource, cause, sent, size, peer, shadow } = event;
  const host = peer.slice(0, peer.lastIndexOf(':'));
  return JSON.stringify([protocol, identity, principal, action, resource, cause, sent, size, host, shadow]);
}

class Tally {
  readonly #outcomes: Record<Outcome, number> = {
    'still refused': 0,
    'allowed now': 0,
    'may be allowed now': 0,
    'allowed before': 0,
  };
  readonly #left: Record<string, number> = {};
  readonly #changed = new Map<string, Replayed>();
  #more = 0;

  leave(reason: string, count: number): void {
    this.#left[reason] = (this.#left[reason] ?? 0) + count;
  }

  count(outcome: Outcome, event: RejectionEvent): void {
    this.#outcomes[outcome] += event.count;
    if (outcome === 'still refused') return;
    const { principal = '', identity = '', action, resource = '' } = event;
    const about = { outcome, principal, identity, action, resource };
    const key = JSON.stringify(about);
    const count = (this.#changed.get(key)?.count ?? 0) + event.count;
    if (count > event.count || this.#changed.size < MAX_CHANGED) this.#changed.set(key, { ...about, count });
    else this.#more += event.count;
  }

  result(): Replay {
    return {
      outcomes: this.#outcomes,
      changed: [...this.#changed.values()],
      more: this.#more,
      left: this.#left,
    };
  }
}

function readEvent(line: string): RejectionEvent | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'the line is not JSON';
  }
  const event = value as Partial<RejectionEvent> | null;
  const sound =
    event?.kind === 'rejection' &&
    [event.action, event.cause, event.peer].every((text) => typeof text === 'string') &&
    [event.principal, event.identity, event.resource, event.sent].every((text) =>
      ['string', 'undefined'].includes(typeof text),
    ) &&
    (event.size === undefined || (Number.isSafeInteger(event.size) && event.size >= 0)) &&
    Number.isSafeInteger(event.count) &&
    (event.count ?? 0) > 0;
  return sound ? (event as RejectionEvent) : 'the line is not a rejection';
}

function replayOne(event: RejectionEvent, before: ReplaySide, after: ReplaySide): Result {
  if (event.shadow) return { left: 'it was let through, in shadow' };
  const requests = recordedRequests(event);
  if (typeof requests === 'string') return { left: requests };
  const [old, now] = [clientOf(event, before), clientOf(event, after)];
  if (typeof old === 'string') return { left: `${old} before` };
  if (typeof now === 'string') return { left: `${now} after` };
  const allowed = (side: ReplaySide, client: Identified) =>
    requests.map((request) => answer(side.policy, client, request, side.maxTopicLevels).decision.verdict === 'allow');
  const [was, is] = [allowed(before, old), allowed(after, now)];
  // What was refused before is what may have been rejected.
  const possible = is.filter((_, i) => was[i] === false);
  if (possible.length === 0) return 'allowed before';
  if (possible.every((one) => one)) return 'allowed now';
  return possible.some((one) => one) ? 'may be allowed now' : 'still refused';
}

/** A text says why the client cannot be determined. */
function clientOf({ principal, identity }: RejectionEvent, { source }: ReplaySide): Identified | string {
  if (principal === undefined || identity === undefined) return 'the client had no identity';
  const found = source.identities.find(({ name }) => name === identity);
  if (found === undefined) return 'there is no such identity';
  const client = namedClient(source, found, principal);
  if (!client.ok) return 'the identity has no such principal';
  return missingVariables(source, client).length === 0
    ? client
    : 'the principal does not determine all variables of the rules';
}

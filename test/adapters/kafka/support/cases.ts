import assert from 'node:assert/strict';
import test from 'node:test';
import type { Handler } from '../../../../adapters/kafka/handler.ts';
import { ClientContext, type ClientSource } from './client-context.ts';
import { exchange, readRequest, readResponse } from './exchange.ts';

/** One request of one client, and all that is to come of it. Fields that are left out have their default. */
export interface Case<Q, R> {
  readonly what: string;
  readonly versions: readonly number[];
  readonly client: ClientSource;
  /** The client's rules when the response passes, where they are others by then. */
  readonly later?: ClientSource;
  readonly asks: Q;
  /** What the broker is sent; `same`: the client's own bytes; absent: it is not asked. */
  readonly sends?: Q | 'same';
  /** The version in which the broker is asked, where it is not the client's. */
  readonly inVersion?: number;
  /** What the broker answers. */
  readonly answer?: R;
  /** What the client is answered; `same`: what the broker said, untouched. */
  readonly gets?: R | 'same';
  /** What must be found out before anything is decided. */
  readonly looksUp?: readonly string[] | 'topics';
  /** What is recorded: `operation resource code`. */
  readonly refusals?: readonly string[];
  /** What is recorded as let through in shadow: `operation resource`. */
  readonly shadows?: readonly string[];
}

/** Makes one test of each version of each case. */
export function runCases<Q extends object, R extends object>(
  handler: Handler<Q, R>,
  cases: readonly Case<Q, R>[],
): void {
  for (const one of cases) {
    for (const version of one.versions) {
      test(`${handler.api.name} ${version}: ${one.what}`, () => check(handler, version, one));
    }
  }
}

function check<Q extends object, R extends object>(handler: Handler<Q, R>, version: number, one: Case<Q, R>): void {
  const { api } = handler;
  const context = new ClientContext(one.client);
  const later = one.later === undefined ? context : new ClientContext(one.later);
  const { answer = {} as R, sends, gets, looksUp, inVersion = version } = one;
  const came = exchange(handler, version, context, one.asks, () => answer, later);
  const { outcome } = came;

  assert.deepEqual(came.toBroker, sends && readRequest(api, inVersion, sends === 'same' ? one.asks : sends));
  assert.equal(came.kind, kindOf(one));
  if (sends !== undefined) {
    assert.equal(came.brokerVersion, inVersion);
    assert.ok('permit' in outcome && outcome.permit > 0, 'what goes to the broker has a permit');
  }
  const got = gets === 'same' ? answer : gets;
  assert.deepEqual(came.toClient, got && readResponse(api, version, got));
  if (sends === 'same') assert.equal(came.rewritten, gets === 'same' ? 'same' : 'changed');
  if (outcome.kind === 'resolve') assert.deepEqual(outcome.ids, looksUp);
  const refusals = later === context ? context.refusals : [...context.refusals, ...later.refusals];
  assert.deepEqual(refusals, one.refusals ?? []);
  const shadows = later === context ? context.shadows : [...context.shadows, ...later.shadows];
  assert.deepEqual(shadows, one.shadows ?? []);
}

function kindOf<Q, R>({ sends, looksUp }: Case<Q, R>): string {
  if (looksUp !== undefined) return looksUp === 'topics' ? 'list-topics' : 'resolve';
  if (sends === undefined) return 'respond';
  return sends === 'same' ? 'pass' : 'send';
}

/** All versions from `first` to `last`. */
export function versions(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}

/** Runs policy tests against the compiled policy. */
import { answer } from '../../../policies/analysis/policy-test/answer.ts';
import { limitDifferences } from '../../../policies/analysis/policy-test/limit-differences.ts';
import type { Answer, PolicyRequest } from '../../../policies/analysis/policy-test/request.ts';
import type { Identified, Policy, Unidentified } from '../../../policies/types.ts';
import type { Path } from '../../control-plane/config/problem.ts';
import type { Expectation, PolicyTest } from './test-file.ts';

export interface TestedPolicy {
  readonly policy: Policy;
  readonly maxTopicLevels: number;
  /** Ids of the rules that decided something, and identities that clients got: added to as tests run. */
  readonly touched: { readonly rules: Set<string>; readonly identities: Set<string> };
}

export interface TestResult {
  readonly test: PolicyTest;
  readonly checks: number;
  readonly failures: readonly Failure[];
}

export interface Failure {
  /** Place in the file of tests. */
  readonly path: Path;
  /** What was expected and what came, in one line. */
  readonly message: string;
  /** Why it came so, by the policy. */
  readonly reason?: string;
}

/** `now`: when the tests run, in milliseconds since the epoch. */
export function runTest(test: PolicyTest, tested: TestedPolicy, now: number): TestResult {
  const client = tested.policy.identify(test.client.store, test.client.facts, test.at ?? now);
  if (client.ok) tested.touched.identities.add(client.identity);
  const failures = [...identityFailures(test, client), ...limitFailures(test, client)];
  for (const expectation of test.expectations) {
    const given = answer(tested.policy, client, expectation.request, tested.maxTopicLevels);
    const { ruleId, shadow } = given.decision;
    for (const id of [ruleId, ...(shadow === undefined ? [] : [shadow.ruleId])]) tested.touched.rules.add(id);
    const message = difference(expectation, given);
    if (message !== undefined) {
      failures.push({
        path: expectation.path,
        message: `${questionText(expectation.request)}: ${message}`,
        reason: given.decision.reason,
      });
    }
  }
  const stated = [test.identity, test.principal, test.limits].filter((one) => one !== undefined);
  return { test, checks: stated.length + test.expectations.length, failures };
}

function identityFailures({ path, identity, principal }: PolicyTest, client: Identified | Unidentified): Failure[] {
  const failures: Failure[] = [];
  const got = client.ok ? client.identity : 'none';
  const reason = client.ok ? {} : { reason: client.reason };
  if (identity !== undefined && identity !== got) {
    failures.push({
      path: [...path, 'identity'],
      message: `expected the identity ${identity}, it is ${got}`,
      ...reason,
    });
  }
  if (principal !== undefined && !(client.ok && client.principal === principal)) {
    const found = client.ok ? JSON.stringify(client.principal) : 'none';
    failures.push({
      path: [...path, 'principal'],
      message: `expected the principal ${JSON.stringify(principal)}, it is ${found}`,
      ...reason,
    });
  }
  return failures;
}

function limitFailures({ path, limits }: PolicyTest, client: Identified | Unidentified): Failure[] {
  if (limits === undefined) return [];
  const at = [...path, 'limits'];
  if (!client.ok) return [{ path: at, message: 'expected limits, the client has no identity', reason: client.reason }];
  return limitDifferences(limits, client.limits).map((message) => ({ path: at, message }));
}

/** What is not as expected; undefined: nothing. */
function difference(
  { verdict, rule, cause, granted }: Expectation,
  { decision, granted: got }: Answer,
): string | undefined {
  const is = decision.shadow === undefined ? decision.verdict : 'shadow';
  const deciding = decision.shadow ?? decision;
  if (is !== verdict) return `expected ${verdict}, it is ${is} by ${deciding.ruleId}`;
  if (rule !== undefined && rule !== deciding.ruleId)
    return `expected ${verdict} by ${rule}, it is by ${deciding.ruleId}`;
  if (cause !== undefined && cause !== deciding.cause) return `expected the cause ${cause}, it is ${deciding.cause}`;
  if (granted !== undefined && granted !== got)
    return `expected quality of service ${granted} to be granted, it is ${got}`;
  return undefined;
}

function questionText(request: PolicyRequest): string {
  switch (request.action) {
    case 'kafka': {
      const { operation, type, name, host } = request;
      return `${operation} ${type}${type === 'cluster' ? '' : ` ${JSON.stringify(name)}`}${host === '' ? '' : ` from ${host}`}`;
    }
    case 'connect':
      return `connect as ${JSON.stringify(request.clientId)}`;
    case 'subscribe':
      return `subscribe ${JSON.stringify(request.filter)}`;
    case 'publish':
    case 'will':
    case 'receive':
      return `${request.action} ${JSON.stringify(request.topic)}`;
  }
}

import { recordedRequests } from '../../policies/analysis/explain/recorded-requests.ts';
import { answer } from '../../policies/analysis/policy-test/answer.ts';
import { type PolicyRequest, protocolOf } from '../../policies/analysis/policy-test/request.ts';
import type { Protocol } from '../../policies/decision.ts';
import type { RejectionEvent } from '../../policies/event.ts';
import { compilePolicy } from '../../policies/policy.ts';
import type { Identified, Policy } from '../../policies/types.ts';
import { REJECTIONS } from '../control-plane/api/rejections.ts';
import { renderProblem } from '../control-plane/config/print.ts';
import { readAdmin } from './admin-client.ts';
import { defineCommand } from './command.ts';
import { EXPLAIN_OPTIONS, type ExplainArguments, readArguments } from './explain/arguments.ts';
import { findClient, type KnownClient, ofPrincipal } from './explain/client.ts';
import { explainAnswer } from './explain/explanation.ts';
import { explainLines } from './explain/text.ts';
import { EXIT, type Io } from './io.ts';
import { type PolicyFile, readPolicyFile } from './policy-file.ts';
import { describe } from './rejections-table.ts';
import type { Broken } from './yaml-file.ts';

/** `headgate explain`: which identity a client gets, what it may do, and why; decided by the gate's own functions. */
export const explainCommand = defineCommand({
  name: 'explain',
  usage: '--config FILE CLIENT [QUESTION] [--json]',
  options: EXPLAIN_OPTIONS,
  exits: [
    [EXIT.ok, 'explained, whatever the decision'],
    [EXIT.failure, 'the decision is not known, or the admin socket cannot be reached'],
    [EXIT.usage, 'wrong usage, or a file has errors'],
  ],
  async run({ values }, io) {
    const args = readArguments(values);
    const file = readPolicyFile(args.config);
    if (!file.ok) return printBroken(file, io);
    const levels = file.policy.listeners.flatMap(({ maxTopicLevels }) => maxTopicLevels ?? []);
    const maxTopicLevels = Math.max(1, ...levels);
    const policy = compilePolicy(file.policy.policy, { version: '', maxTopicLevels });
    if (args.client.kind === 'decision') return explainPast(args, args.client, { file, policy, maxTopicLevels }, io);
    const protocol = protocolAsked(args.questions);
    const { config, variables } = args;
    const known = findClient(args.client, { config, file, policy, protocol, variables, now: args.at ?? Date.now() });
    if (!known.ok) return printBroken(known, io);
    return print(args, { file, policy, known, questions: args.questions, protocol }, io);
  },
});

interface Compiled {
  readonly file: PolicyFile;
  readonly policy: Policy;
  readonly maxTopicLevels: number;
}

/** A decision of the running gate, and the decision on the same request with this configuration. */
async function explainPast(
  args: ExplainArguments,
  { id, target }: Extract<ExplainArguments['client'], { readonly kind: 'decision' }>,
  { file, policy, maxTopicLevels }: Compiled,
  io: Io,
): Promise<number> {
  const [event] = (await readAdmin(target, REJECTIONS, { id })).rejections;
  if (event === undefined) {
    io.err(
      `headgate explain: the gate knows no decision ${JSON.stringify(id)}: it was merged with another or is no longer kept`,
    );
    return EXIT.failure;
  }
  if (!args.json) for (const line of ['decision', ...describe(event).map((one) => `  ${one}`)]) io.out(line);
  const { principal, identity } = event;
  if (principal === undefined || identity === undefined) return unexplained(args, event, NOBODY, io);
  const known = ofPrincipal(principal, identity, { file, variables: args.variables });
  const requests = args.questions.length > 0 ? args.questions : recordedRequests(event);
  if (typeof requests === 'string') return unexplained(args, event, requests, io);
  const questions = known.client.ok ? likeliest(policy, known.client, event, requests, maxTopicLevels) : [];
  return print(args, { file, policy, known, questions, protocol: event.protocol, event }, io);
}

const NOBODY = 'the client was refused before it got an identity: explain its certificate with --cert';

/** Of the forms that the request may have had, the first that is refused for the same cause. */
function likeliest(
  policy: Policy,
  client: Identified,
  { cause }: RejectionEvent,
  requests: readonly PolicyRequest[],
  maxTopicLevels: number,
): readonly PolicyRequest[] {
  const same = requests.find((request) => {
    const { decision } = answer(policy, client, request, maxTopicLevels);
    return (decision.shadow ?? decision).cause === cause;
  });
  return [same ?? requests[0]].filter((one) => one !== undefined);
}

function unexplained({ json }: ExplainArguments, decision: RejectionEvent, reason: string, io: Io): number {
  if (json) io.out(JSON.stringify({ decision, unexplained: reason }));
  else io.out(`not decided again: ${reason}`);
  return EXIT.ok;
}

interface Explained {
  readonly file: PolicyFile;
  readonly policy: Policy;
  readonly known: KnownClient;
  readonly questions: readonly PolicyRequest[];
  readonly protocol: Protocol | undefined;
  readonly event?: RejectionEvent;
}

function print(
  { json }: ExplainArguments,
  { file, policy, known, questions, protocol, event }: Explained,
  io: Io,
): number {
  const explained = explainAnswer(file, policy, known, questions, protocol);
  if (json) io.out(JSON.stringify(event === undefined ? explained : { decision: event, ...explained }));
  else for (const line of explainLines(explained)) io.out(line);
  return EXIT.ok;
}

function printBroken({ problems }: Broken, io: Io): number {
  for (const problem of problems) io.err(renderProblem(problem));
  return EXIT.usage;
}

/** All questions are of one protocol. Undefined: nothing was asked. */
function protocolAsked([first]: readonly PolicyRequest[]): Protocol | undefined {
  return first && protocolOf(first);
}

import { createHash } from 'node:crypto';
import { policyInSteps } from '../../policies/policy.ts';
import type { IdentitySource, LimitsSource, PolicySource, RoleSource } from '../../policies/source.ts';
import type { Steps } from '../../policies/steps.ts';
import type { Policy } from '../../policies/types.ts';
import { inSlices } from './slices.ts';

/** The policy as it travels: its source in shared memory, one copy for all workers, named by its hash. */
export interface PolicyPart {
  readonly version: string;
  /** Lines of JSON: the limits of the whole process, every identity, an empty line, every role by name and what it says. */
  readonly bytes: SharedArrayBuffer;
}

const NEWLINE = 0x0a;

/** A policy as it travels to the workers: one copy in shared memory, named by the hash of its text. */
export function sharePolicy({ limits, identities, roles }: PolicySource): PolicyPart {
  const lines = [
    JSON.stringify(limits ?? null),
    ...identities.map((one) => JSON.stringify(one)),
    '',
    ...Object.entries(roles).map((one) => JSON.stringify(one)),
  ];
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const bytes = new SharedArrayBuffer(text.length);
  new Uint8Array(bytes).set(text);
  return { version: createHash('sha256').update(text).digest('hex').slice(0, 16), bytes };
}

/**
 * Compiles what `sharePolicy` made of a source that passed `checkPolicy`, a little per turn of the
 * event loop: a large policy must not hold up the sessions of the thread. Rejects when it cannot be compiled.
 */
export function compileShared(bytes: SharedArrayBuffer, version: string): Promise<Policy> {
  return inSlices(compileInSteps(bytes, version));
}

function* compileInSteps(bytes: SharedArrayBuffer, version: string): Steps<Policy> {
  return yield* policyInSteps(yield* readSource(bytes), { version });
}

function* readSource(bytes: SharedArrayBuffer): Steps<PolicySource> {
  // TextDecoder refuses shared memory: copy once.
  const text = Buffer.from(new Uint8Array(bytes));
  const identities: IdentitySource[] = [];
  const roles: [string, RoleSource][] = [];
  let inRoles = false;
  const first = text.indexOf(NEWLINE);
  const limits = JSON.parse(text.toString('utf8', 0, first)) as LimitsSource | null;
  for (let start = first + 1; start < text.length; ) {
    const end = text.indexOf(NEWLINE, start);
    if (end === start) inRoles = true;
    else {
      const line: unknown = JSON.parse(text.toString('utf8', start, end));
      if (inRoles) roles.push(line as [string, RoleSource]);
      else identities.push(line as IdentitySource);
    }
    start = end + 1;
    yield;
  }
  return { identities, roles: Object.fromEntries(roles), ...(limits !== null && { limits }) };
}

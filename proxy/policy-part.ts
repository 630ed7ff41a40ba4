import { createHash } from 'node:crypto';
import { compilePolicy } from '../policies/policy.ts';
import type { PolicySource } from '../policies/source.ts';
import type { Policy } from '../policies/types.ts';

/** The policy as it travels: its source as JSON in shared memory, one copy for all workers, named by its hash. */
export interface PolicyPart {
  readonly version: string;
  readonly bytes: SharedArrayBuffer;
}

export function sharePolicy(source: PolicySource): PolicyPart {
  const json = Buffer.from(JSON.stringify(source));
  const bytes = new SharedArrayBuffer(json.length);
  new Uint8Array(bytes).set(json);
  return { version: createHash('sha256').update(json).digest('hex').slice(0, 16), bytes };
}

/** Compiles what `sharePolicy` made. Throws PolicyError. */
export function compileShared(bytes: SharedArrayBuffer, version: string): Policy {
  // TextDecoder refuses shared memory: copy once.
  const source = JSON.parse(Buffer.from(new Uint8Array(bytes)).toString('utf8')) as PolicySource;
  return compilePolicy(source, { version });
}

import { ANONYMOUS, NO_CERTIFICATE } from '../../../../policies/identity/anonymous.ts';
import { compilePolicy } from '../../../../policies/policy.ts';
import type { Identified, Policy } from '../../../../policies/types.ts';
import type { Imported } from '../../../../proxy/cli/import/imported.ts';
import { facts, rdn } from '../../../policies/identity/facts.ts';

/** The trust store that the imports of the tests name. */
export const TRUST = 'devices';

/** The policy that an import makes; fails where it is faulty. */
export function policyOf({ identities, roles }: Imported): Policy {
  return compilePolicy({ identities, roles }, { version: 'imported' });
}

/** Whom a client is with the common name, or without a certificate where it is undefined. */
export function identify(policy: Policy, user: string | undefined): Identified | undefined {
  const found =
    user === undefined ? policy.identify(ANONYMOUS, NO_CERTIFICATE) : policy.identify(TRUST, facts([rdn('CN', user)]));
  return found.ok ? found : undefined;
}

/** The lines that are told, each with the beginning of its reason. */
export function toldLines({ leftOut }: Imported): string[] {
  return leftOut.map(({ line, reason }) => `${line} ${reason}`);
}

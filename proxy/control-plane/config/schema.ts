/**
 * What users write, as one strict schema: every key with its meaning, kind, bounds and default.
 * docs/configuration.md is made from it (document.ts); model.ts is what comes out of it.
 */
import * as z from 'zod';
import { section } from './schema/fields/section.ts';
import { name } from './schema/fields/text.ts';
import { limits } from './schema/limits.ts';
import { listener, MAX_LISTENERS } from './schema/listeners.ts';
import { identity, MAX_IDENTITIES, MAX_ROLES, MAX_STORES, role, trustStore } from './schema/policy.ts';
import { admin, audit, deny, probe, processKeys, state, telemetry } from './schema/process.ts';

const table = <T extends z.ZodType>(value: T, max: number) =>
  z.record(name(), value).refine((entries) => Object.keys(entries).length <= max, `at most ${max} entries`);

export const configuration = section({
  listeners: z.array(listener).min(1).max(MAX_LISTENERS).describe('The gates.'),
  trust: table(trustStore, MAX_STORES).describe('Trust stores by name.'),
  identities: z
    .array(identity)
    .max(MAX_IDENTITIES)
    .describe('Who a certificate is. The first match wins, no match is refused.'),
  roles: table(role, MAX_ROLES).describe('Rights and limits by name of the role.'),
  limits: limits
    .exactOptional()
    .describe('Limits of each principal of the process, whatever its identity, roles and listener say.'),
  ...processKeys,
  deny: deny.exactOptional(),
  audit: audit.exactOptional(),
  telemetry: telemetry.exactOptional(),
  probe: probe.exactOptional(),
  admin: admin.exactOptional(),
  state: state.exactOptional(),
});

export type Configuration = z.infer<typeof configuration>;

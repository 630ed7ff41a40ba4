/**
 * What users write, as one strict schema: every key with its meaning, kind, bounds and default.
 * docs/configuration.md is generated from it (docs/make/configuration.ts); model.ts is the result of parsing.
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

/** The schema of the whole file; docs/configuration.md is made of it. */
export const configuration = section({
  listeners: z.array(listener).min(1).max(MAX_LISTENERS).describe('The listeners.'),
  trust: table(trustStore, MAX_STORES).describe('Trust stores by name.'),
  identities: z
    .array(identity)
    .max(MAX_IDENTITIES)
    .describe('Which principal a certificate becomes. The first match wins; a client without a match is refused.'),
  roles: table(role, MAX_ROLES).describe('Roles by name: rights and limits.'),
  limits: limits
    .exactOptional()
    .describe('Limits of each principal in the whole process, beside those of its identity, roles and listener.'),
  ...processKeys,
  deny: deny.exactOptional(),
  audit: audit.exactOptional(),
  telemetry: telemetry.exactOptional(),
  probe: probe.exactOptional(),
  admin: admin.exactOptional(),
  state: state.exactOptional(),
});

export type Configuration = z.infer<typeof configuration>;

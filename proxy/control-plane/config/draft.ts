/**
 * The parts of a configuration that have the right shape, even when others have not: what ties
 * the parts together is then checked for as much as there is, and all problems are told at once.
 */
import type * as z from 'zod';
import { type Listener, listener } from './schema/listeners.ts';
import { type Identity, identity, type Role, role, type TrustStore, trustStore } from './schema/policy.ts';
import { type Configuration, configuration } from './schema.ts';

export interface Draft {
  /** Undefined at the index of a listener that has the wrong shape. */
  readonly listeners: readonly (Listener | undefined)[];
  readonly identities: readonly (Identity | undefined)[];
  readonly trust: ReadonlyMap<string, TrustStore | undefined>;
  readonly roles: ReadonlyMap<string, Role | undefined>;
  readonly limits?: Configuration['limits'] | undefined;
  readonly deny?: Configuration['deny'] | undefined;
  readonly audit?: Configuration['audit'] | undefined;
  readonly probe?: Configuration['probe'] | undefined;
  readonly admin?: Configuration['admin'] | undefined;
  readonly state?: Configuration['state'] | undefined;
}

export function wholeDraft(config: Configuration): Draft {
  return {
    ...config,
    trust: new Map(Object.entries(config.trust)),
    roles: new Map(Object.entries(config.roles)),
  };
}

/** What can be read of a value that is not a configuration as a whole. */
export function partialDraft(value: unknown): Draft {
  const { shape } = configuration;
  return {
    listeners: elements(listener, at(value, 'listeners')),
    identities: elements(identity, at(value, 'identities')),
    trust: entries(trustStore, at(value, 'trust')),
    roles: entries(role, at(value, 'roles')),
    limits: read(shape.limits, at(value, 'limits')),
    deny: read(shape.deny, at(value, 'deny')),
    audit: read(shape.audit, at(value, 'audit')),
    probe: read(shape.probe, at(value, 'probe')),
    admin: read(shape.admin, at(value, 'admin')),
    state: read(shape.state, at(value, 'state')),
  };
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function read<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> | undefined {
  return value === undefined ? undefined : schema.safeParse(value).data;
}

function elements<T extends z.ZodType>(schema: T, value: unknown): (z.infer<T> | undefined)[] {
  return Array.isArray(value) ? value.map((element) => read(schema, element)) : [];
}

function entries<T extends z.ZodType>(schema: T, value: unknown): Map<string, z.infer<T> | undefined> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map();
  return new Map(Object.entries(value).map(([key, entry]) => [key, read(schema, entry)]));
}

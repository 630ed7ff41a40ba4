/**
 * The policy of a configuration file, without the certificates, keys and secrets that the file
 * names: so it can be looked at and tested where there are none.
 */
import { resolve } from 'node:path';
import type * as z from 'zod';
import type { LintListener, LintSource } from '../../policies/analysis/lint/finding.ts';
import { ANONYMOUS } from '../../policies/identity/anonymous.ts';
import { checkPolicy } from '../../policies/policy.ts';
import { FileReader } from '../control-plane/config/files.ts';
import { CONFIGURATION_KEYS } from '../control-plane/config/load.ts';
import { type Locator, parsePath } from '../control-plane/config/problem.ts';
import { configProtocolOf } from '../control-plane/config/protocols/table.ts';
import { checkReferences } from '../control-plane/config/references.ts';
import { policySource } from '../control-plane/config/resolve.ts';
import { section } from '../control-plane/config/schema/fields/section.ts';
import type { Listener } from '../control-plane/config/schema/listeners.ts';
import { configuration } from '../control-plane/config/schema.ts';
import type { Source } from '../control-plane/config/source.ts';
import { type Broken, readYamlFile, type YamlContent } from './yaml-file.ts';

/** The policy of a configuration file, with positions in its text. */
export interface PolicyFile {
  readonly ok: true;
  readonly source: Source;
  /** Finds the place of a path in the text. */
  readonly locator: Locator;
  readonly policy: LintSource;
}

const KEYS = ['listeners', 'trust', 'identities', 'roles', 'limits', 'maxConnections'] as const;
const { listeners, trust, identities, roles, limits, maxConnections } = configuration.shape;
const PARTS = section({ listeners, trust, identities, roles, limits, maxConnections });

/** Never throws for anything that is wrong with the file. What else is wrong with it `headgate check` says. */
export function readPolicyFile(name: string): PolicyFile | Broken {
  return readYamlFile(name, { schema: PARTS, keys: CONFIGURATION_KEYS, select: partsOf }, policyFile);
}

function policyFile({ source, locator, data, report }: YamlContent<z.infer<typeof PARTS>>): PolicyFile {
  const parts = { ...data, trust: new Map(Object.entries(data.trust)), roles: new Map(Object.entries(data.roles)) };
  checkReferences(parts, new FileReader(resolve(source.file)), report);
  const policy = policySource(data);
  for (const { path, message } of checkPolicy(policy)) {
    if (!report.isWrong(parsePath(path))) report.error(parsePath(path), message);
  }
  const lint = { policy, stores: Object.keys(data.trust), listeners: data.listeners.map(lintListener) };
  return { ok: true, source, locator, policy: { ...lint, maxConnections: data.maxConnections } };
}

function lintListener(listener: Listener): LintListener {
  const { name, mode, protocol, tls, admission, proxyProtocol } = listener;
  const stores = tls.clients ?? [];
  const maxTopicLevels = configProtocolOf(listener).topicLevels(listener);
  return {
    protocol,
    clients: tls.clientAuth === 'required' ? stores : [...stores, ANONYMOUS],
    ...(maxTopicLevels !== undefined && { maxTopicLevels }),
    // Behind a load balancer the address that is admitted may be another one than the client's.
    admits: proxyProtocol.length === 0 ? admission.allow : [],
    ...(mode === 'shadow' && { shadow: name }),
  };
}

function partsOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(KEYS.flatMap((key) => (Object.hasOwn(entries, key) ? [[key, entries[key]]] : [])));
}

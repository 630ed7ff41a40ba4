/** Which identity a client gets, and why. */

import { type IdentityLook, lookAtIdentities } from '../../../policies/analysis/explain/identities.ts';
import { missingVariables, namedClient } from '../../../policies/analysis/explain/named-client.ts';
import type { Cause } from '../../../policies/causes.ts';
import type { Protocol } from '../../../policies/decision.ts';
import { ANONYMOUS, NO_CERTIFICATE } from '../../../policies/identity/anonymous.ts';
import type { CertificateFacts, Identified, Policy, Unidentified } from '../../../policies/types.ts';
import { quote } from '../../control-plane/config/problem.ts';
import { nearest } from '../../control-plane/config/suggest.ts';
import type { PolicyFile } from '../policy-file.ts';
import { UsageError } from '../usage-error.ts';
import type { Broken } from '../yaml-file.ts';
import type { ClientArgument } from './arguments.ts';
import { readClientCertificate } from './certificate-file.ts';
import { type ChainLook, lookAtChains } from './chains.ts';
import { readFacts } from './facts-file.ts';

/** A client with its identity, or without one and why. */
export interface KnownClient {
  readonly ok: true;
  readonly facts?: CertificateFacts;
  /** By listener; empty where no certificate was given. */
  readonly chains: readonly ChainLook[];
  /** Trust store that is taken to have accepted the chain, or ANONYMOUS. */
  readonly store?: string;
  readonly identities: readonly IdentityLook[];
  /** Why the client is refused before it could get an identity. */
  readonly refusal?: { readonly cause: Cause; readonly reason: string };
  readonly client: Identified | Unidentified;
}

export interface ClientContext {
  readonly config: string;
  readonly file: PolicyFile;
  readonly policy: Policy;
  /** Of the question, if one was asked. */
  readonly protocol: Protocol | undefined;
  readonly variables: Readonly<Record<string, string>>;
  /** When the client connects, in milliseconds since the epoch. */
  readonly now: number;
}

/** @throws UsageError when the options do not determine the client */
export function findClient(argument: ClientArgument, context: ClientContext): KnownClient | Broken {
  switch (argument.kind) {
    case 'anonymous':
      return identified(ANONYMOUS, NO_CERTIFICATE, context);
    case 'facts': {
      const facts = readFacts(argument.file);
      return facts.ok ? identified(facts.client.store, facts.client.facts, context) : facts;
    }
    case 'certificate':
      return ofCertificate(argument.file, argument.trust, context);
    case 'principal':
      return ofPrincipal(argument.principal, argument.identity, context);
    case 'decision':
      throw new UsageError('a decision is looked up first');
  }
}

/** The client that has this principal. @throws UsageError */
export function ofPrincipal(
  principal: string,
  name: string | undefined,
  { file, variables }: Pick<ClientContext, 'file' | 'variables'>,
): KnownClient {
  const source = file.policy.policy;
  const candidates = source.identities.flatMap((identity, index) =>
    name === undefined || identity.name === name ? [{ identity, path: `identities[${index}]` }] : [],
  );
  if (candidates.length === 0) {
    const near = nearest(
      name ?? '',
      source.identities.map((identity) => identity.name),
    );
    throw new UsageError(
      `there is no identity ${quote(name ?? '')}${near === undefined ? '' : `; did you mean ${quote(near)}?`}`,
    );
  }
  const tried = candidates.map((one) => ({ ...one, client: namedClient(source, one.identity, principal, variables) }));
  const found = tried.filter(({ client }) => client.ok);
  if (found.length > 1) {
    const names = found.map(({ identity }) => identity.name).join(', ');
    throw new UsageError(
      `several identities can have the principal ${quote(principal)}: ${names}; choose with --identity`,
    );
  }
  const identities = tried.map(({ identity, path, client }): IdentityLook => {
    const reason = client.ok ? 'its principals have this form' : client.reason;
    return { name: identity.name, path, outcome: client.ok ? 'matches' : 'no-match', reason };
  });
  const client = found[0]?.client ?? { ok: false, reason: `no identity has the principal ${quote(principal)}` };
  const missing = client.ok ? missingVariables(source, client) : [];
  if (missing.length > 0) {
    const options = missing.map((variable) => `--var ${variable}=VALUE`).join(' ');
    throw new UsageError(`the principal does not determine all variables of the rules: add ${options}`);
  }
  return { ok: true, chains: [], identities, client };
}

function identified(store: string, facts: CertificateFacts, { file, policy, now }: ClientContext): KnownClient {
  const identities = lookAtIdentities(file.policy.policy, store, facts, now);
  return { ok: true, facts, store, chains: [], identities, client: policy.identify(store, facts, now) };
}

function ofCertificate(name: string, trust: string | undefined, context: ClientContext): KnownClient {
  const read = readClientCertificate(name);
  if (typeof read === 'string') throw new UsageError(read);
  const { presented, facts, problem = '' } = read;
  const chains = lookAtChains(context.config, context.protocol, presented, context.now);
  if (facts === undefined) return refused('certificate-unreadable', problem, { chains });
  const store = trust ?? storeOf(chains);
  if (store !== undefined) {
    const known = context.file.policy.stores;
    if (!known.includes(store)) throw new UsageError(`there is no trust store ${quote(store)}: ${known.join(', ')}`);
    return { ...identified(store, facts, context), chains };
  }
  const first = chains.find(({ outcome }) => outcome === 'refused');
  if (first?.cause === undefined) {
    throw new UsageError('no listener of this protocol requests certificates: its clients are --anonymous');
  }
  return refused(first.cause, first.reason, { chains, facts });
}

/** The store of the listeners that accept the chain; undefined: none does. @throws UsageError where it is not clear */
function storeOf(chains: readonly ChainLook[]): string | undefined {
  const accepting = [...new Set(chains.flatMap(({ store }) => store ?? []))];
  const unchecked = chains.filter(({ outcome }) => outcome === 'not-checked');
  const possible = accepting.length > 0 ? accepting : [...new Set(unchecked.flatMap(({ stores }) => stores))];
  if (possible.length <= 1) return possible[0];
  const why = accepting.length > 0 ? 'listeners differ in the trust store that accepts it' : unchecked[0]?.reason;
  throw new UsageError(`${why}: choose with --trust ${possible.join(' or ')}`);
}

function refused(cause: Cause, reason: string, known: Pick<KnownClient, 'chains' | 'facts'>): KnownClient {
  return { ok: true, ...known, identities: [], refusal: { cause, reason }, client: { ok: false, reason } };
}

/** Lints of what nothing refers to: roles, trust stores, rules for a protocol that nobody can speak. */
import type { Protocol } from '../../decision.ts';
import { ANONYMOUS } from '../../identity/anonymous.ts';
import { PROTOCOL_NAMES, PROTOCOLS } from '../../protocols.ts';
import { type Finding, finding, type LintSource } from './finding.ts';
import { storeOf } from './store-of.ts';

export function lintUsage({ policy, listeners, stores }: LintSource): Finding[] {
  const held = new Set(policy.identities.flatMap(({ roles }) => roles));
  const taken = new Set(listeners.flatMap(({ clients }) => clients));
  const named = new Set(policy.identities.map(storeOf));
  const findings = Object.keys(policy.roles)
    .filter((role) => !held.has(role))
    .map((role) => finding('unused-role', `roles.${role}`, 'no identity has this role', 'key'));
  for (const store of stores) {
    const path = `trust.${store}`;
    if (!taken.has(store))
      findings.push(finding('unused-store', path, 'no listener takes clients of this store', 'key'));
    else if (!named.has(store)) {
      findings.push(
        finding('store-without-identity', path, 'no identity names it: its clients are all refused', 'key'),
      );
    }
  }
  for (const [i, { clients }] of listeners.entries()) {
    if (!clients.includes(ANONYMOUS) || named.has(ANONYMOUS)) continue;
    const message = 'no identity is for clients without a certificate: they are all refused';
    findings.push(finding('store-without-identity', `listeners[${i}].tls.clientAuth`, message));
  }
  return [...findings, ...unusedSections(policy, listeners)];
}

function unusedSections(policy: LintSource['policy'], listeners: LintSource['listeners']): Finding[] {
  const spoken = new Map(PROTOCOL_NAMES.map((protocol) => [protocol, rolesOf(protocol, policy, listeners)]));
  const reached = new Set([...spoken.values()].flatMap((roles) => [...roles]));
  return Object.entries(policy.roles).flatMap(([role, sections]) =>
    PROTOCOL_NAMES
      // What nobody reaches at all is told of the role, the identity or the store.
      .filter((protocol) => sections[protocol] !== undefined && reached.has(role) && !spoken.get(protocol)?.has(role))
      .map((protocol) => {
        const message = `no ${PROTOCOLS[protocol].title} listener takes clients that have this role`;
        return finding('unused-section', `roles.${role}.${protocol}`, message, 'key');
      }),
  );
}

/** Roles of clients that some listener of the protocol takes. */
function rolesOf(protocol: Protocol, policy: LintSource['policy'], listeners: LintSource['listeners']): Set<string> {
  const stores = new Set(listeners.filter((one) => one.protocol === protocol).flatMap(({ clients }) => clients));
  return new Set(policy.identities.filter((one) => stores.has(storeOf(one))).flatMap(({ roles }) => roles));
}

import type { Bound } from '../../messages.ts';
import type { ListenerPlan, StorePlan } from '../../shared/listener-plan.ts';
import type {
  Inventory,
  ListenerEntry,
  RevocationEntry,
  StapleEntry,
  StoreEntry,
  UpstreamEntry,
} from '../api/inventory.ts';
import { hostPortText } from '../config/units.ts';
import type { GenerationPlan } from '../generations/generation-plan.ts';
import { protocolOf } from '../protocols/table.ts';
import type { ListFacts } from '../revocation/crl-store.ts';
import { addressRanges } from './addresses.ts';
import { certificateEntries, chainEntry } from './certificate-entry.ts';
import { profileEntry } from './profile-entry.ts';

/** What an inventory is taken of. */
export interface InForce {
  readonly plan: Pick<GenerationPlan, 'binds' | 'listeners' | 'hash'>;
  readonly bound: readonly Bound[];
}

/** OCSP answers that are shown with the certificates of a listener. */
export interface StapleFacts {
  entries(listener: string): readonly StapleEntry[];
}

const NO_STAPLES: StapleFacts = { entries: () => [] };

/**
 * The inventory of what is in force at `now` (milliseconds since the epoch); null: nothing yet.
 * `lists`: the revocation lists in force.
 */
export function collectInventory(
  inForce: InForce | null,
  now: number,
  lists: readonly ListFacts[] = [],
  stapling: StapleFacts = NO_STAPLES,
): Inventory {
  const plans = (inForce?.plan.listeners ?? []).map(({ value }) => value);
  return {
    time: new Date(now).toISOString(),
    hash: inForce?.plan.hash ?? '',
    listeners: plans.map((plan) => listenerEntry(plan, inForce as InForce, now, stapling)),
    stores: storeEntries(plans, now, lists),
    upstreams: plans.map((plan) => upstreamEntry(plan, now)),
  };
}

function listenerEntry(
  listener: ListenerPlan,
  { plan, bound }: InForce,
  now: number,
  stapling: StapleFacts,
): ListenerEntry {
  const { name, protocol, tls, stores } = listener;
  const binds = plan.binds.filter((bind) => bind.listener === name);
  const boundOf = (brokers: boolean): Bound[] => {
    const keys = new Set(binds.filter(({ node }) => (node !== undefined) === brokers).map(({ key }) => key));
    return bound.filter(({ key }) => keys.has(key));
  };
  const pairs = [tls, ...tls.certificates];
  const advertised = protocolOf(listener).advertised(listener);
  return {
    name,
    protocol,
    addresses: boundOf(false).map(hostPortText),
    brokerAddresses: addressRanges(boundOf(true)),
    ...(advertised !== undefined && { advertised }),
    clientAuth: tls.clientAuth,
    eku: tls.eku,
    clockSkew: tls.clockSkew,
    stores: Object.keys(stores),
    profile: profileEntry(tls.profile, tls.pq),
    certificates: pairs.map(({ certificate }) => chainEntry(certificate, now)),
    ...(tls.stapling !== undefined && { staples: stapling.entries(name) }),
  };
}

/** A store has the same content in every listener that uses it. */
function storeEntries(plans: readonly ListenerPlan[], now: number, lists: readonly ListFacts[]): StoreEntry[] {
  const stores = new Map(plans.flatMap((plan) => Object.entries(plan.stores)));
  return [...stores].map(([name, { certificates, anchors, pins, revocation }]) => ({
    name,
    listeners: plans.filter((plan) => Object.hasOwn(plan.stores, name)).map((plan) => plan.name),
    anchors,
    pins,
    certificates: certificateEntries(certificates, now),
    revocation: revocationEntry(
      revocation,
      lists.filter(({ store }) => store === name),
      now,
    ),
  }));
}

function revocationEntry(
  { mode, ocsp, maxStaleness, onStale }: StorePlan['revocation'],
  facts: readonly ListFacts[],
  now: number,
): RevocationEntry {
  const lists = facts.map(({ name, issuer, number, entries, thisUpdate, freshUntil }) => ({
    name,
    issuer,
    number,
    entries,
    thisUpdate: new Date(thisUpdate).toISOString(),
    freshUntil: new Date(freshUntil).toISOString(),
    fresh: now <= freshUntil,
  }));
  const rules = { mode, ...(ocsp === undefined ? {} : { ocsp }), maxStaleness, onStale };
  if (mode === 'off' || (lists.length === 0 && ocsp !== undefined)) return { ...rules, lists };
  const state = lists.length === 0 ? 'none' : lists.every(({ fresh }) => fresh) ? 'fresh' : 'stale';
  return { ...rules, state, lists };
}

function upstreamEntry(plan: ListenerPlan, now: number): UpstreamEntry {
  const { name, upstream } = plan;
  const addresses = protocolOf(plan).upstreams(plan);
  const entry = { listener: name, addresses: addresses.map(hostPortText) };
  if (upstream.tls === undefined) return entry;
  const { serverName, pins, ca, certificate } = upstream.tls;
  return {
    ...entry,
    tls: {
      ...(serverName === undefined ? {} : { serverName }),
      pins,
      ca: certificateEntries(ca, now),
      ...(certificate === undefined ? {} : { certificate: chainEntry(certificate, now) }),
    },
  };
}

import {
  type Admittance,
  type Claim,
  COUNTERS,
  type LimitKind,
  type Out,
  type Rejection,
  type SessionHost,
} from '../../../adapters/seam.ts';
import type { Action, Permit } from '../../../policies/decision.ts';
import type { EffectiveLimits, GroupLimits, Identified } from '../../../policies/types.ts';
import { GroupHandles, type LimitHandle } from '../../shared/tables/index.ts';
import type { Relay } from '../relay/relay.ts';
import type { Client } from './client.ts';
import { clientFacts, sampleDraft } from './client-facts.ts';
import { lockedOr } from './locked-or.ts';
import { Refused } from './refused.ts';
import type { ConnectionServices } from './services.ts';

const NOBODY = new Float64Array(COUNTERS);

/**
 * What a session sees of its connection: the clock, its principal's limits, its client id, and
 * the way to the records. Holds what the connection has in the tables that all workers share.
 */
export class Host implements SessionHost {
  readonly #services: ConnectionServices;
  readonly #client: Client;
  /** Number of the session. */
  readonly #number: number;
  /** Set before there is a session. */
  relay: Relay | null = null;
  /** What comes before identity is counted to nobody. */
  counters: Float64Array = NOBODY;
  #limits: LimitHandle | null = null;
  /** Null for clients that share no limits. */
  #groups: GroupHandles | null = null;
  #claimed: string | null = null;
  /** Counted without a client id. */
  #admitted = false;
  #isOver = false;
  #now = 0;

  constructor(services: ConnectionServices, client: Client, number: number) {
    this.#services = services;
    this.#client = client;
    this.#number = number;
  }

  /** Takes up the limits of the principal and its groups, and one handshake of each. Throws Refused. */
  enter({ identity, principal, limits }: Identified): void {
    const { accounts, records } = this.#services;
    const listener = this.#client.listener.plan.name;
    this.counters = records.counters.block({ listener, identity });
    const handle = lockedOr('table-full', () => accounts.limits.acquire(identity, principal, limits, listener));
    if (handle === 'table-full') throw tableFull();
    this.#limits = handle;
    const groups = this.#acquireGroups(limits.groups);
    if (groups === 'table-full') throw tableFull();
    this.#groups = groups;
    if (!handle.takeHandshake(this.now())) {
      throw new Refused('limit-handshakes', `more handshakes than the limit of ${principal} allows`, 'handshake');
    }
    if (groups !== null && !groups.takeHandshake(handle, this.#now)) {
      throw new Refused('limit-handshakes', `more handshakes than a group of ${principal} may make`, 'handshake');
    }
  }

  /** The limits of a new generation. False: there is no room for those of a group, and the client may not stay without. */
  update(limits: EffectiveLimits): boolean {
    if (this.#limits === null || this.#isOver) return true;
    this.#limits.update(limits);
    const old = this.#groups;
    if (limits.groups === old?.stated) return true;
    const groups = this.#acquireGroups(limits.groups);
    if (groups === 'table-full') return false;
    const isCounted = this.#claimed !== null || this.#admitted;
    if (groups !== null && isCounted && countIn(groups, true) !== 'granted') {
      groups.release();
      return false;
    }
    this.#groups = groups;
    old?.release();
    return true;
  }

  #acquireGroups(stated: readonly GroupLimits[] | undefined): GroupHandles | 'table-full' | null {
    if (stated === undefined) return null;
    return lockedOr('table-full', () => GroupHandles.acquire(this.#services.accounts.limits, stated));
  }

  /** Gives back everything that is counted. Once, at the end. */
  release(): void {
    const handle = this.#limits;
    if (handle === null) return;
    this.#isOver = true;
    this.#groups?.release();
    this.#leave(handle);
    handle.release();
  }

  /** Gives back the client id and the count of the connection. */
  #leave(handle: LimitHandle): void {
    if (this.#claimed !== null) {
      const listener = this.#client.listener.plan.name;
      this.#services.accounts.clientIds.release({ listener, clientId: this.#claimed, session: this.#number, handle });
    }
    if (this.#admitted) lockedOr(undefined, () => handle.disconnect());
    this.#claimed = null;
    this.#admitted = false;
  }

  /** Counts a connection in its groups that the limits of its principal have granted. */
  #enterGroups(handle: LimitHandle, always: boolean): Admittance {
    const groups = this.#groups;
    const entered = groups === null ? 'granted' : countIn(groups, always);
    if (entered !== 'granted') this.#leave(handle);
    return entered;
  }

  // === SessionHost ===

  get out(): Out {
    return (this.relay as Relay).out;
  }

  get peerAddress(): string {
    return this.#client.peer.address;
  }

  now(): number {
    this.#now = this.#services.now();
    return this.#now;
  }

  /** Uses the time of the session's last `now()`: the clock is read once per batch, not per packet. */
  take(kind: LimitKind, n: number, maxWait: number): number {
    const own = this.#limits as LimitHandle;
    const groups = this.#groups;
    const wait = own.take(kind, n, maxWait, this.#now);
    return groups === null || wait < 0 ? wait : groups.take(own, wait, kind, n, maxWait, this.#now);
  }

  takeTopic(buf: Uint8Array, start: number, end: number, maxWait: number): number {
    return (this.#limits as LimitHandle).takeTopic(buf, start, end, maxWait, this.#now);
  }

  claim(clientId: string): Claim {
    const { identity, principal } = this.#client.identified as Identified;
    const handle = this.#limits as LimitHandle;
    const listener = this.#client.listener.plan.name;
    const claim = lockedOr('table-full', () =>
      this.#services.accounts.clientIds.claim({
        listener,
        clientId,
        identity,
        principal,
        session: this.#number,
        handle,
      }),
    );
    if (claim === 'table-full') return claim;
    if (claim.result === 'granted' || claim.result === 'taken-over') {
      this.#claimed = clientId;
      // The broker ends the old session; this only makes sure that it goes even if the broker does not.
      if (claim.result === 'taken-over') this.#services.accounts.takenOver(claim.worker, claim.session);
      return this.#enterGroups(handle, claim.result === 'taken-over');
    }
    return claim.result;
  }

  admit(): Admittance {
    const handle = this.#limits as LimitHandle;
    const granted = lockedOr('table-full', () => handle.connect());
    if (granted === 'table-full') return granted;
    this.#admitted = granted;
    return granted ? this.#enterGroups(handle, false) : 'connections';
  }

  run(work: () => void): void {
    this.relay?.run(work);
  }

  reject(rejection: Rejection): string {
    const { identified, listener } = this.#client;
    const { records, generation } = this.#services;
    const { role = '', cause, shadow } = rejection;
    records.counters
      .count(shadow ? 'headgate_shadow_rejections_total' : 'headgate_rejections_total', {
        listener: listener.plan.name,
        identity: identified?.identity ?? '',
        role,
        cause,
      })
      .add(1);
    return records.reject({ ...clientFacts(this.#client), ...withoutBlanks(rejection), generation: generation.id });
  }

  sampled(): boolean {
    return this.#services.records.sampled();
  }

  trace(action: Action, resource: string, permit: Permit, bytes: number): void {
    const { generation, records } = this.#services;
    records.sample(sampleDraft(this.#client, generation, action, resource, permit, bytes));
  }
}

function countIn(groups: GroupHandles, always: boolean): Admittance {
  const counted = lockedOr('table-full', () => groups.connect(always));
  return counted === true ? 'granted' : counted || 'connections';
}

function tableFull(): Refused {
  return new Refused('limit-table-full', 'the shared table of limits has no free slot', 'identify');
}

/** A decision that rests on no role names none. */
function withoutBlanks({ role, ...facts }: Rejection): Rejection {
  return role === undefined || role === '' ? facts : { ...facts, role };
}

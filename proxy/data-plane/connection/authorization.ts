import type { Identified, Policy } from '../../../policies/types.ts';
import { chainEnd } from '../../shared/trust/chain-element.ts';
import type { ChainVerdict } from '../../shared/trust/chain-verdict.ts';
import type { OcspResult } from '../../shared/trust/ocsp-messages.ts';
import type { Generation } from '../generation.ts';
import type { Listener } from '../listener.ts';
import type { GateSession } from '../protocols/entry.ts';
import type { Client } from './client.ts';
import type { EndReason } from './live-connection.ts';
import { reauthorize } from './reauthorize.ts';
import { Refused } from './refused.ts';
import type { ConnectionServices } from './services.ts';

/** Whether a session may go on; `changed`: its rights are others now. */
export type Renewal =
  | { readonly stands: true; readonly changed: boolean; readonly listener: Listener; readonly identified: Identified }
  | ({ readonly stands: false } & EndReason);

/** For how long, and by which generation, the client of one connection may be connected. */
export class Authorization {
  readonly #services: Pick<ConnectionServices, 'checks' | 'generation'>;
  readonly #client: Client;
  readonly #left: AbortSignal;
  /** Until when the result of OCSP about its certificate holds, in milliseconds since the epoch. */
  #ocspUntil = Number.POSITIVE_INFINITY;
  /** When the chain of the client expires, in milliseconds since the epoch. */
  #end = Number.POSITIVE_INFINITY;
  /** By which the client was last authorized. */
  #generation: number;
  /** By which its rights were last compiled. */
  #policy: Policy | null = null;

  /** @param left aborted when the client is gone */
  constructor(services: Pick<ConnectionServices, 'checks' | 'generation'>, client: Client, left: AbortSignal) {
    this.#services = services;
    this.#client = client;
    this.#left = left;
    this.#generation = services.generation.id;
  }

  /**
   * Waits for lists that the chain names and nobody has asked for yet, and for what the responder says of the client's
   * certificate, where the store wants them. Throws Refused when the client left meanwhile.
   */
  async lookUp({ chain, store: name }: ChainVerdict): Promise<OcspResult | undefined> {
    this.#ocspUntil = Number.POSITIVE_INFINITY;
    const store = this.#client.listener.trust.stores.get(name);
    if (store === undefined) return undefined;
    const { checks } = this.#services;
    const asked = checks.askOcsp(chain, store);
    const settled = checks.crlsSettled(chain, store);
    if (asked === undefined && settled === undefined) return undefined;
    // A list may take longer than the handshake may.
    await orAborted(Promise.all([asked, settled]), this.#left);
    if (this.#left.aborted || this.#client.tls?.destroyed) {
      throw new Refused('aborted-by-client', 'the client left while its revocation was looked up', 'handshake');
    }
    this.#ocspUntil = checks.ocspUntil(chain, store);
    return asked;
  }

  /** The session begins, with rights of this policy. */
  granted(policy: Policy): void {
    this.#policy = policy;
    this.#end = chainEnd(this.#client.verified?.chain ?? []) + this.#client.listener.plan.tls.clockSkew;
  }

  isOlderThan({ id }: Generation): boolean {
    return this.#generation !== id;
  }

  /** `now`, here and below, in milliseconds since the epoch. */
  isLookUpDue(now: number): boolean {
    return now > this.#ocspUntil;
  }

  expired(now: number): EndReason | null {
    if (now <= this.#end) return null;
    return {
      reason: 'expired',
      message: `a certificate of the chain expired on ${new Date(this.#end).toISOString()}`,
    };
  }

  /** Why the session would end in a generation; null: it would go on. Nothing is changed. */
  wouldEnd(generation: Generation, gate: GateSession): EndReason | null {
    const result = this.#ask(generation);
    if (!result.stands) return result;
    const message = gate.wouldEnd?.(result.identified, generation.policy, result.listener) ?? '';
    return message === '' ? null : { reason: 'policy-changed', message };
  }

  /** Authorizes the client by a generation that is in force. */
  renew(generation: Generation): Renewal {
    this.#generation = generation.id;
    const client = this.#client;
    const result = this.#ask(generation);
    if (!result.stands) return result;
    // A revocation says nothing of rights: while one client is cut, the many others are done with here.
    const changed = generation.policy !== this.#policy || result.listener !== client.listener;
    if (changed) {
      this.#policy = generation.policy;
      client.listener = result.listener;
      client.identified = result.identified;
    }
    return { ...result, changed };
  }

  #ask(generation: Generation) {
    const { listener, verified, identified } = this.#client;
    return reauthorize(
      { listener: listener.plan.name, verdict: verified as ChainVerdict, identified: identified as Identified },
      generation,
      this.#services.checks,
      Date.now(),
    );
  }
}

/** Waits for the work, but no longer than until the signal. */
async function orAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<unknown>();
  signal.addEventListener('abort', resolve, { once: true });
  await Promise.race([work, promise]);
  signal.removeEventListener('abort', resolve);
}

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Rejection, StopReason } from '../../../adapters/seam.ts';
import type { Identified, Policy } from '../../../policies/types.ts';
import { addressKey, GAUGE } from '../../shared/tables/index.ts';
import { chainEnd } from '../../shared/trust/chain-element.ts';
import type { ChainVerdict } from '../../shared/trust/chain-verdict.ts';
import type { OcspResult } from '../../shared/trust/ocsp-messages.ts';
import { verifyClientChain } from '../../shared/trust/verify-client-chain.ts';
import { clientHelloStep } from '../accept/client-hello.ts';
import type { ClientHelloCapture } from '../accept/client-hello-capture.ts';
import { gather } from '../accept/gather.ts';
import { proxyHeaderStep } from '../accept/proxy-header.ts';
import type { DataPlane } from '../data-plane.ts';
import type { Generation, Listener } from '../generation.ts';
import { Relay, type RelayOwner } from '../relay/relay.ts';
import type { GateSession } from '../session-factory.ts';
import type { SessionFacts } from '../session-registry.ts';
import { isPostQuantum } from '../tls/post-quantum.ts';
import { presentedChain } from '../tls/presented-chain.ts';
import { type DialFailure, type Dialled, dial, isTlsFault, KEEP_ALIVE_DELAY, type OnRead } from '../upstream/dial.ts';
import { targetOf } from '../upstream/dial-target.ts';
import { Client } from './client.ts';
import { Host } from './host.ts';
import { rejudge } from './reauthorize.ts';
import { Refused, refusedOf, Silent } from './refused.ts';

const FAULT = 'a fault of headgate; its log has the particulars';

/**
 * One client connection from accept to close.
 *
 * `serve` is THE path: address, PROXY header, admission, look at the ClientHello, TLS, verdict on
 * the chain, principal, session. It reads top to bottom and every way out but the last ends in
 * `#refuse`. What follows, frame by frame, is the session's (adapters/) and the relay's; what the
 * session sees of this connection is connection/host.ts.
 */
export class Connection implements RelayOwner, SessionFacts {
  readonly number: number;
  readonly #plane: DataPlane;
  readonly #raw: Socket;
  readonly #node: number | undefined;
  readonly #client: Client;
  readonly #host: Host;
  readonly #abort = new AbortController();
  #timedOut = false;
  /** Why it had to make room for others before it had a session. */
  #dropped: Refused | null = null;
  #relay: Relay | null = null;
  #gate: GateSession | null = null;
  #released = false;
  /** Until when the answer about its certificate holds, in milliseconds since the epoch. */
  #ocspUntil = Number.POSITIVE_INFINITY;
  /** When the chain of the client runs out, in milliseconds since the epoch. */
  #end = Number.POSITIVE_INFINITY;
  /** By which the client was last judged. */
  #generation: number;
  /** By which its rights were last judged. */
  #policy: Policy | null = null;

  /** @param node the Kafka broker that the address stands for; undefined: any */
  constructor(plane: DataPlane, listener: Listener, raw: Socket, node?: number) {
    this.#plane = plane;
    this.#raw = raw;
    this.#node = node;
    this.number = plane.sessions.nextNumber();
    this.#client = new Client(listener, { address: raw.remoteAddress ?? '', port: raw.remotePort ?? 0 });
    this.#host = new Host(plane, this.#client, this.number);
    this.#generation = plane.generation.id;
  }

  /** The path. Never rejects. */
  async serve(): Promise<void> {
    const raw = this.#raw;
    const client = this.#client;
    const { plan, proxies, admission, front, trust } = client.listener;
    raw.setNoDelay(true);
    raw.setKeepAlive(true, KEEP_ALIVE_DELAY);
    const deadline = setTimeout(() => this.#handshakeExpired(), plan.timeouts.handshake);
    raw.once('close', () => this.#abort.abort());
    let presented: readonly Buffer[] = [];
    try {
      using place = admission.open((why) => this.#drop(why));
      if (proxies.size > 0 && proxies.has(client.peer.address)) {
        const source = await gather(raw, 'accept', proxyHeaderStep);
        client.peer = source.client ?? client.peer;
      }
      admission.check(client.peer.address, place);
      const hello = await gather(raw, 'handshake', clientHelloStep);
      client.captureHello(hello);
      let tls: TLSSocket;
      let verdict: ChainVerdict;
      {
        // Only who has said hello takes a slot: silence must not keep others from theirs.
        using _slot = place.hold(await admission.enter(addressKey(client.peer.address), this.#abort.signal));
        tls = await front.handshake(raw, hello.sni);
        client.tls = tls;
        tls.on('error', (error) => this.#broken(error));
        this.#plane.counters.count('headgate_handshakes_total', { listener: plan.name }).add(1);
        // A peer that went at once leaves a socket without certificate and without further events.
        if (tls.destroyed || raw.destroyed)
          throw new Refused('aborted-by-client', 'the client left with the handshake', 'handshake');
        presented = presentedChain(tls);
        verdict = verifyClientChain(presented, trust, Date.now(), this.#plane.signatures);
      }
      const ocsp = await this.#askOthers(verdict);
      const who = client.identify(verdict, ocsp, this.#plane.generation);
      this.#countKeyAgreement(hello, who);
      this.#host.enter(who);
      clearTimeout(deadline);
      this.#open(tls, who);
    } catch (error) {
      clearTimeout(deadline);
      client.noteRefused(presented);
      this.#refuse(error);
    }
  }

  /**
   * Waits for lists that the chain names and nobody has asked for yet, and for what the responder says of the client's
   * certificate, where the store wants them. Throws Refused when the client left meanwhile.
   */
  async #askOthers({ chain, store: name }: ChainVerdict): Promise<OcspResult | undefined> {
    const store = this.#client.listener.trust.stores.get(name);
    if (store === undefined) return undefined;
    const { ocsp, lists, generation } = this.#plane;
    const asked =
      store.revocation.ocsp === undefined ? undefined : ocsp.ask(chain, store, generation.revocation, Date.now());
    const settled = lists.settled(chain, store);
    if (asked === undefined && settled === undefined) return undefined;
    // A list may take longer than the handshake may.
    const { signal } = this.#abort;
    await orAborted(Promise.all([asked, settled]), signal);
    if (signal.aborted || this.#client.tls?.destroyed) {
      throw new Refused('aborted-by-client', 'the client left while its revocation was looked up', 'handshake');
    }
    this.#ocspUntil = ocsp.until(chain, store);
    return asked;
  }

  #countKeyAgreement(hello: ClientHelloCapture, { identity, principal }: Identified): void {
    const { name: listener, tls } = this.#client.listener.plan;
    const kind = isPostQuantum(tls.profile, hello.facts()) ? 'hybrid' : 'classic';
    this.#plane.counters.count('headgate_key_agreements_total', { listener, identity, kind }).add(1);
    if (tls.pq !== 'report') return;
    this.#plane.recorder.agreement({ listener, identity, principal, kind, offer: () => hello.offer() });
  }

  /** From here on bytes flow through the relay into a session. */
  #open(socket: TLSSocket, who: Identified): void {
    const plane = this.#plane;
    const relay = this.#attach(socket);
    this.#policy = plane.generation.policy;
    this.#gate = plane.sessionFactory.session(this.#host, this.#client.listener, who, this.#policy);
    this.#end = chainEnd(this.#client.trusted?.chain ?? []) + this.#client.listener.plan.tls.clockSkew;
    this.#client.hello = null;
    plane.sessions.add(this);
    plane.workers.add(plane.index, GAUGE.sessions, 1);
    relay.start(this.#gate.session, plane.createReader(socket));
    // The policy may have changed between the verdict and the registration.
    if (this.#generation !== plane.generation.id) this.rejudge();
  }

  #refuse(error: unknown): void {
    const client = this.#client;
    const { plan } = client.listener;
    if (error instanceof Silent && !this.#timedOut && this.#dropped === null) {
      this.#plane.counters.count('headgate_connections_empty_total', { listener: plan.name }).add(1);
      this.#close();
      return;
    }
    const refused = this.#dropped ?? refusedOf(error, this.#timedOut ? plan.timeouts.handshake : null);
    if (refused === null) this.#plane.fault(error);
    const { action, why, message } = refused ?? new Refused('internal-error', FAULT, 'session');
    const rejection: Rejection = { action, cause: why, reason: message };
    const socket = client.tls;
    if (socket === null || socket.destroyed) {
      this.#host.reject(rejection);
      this.#close();
      return;
    }
    // The TLS layer is there: say it in the client's protocol, then close.
    const relay = this.#attach(socket);
    const session = this.#plane.sessionFactory.refusal(this.#host, client.listener, rejection);
    this.#plane.refusals.add(this);
    relay.start(session, this.#plane.createReader(socket));
  }

  #attach(socket: TLSSocket): Relay {
    const relay = new Relay(this, this.#plane.arena, this.#plane.egress, socket);
    this.#relay = relay;
    this.#host.relay = relay;
    return relay;
  }

  #handshakeExpired(): void {
    this.#timedOut = true;
    this.#raw.destroy();
    this.#client.tls?.destroy();
    this.#abort.abort();
  }

  /** A broken record is only reported by Node: the socket stays open, and so would the session. */
  #broken(error: NodeJS.ErrnoException): void {
    if (!isTlsFault(error)) return;
    if (this.#gate !== null && !this.closing) {
      this.#host.reject({ action: 'session', cause: 'tls-error', reason: `the TLS layer failed: ${error.code}` });
    }
    this.#client.tls?.destroy();
  }

  /** Others need its place: ended at once, and what it counts for is free when this returns. */
  #drop(why: Refused): void {
    this.#dropped = why;
    this.#close();
    this.#abort.abort();
  }

  /** The process holds as many connections as it may: closed, counted, explained. */
  turnAway(): void {
    this.#released = true;
    this.#host.reject({ action: 'accept', cause: 'connections-full', reason: 'maxConnections is reached' });
    this.#close();
  }

  /** Gives back everything that is counted. Idempotent. */
  #close(): void {
    this.#raw.destroy();
    this.#client.tls?.destroy();
    if (this.#released) return;
    this.#released = true;
    this.#host.release();
    this.#plane.workers.leaveConnection(this.#plane.index);
    if (this.#plane.current === this) this.#plane.current = null;
  }

  // === RelayOwner ===

  entered(): void {
    this.#plane.current = this;
  }

  now(): number {
    return this.#host.now();
  }

  dial(): void {
    const relay = this.#relay as Relay;
    const { name } = this.#client.listener.plan;
    const onread = { buffer: this.#plane.egress.read, callback: (n: number) => relay.brokerBytes(n) };
    void this.#dial(onread).then((result) => {
      if ('socket' in result) {
        this.#plane.upstreamState(name, true, '');
        relay.brokerConnected(result.socket, result.tls);
      } else {
        if (!this.#abort.signal.aborted) this.#plane.upstreamState(name, false, result.words);
        relay.run(() => this.#gate?.session.brokerFailed(result.cause, result.words));
      }
    });
  }

  async #dial(onread: OnRead): Promise<Dialled | DialFailure> {
    const { listener, sni } = this.#client;
    const target = await targetOf(listener, { node: this.#node, sni });
    return 'cause' in target ? target : dial(target, onread, this.#abort.signal);
  }

  slowClient(): void {
    this.#host.reject({ action: 'session', cause: 'slow-client', reason: 'the client does not read what it is sent' });
    this.#relay?.destroy();
  }

  fault(error: unknown): void {
    this.#plane.fault(error);
    if (this.#released) return;
    this.#host.reject({ action: 'session', cause: 'internal-error', reason: FAULT });
    if (this.#relay === null) this.#close();
    else this.#relay.destroy();
  }

  /** Both sockets are gone. */
  ended(): void {
    if (this.#gate !== null) {
      this.#gate.session.ended();
      this.#gate = null;
      this.#plane.sessions.remove(this);
      this.#plane.workers.add(this.#plane.index, GAUGE.sessions, -1);
    }
    this.#plane.refusals.delete(this);
    this.#close();
  }

  // === SessionFacts ===

  get listener(): string {
    return this.#client.listener.plan.name;
  }

  get identity(): string {
    return this.#client.who?.identity ?? '';
  }

  get principal(): string {
    return this.#client.who?.principal ?? '';
  }

  get serial(): string {
    return this.#client.trusted?.facts.serial ?? '';
  }

  get store(): string {
    return this.#client.trusted?.store ?? '';
  }

  // === what the plane asks ===

  /** It is ending: what was sent is flushed, nothing more is parsed. */
  get closing(): boolean {
    return this.#relay?.closing === true;
  }

  tick(now: number): void {
    this.#relay?.tick(now);
  }

  /** Ends the session when its certificates have run out, and asks again about its certificate. `now` in milliseconds since the epoch. */
  checkCertificate(now: number): void {
    if (this.closing) return;
    if (now > this.#ocspUntil) void this.#askAgain();
    if (now <= this.#end) return;
    const words = `a certificate of the chain expired on ${new Date(this.#end).toISOString()}`;
    this.stop('expired', true, words);
  }

  stop(reason: StopReason, suppressWill: boolean, words: string): void {
    this.#relay?.run(() => this.#gate?.session.stop(reason, suppressWill, words));
  }

  /** Why the session would end in another generation; null: it would go on. Nothing is done. */
  objectionIn(generation: Generation): { readonly reason: StopReason; readonly words: string } | null {
    const gate = this.#gate;
    if (gate === null || this.closing) return null;
    const { trusted, who } = this.#client;
    const result = rejudge(
      this.listener,
      trusted as ChainVerdict,
      who as Identified,
      generation,
      this.#plane.ocsp,
      Date.now(),
    );
    if (!result.stands) return result;
    const words = gate.objection?.(result.who, generation.policy, result.listener) ?? '';
    return words === '' ? null : { reason: 'policy-changed', words };
  }

  /** Judges the session by the generation now in force. Returns false when it was ended. */
  rejudge(): boolean {
    const { generation } = this.#plane;
    this.#generation = generation.id;
    const gate = this.#gate;
    if (gate === null) return true;
    const client = this.#client;
    const result = rejudge(
      this.listener,
      client.trusted as ChainVerdict,
      client.who as Identified,
      generation,
      this.#plane.ocsp,
      Date.now(),
    );
    if (!result.stands) {
      this.stop(result.reason, true, result.words);
      return false;
    }
    // A revocation says nothing of rights: while one client is cut, the many others are done with here.
    if (generation.policy === this.#policy && result.listener === client.listener) return true;
    this.#policy = generation.policy;
    client.listener = result.listener;
    client.who = result.who;
    if (!this.#host.update(result.who.limits)) {
      this.stop('policy-changed', true, 'the shared table of limits has no free slot for a group');
      return false;
    }
    this.#relay?.run(() => gate.rejudge(result.who, generation.policy, result.listener));
    return !this.closing;
  }

  /** Never rejects. */
  async #askAgain(): Promise<void> {
    this.#ocspUntil = Number.POSITIVE_INFINITY;
    try {
      await this.#askOthers(this.#client.trusted as ChainVerdict);
      this.entered();
      this.rejudge();
    } catch (error) {
      if (!(error instanceof Refused)) this.fault(error);
    }
  }

  /** Ends it at once, wherever it stands. */
  destroy(): void {
    if (this.#relay === null) this.#raw.destroy();
    else this.#relay.destroy();
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

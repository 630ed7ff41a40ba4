import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Rejection, StopReason } from '../../../adapters/seam.ts';
import type { Identified } from '../../../policies/types.ts';
import { addressKey } from '../../shared/tables/index.ts';
import type { ChainVerdict } from '../../shared/trust/chain-verdict.ts';
import { clientHelloStep } from '../accept/client-hello.ts';
import { gather } from '../accept/gather.ts';
import { proxyHeaderStep } from '../accept/proxy-header.ts';
import type { Generation } from '../generation.ts';
import type { Listener } from '../listener.ts';
import type { GateSession } from '../protocols/entry.ts';
import type { Relay, RelayOwner } from '../relay/relay.ts';
import { presentedChain } from '../tls/presented-chain.ts';
import { type DialFailure, type Dialled, dial, isTlsFault, KEEP_ALIVE_DELAY, type OnRead } from '../upstream/dial.ts';
import { targetOf } from '../upstream/dial-target.ts';
import { Authorization } from './authorization.ts';
import { Client } from './client.ts';
import { Host } from './host.ts';
import { countKeyAgreement } from './key-agreement.ts';
import type { EndReason, LiveConnection } from './live-connection.ts';
import { Refused, refusedOf, Silent } from './refused.ts';
import type { ConnectionServices } from './services.ts';

const FAULT = 'a fault of headgate; its log has the particulars';

/**
 * One client connection from accept to close.
 *
 * `serve` is THE path: address, PROXY header, admission, look at the ClientHello, TLS, verdict on
 * the chain, principal, session. It reads top to bottom and every way out but the last ends in
 * `#refuse`. What follows, frame by frame, is the session's (adapters/) and the relay's; what the
 * session sees of this connection is host.ts, whether it may go on is authorization.ts.
 */
export class Connection implements RelayOwner, LiveConnection {
  readonly number: number;
  readonly #services: ConnectionServices;
  readonly #raw: Socket;
  readonly #node: number | undefined;
  readonly #client: Client;
  readonly #host: Host;
  readonly #authorization: Authorization;
  readonly #abort = new AbortController();
  #timedOut = false;
  /** Why it had to make room for others before it had a session. */
  #dropped: Refused | null = null;
  #relay: Relay | null = null;
  #gate: GateSession | null = null;
  #released = false;

  /** @param node the Kafka broker that the address stands for; undefined: any */
  constructor(services: ConnectionServices, listener: Listener, raw: Socket, node?: number) {
    this.#services = services;
    this.#raw = raw;
    this.#node = node;
    this.number = services.registry.nextNumber();
    this.#client = new Client(listener, { address: raw.remoteAddress ?? '', port: raw.remotePort ?? 0 });
    this.#host = new Host(services, this.#client, this.number);
    this.#authorization = new Authorization(services, this.#client, this.#abort.signal);
  }

  /** The path. Never rejects. */
  async serve(): Promise<void> {
    const raw = this.#raw;
    const client = this.#client;
    const { plan, proxies, admission } = client.listener;
    raw.setNoDelay(true);
    raw.setKeepAlive(true, KEEP_ALIVE_DELAY);
    const deadline = setTimeout(() => this.#handshakeExpired(), plan.timeouts.handshake);
    raw.once('close', () => this.#abort.abort());
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
        tls = await this.#handshake(hello.sni);
        verdict = this.#verify(tls);
      }
      const ocsp = await this.#authorization.lookUp(verdict);
      const identified = client.identify(verdict, ocsp, this.#services.generation);
      countKeyAgreement(this.#services.records, client.listener, hello, identified);
      this.#host.enter(identified);
      clearTimeout(deadline);
      this.#open(tls, identified);
    } catch (error) {
      clearTimeout(deadline);
      this.#refuse(error);
    }
  }

  async #handshake(sni: string | undefined): Promise<TLSSocket> {
    const raw = this.#raw;
    const { plan, front } = this.#client.listener;
    const tls = await front.handshake(raw, sni);
    this.#client.tls = tls;
    tls.on('error', (error) => this.#broken(error));
    this.#services.records.counters.count('headgate_handshakes_total', { listener: plan.name }).add(1);
    // A peer that went at once leaves a socket without certificate and without further events.
    if (tls.destroyed || raw.destroyed)
      throw new Refused('aborted-by-client', 'the client left with the handshake', 'handshake');
    return tls;
  }

  #verify(tls: TLSSocket): ChainVerdict {
    const client = this.#client;
    client.presented = presentedChain(tls);
    return this.#services.checks.verify(client.presented, client.listener.trust);
  }

  /** From here on bytes flow through the relay into a session. */
  #open(socket: TLSSocket, identified: Identified): void {
    const { sessionFactory, generation, registry } = this.#services;
    const relay = this.#attach(socket);
    this.#gate = sessionFactory.session(this.#host, this.#client.listener, identified, generation.policy);
    this.#authorization.granted(generation.policy);
    this.#client.forgetHandshake();
    registry.opened(this);
    relay.start(this.#gate.session, this.#services.reader(socket));
    // The policy may have changed between the verdict and the registration.
    if (this.#authorization.isOlderThan(this.#services.generation)) this.reauthorize();
  }

  #refuse(error: unknown): void {
    const client = this.#client;
    const { plan } = client.listener;
    client.noteRefused();
    if (error instanceof Silent && !this.#timedOut && this.#dropped === null) {
      this.#services.records.counters.count('headgate_connections_empty_total', { listener: plan.name }).add(1);
      this.#close();
      return;
    }
    const refused = this.#dropped ?? refusedOf(error, this.#timedOut ? plan.timeouts.handshake : null);
    if (refused === null) this.#services.fault(error);
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
    const session = this.#services.sessionFactory.refusal(this.#host, client.listener, rejection);
    this.#services.registry.refusing(this);
    relay.start(session, this.#services.reader(socket));
  }

  #attach(socket: TLSSocket): Relay {
    const relay = this.#services.relay(this, socket);
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
    this.#services.registry.left(this);
  }

  // === RelayOwner ===

  entered(): void {
    this.#services.registry.running(this);
  }

  now(): number {
    return this.#host.now();
  }

  dial(): void {
    const relay = this.#relay as Relay;
    const { name } = this.#client.listener.plan;
    void this.#dial(relay.brokerRead).then((result) => {
      if ('socket' in result) {
        this.#services.upstreamState(name, true, '');
        relay.brokerConnected(result.socket, result.tls);
      } else {
        if (!this.#abort.signal.aborted) this.#services.upstreamState(name, false, result.message);
        relay.run(() => this.#gate?.session.brokerFailed(result.cause, result.message));
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
    this.#services.fault(error);
    if (this.#released) return;
    this.#host.reject({ action: 'session', cause: 'internal-error', reason: FAULT });
    if (this.#relay === null) this.#close();
    else this.#relay.destroy();
  }

  /** Both sockets are gone. */
  ended(): void {
    this.#gate?.session.ended();
    this.#gate = null;
    this.#services.registry.ended(this);
    this.#close();
  }

  // === LiveConnection ===

  get listener(): string {
    return this.#client.listener.plan.name;
  }

  get identity(): string {
    return this.#client.identified?.identity ?? '';
  }

  get principal(): string {
    return this.#client.identified?.principal ?? '';
  }

  get serial(): string {
    return this.#client.verified?.facts.serial ?? '';
  }

  get store(): string {
    return this.#client.verified?.store ?? '';
  }

  get closing(): boolean {
    return this.#relay?.closing === true;
  }

  tick(now: number): void {
    this.#relay?.tick(now);
  }

  checkCertificate(now: number): void {
    if (this.closing) return;
    if (this.#authorization.isLookUpDue(now)) void this.#lookUpAgain();
    const expired = this.#authorization.expired(now);
    if (expired !== null) this.stop(expired.reason, true, expired.message);
  }

  stop(reason: StopReason, suppressWill: boolean, message: string): void {
    this.#relay?.run(() => this.#gate?.session.stop(reason, suppressWill, message));
  }

  wouldEnd(generation: Generation): EndReason | null {
    const gate = this.#gate;
    return gate === null || this.closing ? null : this.#authorization.wouldEnd(generation, gate);
  }

  reauthorize(): boolean {
    const gate = this.#gate;
    if (gate === null) return true;
    const { generation } = this.#services;
    const result = this.#authorization.renew(generation);
    if (!result.stands) {
      this.stop(result.reason, true, result.message);
      return false;
    }
    if (!result.changed) return true;
    const { identified, listener } = result;
    if (!this.#host.update(identified.limits)) {
      this.stop('policy-changed', true, 'the shared table of limits has no free slot for a group');
      return false;
    }
    this.#relay?.run(() => gate.reauthorize(identified, generation.policy, listener));
    return !this.closing;
  }

  /** Never rejects. */
  async #lookUpAgain(): Promise<void> {
    try {
      await this.#authorization.lookUp(this.#client.verified as ChainVerdict);
      this.entered();
      this.reauthorize();
    } catch (error) {
      if (!(error instanceof Refused)) this.fault(error);
    }
  }

  destroy(): void {
    if (this.#relay === null) this.#raw.destroy();
    else this.#relay.destroy();
  }
}

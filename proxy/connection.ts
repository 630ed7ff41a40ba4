import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Claim, LimitKind, Rejection, SessionHost, StopReason } from '../adapters/seam.ts';
import type { Cause } from '../policies/causes.ts';
import type { Action, Permit } from '../policies/decision.ts';
import type { CertificateSummary } from '../policies/event.ts';
import type { CertificateFacts, Identified } from '../policies/types.ts';
import { clientHelloStep } from './accept/client-hello.ts';
import { gather } from './accept/gather.ts';
import { proxyHeaderStep } from './accept/proxy-header.ts';
import { certificateFacts, certificateSummary } from './certificate.ts';
import type { DataPlane } from './data-plane.ts';
import type { Listener } from './generation.ts';
import { Refused, Silent } from './refused.ts';
import { Relay, type RelayOwner } from './relay.ts';
import type { GateSession, SessionFactory } from './session-factory.ts';
import type { SessionFacts } from './sessions.ts';
import { addressKey, GAUGE, type LimitHandle, SharedLockError } from './shared/index.ts';
import { ChainRefused, judge, type Verdict } from './trust/verdict.ts';
import { dial, KEEP_ALIVE_DELAY } from './upstream.ts';

interface Peer {
  readonly address: string;
  readonly port: number;
}

/**
 * One client connection from accept to close.
 *
 * `serve` is THE path: address, PROXY header, admission, look at the ClientHello, TLS, verdict on
 * the chain, principal, session. It reads top to bottom and every way out but the last ends in
 * `#refuse`. What follows, frame by frame, is the session's (adapters/) and the relay's.
 */
export class Connection implements RelayOwner, SessionHost, SessionFacts {
  readonly number: number;
  readonly #plane: DataPlane;
  readonly #raw: Socket;
  #listener: Listener;
  #peer: Peer;
  #abort = new AbortController();
  #timedOut: Cause | null = null;
  #sni: string | undefined;
  #tls: TLSSocket | null = null;
  #facts: CertificateFacts | null = null;
  #certificate: CertificateSummary | null = null;
  #trusted: { readonly store: string; readonly anchor: string } | null = null;
  #who: Identified | null = null;
  #limits: LimitHandle | null = null;
  #relay: Relay | null = null;
  #gate: GateSession | null = null;
  #claimed: string | null = null;
  #released = false;
  #generation = 0;
  #now = 0;
  counters: Float64Array;

  constructor(plane: DataPlane, listener: Listener, raw: Socket) {
    this.#plane = plane;
    this.#listener = listener;
    this.#raw = raw;
    this.#peer = { address: raw.remoteAddress ?? '', port: raw.remotePort ?? 0 };
    this.number = plane.sessions.nextNumber();
    this.counters = plane.uncounted;
    this.#generation = plane.generation.id;
  }

  /** The path. Never rejects. */
  async serve(): Promise<void> {
    const raw = this.#raw;
    const { plan, proxies, admission, front, stores } = this.#listener;
    raw.setNoDelay(true);
    raw.setKeepAlive(true, KEEP_ALIVE_DELAY);
    const deadline = setTimeout(() => this.#expire(), plan.timeouts.handshake);
    raw.once('close', () => this.#abort.abort());
    try {
      if (proxies.size > 0 && proxies.has(this.#peer.address)) {
        const source = await gather(raw, 'accept', proxyHeaderStep);
        this.#peer = source.client ?? this.#peer;
      }
      admission.check(this.#peer.address);
      const hello = await gather(raw, 'handshake', clientHelloStep);
      this.#sni = hello.sni;
      let verdict: Verdict;
      {
        // Only who has said hello takes a slot: silence must not keep others from theirs.
        using _slot = await admission.enter(addressKey(this.#peer.address), this.#abort.signal);
        this.#tls = await front.handshake(raw);
        this.#tls.on('error', ignore);
        this.#plane.counters.count('headgate_handshakes_total', { listener: plan.name }).add(1);
        // A peer that went at once leaves a socket without certificate and without further events.
        if (this.#tls.destroyed)
          throw new Refused('aborted-by-client', 'the client left with the handshake', 'handshake');
        verdict = judge(this.#tls, stores);
      }
      this.#recognise(verdict);
      clearTimeout(deadline);
      this.#open(this.#tls, this.#plane.sessionFactory);
    } catch (error) {
      clearTimeout(deadline);
      this.#refuse(error);
    }
  }

  /** Ends it at once, wherever it stands. */
  destroy(): void {
    if (this.#relay === null) this.#raw.destroy();
    else this.#relay.destroy();
  }

  /** The process holds as many connections as it may: closed, counted, explained. */
  turnAway(): void {
    this.#released = true;
    this.reject({ action: 'accept', cause: 'connections-full', reason: 'maxConnections is reached' });
    this.#close();
  }

  /** Certificate -> principal, and the principal's handshake limit. Throws Refused. */
  #recognise(verdict: Verdict): void {
    this.#trusted = { store: verdict.store, anchor: verdict.anchor };
    this.#facts = certificateFacts(verdict.leaf);
    this.#certificate = certificateSummary(verdict.leaf, this.#facts);
    const who = this.#plane.generation.policy.identify(verdict.store, this.#facts);
    if (!who.ok) throw new Refused('no-identity', who.reason, 'identify');
    this.#who = who;
    this.counters = this.#plane.counters.block({ listener: this.#listener.plan.name, identity: who.identity });
    const limits = lockedOr('table-full', () => this.#plane.limits.acquire(who.identity, who.principal, who.limits));
    if (limits === 'table-full') {
      throw new Refused('limit-table-full', 'the shared table of limits has no free slot', 'identify');
    }
    this.#limits = limits;
    if (!limits.takeHandshake(this.now())) {
      throw new Refused('limit-handshakes', `more handshakes than the limit of ${who.principal} allows`, 'handshake');
    }
  }

  /** From here on bytes flow through the relay into a session. */
  #open(socket: TLSSocket, create: SessionFactory): void {
    const relay = new Relay(this, this.#plane.arena, this.#plane.egress, socket);
    this.#relay = relay;
    this.#gate = create.session(this, this.#listener, this.#who as Identified, this.#plane.generation.policy);
    this.#plane.sessions.add(this);
    this.#plane.workers.add(this.#plane.index, GAUGE.sessions, 1);
    relay.start(this.#gate.session, this.#plane.createReader(socket));
    // The policy may have changed between the verdict and the registration.
    if (this.#generation !== this.#plane.generation.id) this.rejudge();
  }

  #refuse(error: unknown): void {
    if (error instanceof Silent && this.#timedOut === null) {
      this.#plane.counters.count('headgate_connections_empty_total', { listener: this.#listener.plan.name }).add(1);
      this.#close();
      return;
    }
    const refused = this.#asRefused(error);
    if (refused instanceof ChainRefused && refused.leaf !== undefined) this.#noteLeaf(refused);
    const rejection: Rejection = { action: refused.action, cause: refused.why, reason: refused.message };
    const socket = this.#tls;
    if (socket === null || socket.destroyed) {
      this.reject(rejection);
      this.#close();
      return;
    }
    // The TLS layer is there: say it in the client's protocol, then close.
    const relay = new Relay(this, this.#plane.arena, this.#plane.egress, socket);
    this.#relay = relay;
    const session = this.#plane.sessionFactory.refusal(this, this.#listener, rejection);
    this.#plane.refusals.add(this);
    relay.start(session, this.#plane.createReader(socket));
  }

  #asRefused(error: unknown): Refused {
    const waited = error instanceof Refused && error.why === 'admission-queue';
    if (this.#timedOut !== null && !waited) {
      return new Refused(
        this.#timedOut,
        `not finished within ${this.#listener.plan.timeouts.handshake} ms`,
        'handshake',
      );
    }
    if (error instanceof Refused) return error;
    if (error instanceof Error && error.name === 'X509Error') {
      return new Refused('certificate-unreadable', error.message, 'identify');
    }
    this.#plane.fault(error);
    return new Refused('internal-error', 'a fault of headgate; its log has the particulars', 'session');
  }

  #noteLeaf(refused: ChainRefused): void {
    try {
      if (refused.leaf === undefined) return;
      this.#certificate = certificateSummary(refused.leaf, certificateFacts(refused.leaf));
    } catch {
      // A certificate that the strict reader refuses is reported without its particulars.
    }
  }

  #expire(): void {
    this.#timedOut = 'half-open-timeout';
    this.#raw.destroy();
    this.#tls?.destroy();
    this.#abort.abort();
  }

  // === SessionHost ===

  get out(): Relay {
    return this.#relay as Relay;
  }

  now(): number {
    this.#now = this.#plane.clock.now();
    return this.#now;
  }

  /** Uses the time of the session's last `now()`: the clock is read once per batch, not per packet. */
  take(kind: LimitKind, n: number, maxWait: number): number {
    return (this.#limits as LimitHandle).take(kind, n, maxWait, this.#now);
  }

  claim(clientId: string): Claim {
    const who = this.#who as Identified;
    const handle = this.#limits as LimitHandle;
    const listener = this.#listener.plan.name;
    const { identity, principal } = who;
    const claim = lockedOr('table-full', () =>
      this.#plane.clientIds.claim({ listener, clientId, identity, principal, session: this.number, handle }),
    );
    if (claim === 'table-full') return claim;
    if (claim.result === 'granted' || claim.result === 'taken-over') {
      this.#claimed = clientId;
      // The broker ends the old session; this only makes sure that it goes even if the broker does not.
      if (claim.result === 'taken-over') this.#plane.takenOver(claim.worker, claim.session);
      return 'granted';
    }
    return claim.result;
  }

  reject(rejection: Rejection): string {
    const who = this.#who;
    const listener = this.#listener.plan;
    const { role = '', clientId, resource, ruleId, sent, protocolVersion, action, cause, reason } = rejection;
    this.#plane.counters
      .count('headgate_rejections_total', { listener: listener.name, identity: who?.identity ?? '', role, cause })
      .add(1);
    return this.#plane.recorder.record({
      listener: listener.name,
      protocol: listener.protocol,
      peer: peerText(this.#peer),
      action,
      cause,
      reason,
      generation: this.#plane.generation.id,
      ...(who === null ? {} : { principal: who.principal, identity: who.identity }),
      ...(role === '' ? {} : { role }),
      ...(this.#certificate === null ? {} : { certificate: this.#certificate }),
      ...(clientId === undefined ? {} : { clientId }),
      ...(resource === undefined ? {} : { resource }),
      ...(ruleId === undefined ? {} : { ruleId }),
      ...(sent === undefined ? {} : { sent }),
      ...(protocolVersion === undefined ? {} : { protocolVersion }),
      ...this.#tlsFacts(),
    });
  }

  #tlsFacts(): { tls?: { version?: string; cipher?: string; sni?: string } } {
    const version = this.#tls?.getProtocol() ?? undefined;
    const cipher = version === undefined ? undefined : this.#tls?.getCipher()?.name;
    if (version === undefined && this.#sni === undefined) return {};
    return {
      tls: {
        ...(version === undefined ? {} : { version }),
        ...(cipher === undefined ? {} : { cipher }),
        ...(this.#sni === undefined ? {} : { sni: this.#sni }),
      },
    };
  }

  sampled(): boolean {
    return this.#plane.sampler.take();
  }

  trace(action: Action, resource: string, permit: Permit, bytes: number): void {
    const who = this.#who as Identified;
    const { plan } = this.#listener;
    const { ruleId } = this.#plane.generation.policy.mqtt(who).explainPermit(permit, action, resource);
    this.#plane.recorder.sample({
      listener: plan.name,
      protocol: plan.protocol,
      identity: who.identity,
      principal: who.principal,
      action,
      resource,
      ruleId,
      bytes,
    });
  }

  // === RelayOwner ===

  entered(): void {
    this.#plane.current = this;
  }

  dial(): void {
    const relay = this.#relay as Relay;
    const onread = { buffer: this.#plane.egress.read, callback: (n: number) => relay.brokerBytes(n) };
    const { plan } = this.#listener;
    void dial(plan.upstream, onread, this.#abort.signal).then((result) => {
      if ('socket' in result) {
        this.#plane.upstreamState(plan.name, true, '');
        relay.brokerConnected(result.socket, result.tls);
      } else {
        if (!this.#abort.signal.aborted) this.#plane.upstreamState(plan.name, false, result.words);
        relay.run(() => this.#gate?.session.brokerFailed(result.cause, result.words));
      }
    });
  }

  slowClient(): void {
    this.reject({ action: 'session', cause: 'slow-client', reason: 'the client does not read what it is sent' });
    this.#relay?.destroy();
  }

  fault(error: unknown): void {
    this.#plane.fault(error);
    if (this.#released) return;
    this.reject({
      action: 'session',
      cause: 'internal-error',
      reason: 'a fault of headgate; its log has the particulars',
    });
    if (this.#relay === null) this.#close();
    else this.#relay.destroy();
  }

  /** Both sockets are gone. */
  ended(): void {
    if (this.#gate !== null) {
      this.#gate = null;
      this.#plane.sessions.remove(this);
      this.#plane.workers.add(this.#plane.index, GAUGE.sessions, -1);
    }
    this.#plane.refusals.delete(this);
    this.#close();
  }

  // === SessionFacts and what the plane asks ===

  get listener(): string {
    return this.#listener.plan.name;
  }

  get identity(): string {
    return this.#who?.identity ?? '';
  }

  get principal(): string {
    return this.#who?.principal ?? '';
  }

  get serial(): string {
    return this.#facts?.serial ?? '';
  }

  get store(): string {
    return this.#trusted?.store ?? '';
  }

  tick(now: number): void {
    this.#relay?.tick(now);
  }

  stop(reason: StopReason, suppressWill: boolean, words: string): void {
    this.#relay?.run(() => this.#gate?.session.stop(reason, suppressWill, words));
  }

  /** Judges the session by the generation now in force, from the kept facts of its certificate. Returns false when it was ended. */
  rejudge(): boolean {
    const { generation } = this.#plane;
    this.#generation = generation.id;
    const gate = this.#gate;
    const before = this.#who;
    if (gate === null || before === null || this.#facts === null) return true;
    const listener = generation.listeners.find((other) => other.plan.name === this.listener);
    if (listener === undefined) {
      this.stop('drain', true, 'the listener is gone');
      return false;
    }
    const store = listener.stores.find(({ name }) => name === this.store);
    if (!store?.anchors.has(this.#trusted?.anchor ?? '')) {
      this.stop('policy-changed', true, `the CA of the certificate is no longer in a trust store of this listener`);
      return false;
    }
    const who = generation.policy.identify(this.store, this.#facts);
    if (!who.ok || who.identity !== before.identity || who.principal !== before.principal) {
      this.stop('policy-changed', true, 'the certificate no longer stands for the same identity and principal');
      return false;
    }
    this.#listener = listener;
    this.#who = who;
    this.#limits?.update(who.limits);
    this.#relay?.run(() => gate.rejudge(who, generation.policy));
    return this.#relay?.closing !== true;
  }

  /** Gives back everything that is counted. Idempotent. */
  #close(): void {
    this.#raw.destroy();
    this.#tls?.destroy();
    if (this.#released) return;
    this.#released = true;
    const handle = this.#limits;
    if (handle !== null) {
      if (this.#claimed !== null) {
        const { listener, number: session } = this;
        this.#plane.clientIds.release({ listener, clientId: this.#claimed, session, handle });
      }
      handle.release();
    }
    this.#plane.workers.leaveConnection(this.#plane.index);
    if (this.#plane.current === this) this.#plane.current = null;
  }
}

function ignore(): void {}

/** `otherwise` when the lock of the shared tables is not to be had: then nobody new gets in, and nobody else is harmed. */
function lockedOr<T, F>(otherwise: F, work: () => T): T | F {
  try {
    return work();
  } catch (error) {
    if (error instanceof SharedLockError) return otherwise;
    throw error;
  }
}

/** `192.0.2.7:40001`, `[2001:db8::7]:40001`. */
function peerText({ address, port }: Peer): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

import {
  type Admittance,
  type Claim,
  COUNTERS,
  type LimitKind,
  type Out,
  type Rejection,
  type Session,
  type SessionHost,
} from '../../../adapters/seam.ts';
import type { OnExceed } from '../../../policies/limits/table.ts';
import type { EffectiveLimits } from '../../../policies/types.ts';

/** How the fake host answers. */
export interface HostPlan {
  claim?: Claim;
  admit?: Admittance;
  /** Answer of `take`. Default: always granted. */
  take?: (kind: LimitKind, n: number, maxWait: number) => number;
  /** Set to sample every forward. */
  sampled?: boolean;
}

/** Every limit that traffic of the client draws from, all with the same answer to an excess. */
export function limitsOf(onExceed: OnExceed = 'throttle', more: EffectiveLimits = {}): EffectiveLimits {
  const rate = { perSecond: 1, burst: 1, onExceed };
  return { publish: rate, bytes: rate, requests: rate, ...more };
}

/**
 * A session with a fake host that keeps the relay's side of the contract: offers unconsumed bytes
 * again with more behind them, parses nothing while held, replays after `resume`.
 */
export class SeamRig<S extends Session> {
  readonly session: S;
  readonly counters = new Float64Array(COUNTERS);
  readonly rejections: Rejection[] = [];
  readonly traces: string[] = [];
  readonly takes: string[] = [];
  readonly claims: string[] = [];
  now = 1000;
  toBroker: Buffer = Buffer.alloc(0);
  toClient: Buffer = Buffer.alloc(0);
  held = false;
  brokerHeld = false;
  closed = false;
  /** The relay does not read the client, for reasons of its own. */
  clientPaused = false;
  dialled = 0;
  brokerEnded = false;
  #current: Buffer | undefined;
  #fromClient = false;
  #resume = false;
  #clientPending: Buffer = Buffer.alloc(0);
  #brokerPending: Buffer = Buffer.alloc(0);

  constructor(create: (host: SessionHost) => S, plan: HostPlan = {}) {
    this.session = create({
      out: this.#out(),
      now: () => this.now,
      counters: this.counters,
      take: (kind, n, maxWait) => {
        this.takes.push(`${kind} ${n}`);
        return plan.take?.(kind, n, maxWait) ?? 0;
      },
      takeTopic: (buf, start, end, maxWait) => {
        this.takes.push(`topic ${Buffer.from(buf.subarray(start, end))}`);
        return plan.take?.('topics', 1, maxWait) ?? 0;
      },
      claim: (id) => {
        this.claims.push(id);
        return plan.claim ?? 'granted';
      },
      admit: () => plan.admit ?? 'granted',
      run: (work) => {
        if (this.closed) return;
        work();
        this.#settle();
      },
      peerAddress: '192.0.2.1',
      reject: (rejection) => `d-${this.rejections.push(rejection)}`,
      sampled: () => plan.sampled ?? false,
      trace: (action, resource) => this.traces.push(`${action} ${resource}`),
    });
  }

  /** Bytes of the client that wait for more, or for the end of a hold. */
  get clientPending(): number {
    return this.#clientPending.length;
  }

  client(bytes: Uint8Array): void {
    this.#clientPending = Buffer.concat([this.#clientPending, bytes]);
    this.#feedClient();
    this.#settle();
  }

  broker(bytes: Uint8Array): void {
    if (this.closed) return;
    this.#brokerPending = Buffer.concat([this.#brokerPending, bytes]);
    this.#run(this.#brokerPending, false);
    this.#settle();
  }

  /** Moves the clock and ticks. */
  tick(ms: number): void {
    this.now += ms;
    if (!this.closed) this.session.tick(this.now);
    this.#settle();
  }

  /** Takes what was sent to one side since the last call. */
  take(side: 'broker' | 'client'): Buffer {
    const bytes = side === 'broker' ? this.toBroker : this.toClient;
    if (side === 'broker') this.toBroker = Buffer.alloc(0);
    else this.toClient = Buffer.alloc(0);
    return bytes;
  }

  #feedClient(): void {
    if (!this.held && !this.closed && this.#clientPending.length > 0) this.#run(this.#clientPending, true);
  }

  #settle(): void {
    while (this.#resume && !this.closed) {
      this.#resume = false;
      this.held = false;
      this.#feedClient();
    }
  }

  #run(pending: Buffer, client: boolean): void {
    // Odd offsets, and bytes around that must not be looked at.
    const buf = Buffer.concat([Buffer.from('ffff', 'hex'), pending, Buffer.from('ff', 'hex')]);
    const end = 2 + pending.length;
    this.#current = buf;
    this.#fromClient = client;
    const used = client ? this.session.fromClient(buf, 2, end) : this.session.fromBroker(buf, 2, end);
    this.#current = undefined;
    if (used < 2 || used > end) throw new Error(`consumed up to ${used} of [2, ${end})`);
    const rest = Buffer.from(buf.subarray(used, end));
    if (client) this.#clientPending = rest;
    else this.#brokerPending = rest;
    buf.fill(0xee);
  }

  #out(): Out {
    const need = (permit: number): void => {
      if (!(permit > 0)) throw new Error('no permit');
      if (this.closed) throw new Error('sent after close');
    };
    const rig = this;
    return {
      get clientPaused() {
        return rig.clientPaused;
      },
      forward: (start, end, permit) => {
        need(permit);
        if (this.#current === undefined) throw new Error('forward outside of a call');
        const bytes = Buffer.from(this.#current.subarray(start, end));
        if (this.#fromClient) this.toBroker = Buffer.concat([this.toBroker, bytes]);
        else this.toClient = Buffer.concat([this.toClient, bytes]);
      },
      toBroker: (bytes, permit) => {
        need(permit);
        this.toBroker = Buffer.concat([this.toBroker, bytes]);
      },
      toClient: (bytes) => {
        need(1);
        this.toClient = Buffer.concat([this.toClient, bytes]);
      },
      hold: () => {
        this.held = true;
        this.#resume = false;
      },
      resume: () => {
        this.#resume = true;
      },
      holdBroker: () => {
        this.brokerHeld = true;
      },
      resumeBroker: () => {
        this.brokerHeld = false;
      },
      dial: () => {
        this.dialled++;
      },
      endBroker: () => {
        this.brokerEnded = true;
      },
      close: () => {
        this.closed = true;
      },
    };
  }
}

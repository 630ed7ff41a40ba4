/** A connection's services as plain objects: what it asks for is noted, what it is given is stated. */
import { EventEmitter } from 'node:events';
import type { Session } from '../../../../adapters/seam.ts';
import { ANONYMOUS, NO_CERTIFICATE } from '../../../../policies/identity/anonymous.ts';
import { compilePolicy } from '../../../../policies/policy.ts';
import type { PolicySource } from '../../../../policies/source.ts';
import type { ConnectionServices } from '../../../../proxy/data-plane/connection/services.ts';
import type { Generation } from '../../../../proxy/data-plane/generation.ts';
import type { Listener } from '../../../../proxy/data-plane/listener.ts';
import type { GateSession } from '../../../../proxy/data-plane/protocols/entry.ts';
import type { RejectionDraft } from '../../../../proxy/shared/events/batch.ts';
import type { ChainVerdict } from '../../../../proxy/shared/trust/chain-verdict.ts';
import { NO_REVOCATION } from '../../../support/no-revocation.ts';

export const POLICY: PolicySource = {
  identities: [{ name: 'anyone', when: { anonymous: true }, principal: 'guest', roles: [] }],
  roles: {},
};

/** What happened, in order, in a word each. */
export interface Noted {
  readonly calls: string[];
  readonly rejections: RejectionDraft[];
}

export interface Fakes extends Noted {
  readonly services: ConnectionServices & { generation: Generation };
  readonly listener: Listener;
  readonly raw: FakeSocket;
  readonly tls: FakeSocket;
  verdict: ChainVerdict | Error;
}

/** As much of a socket as the path from accept to session touches. */
export class FakeSocket extends EventEmitter {
  readonly remoteAddress = '192.0.2.7';
  readonly remotePort = 40_001;
  destroyed = false;
  /** What the peer sent and nobody has read. */
  unread: Buffer | null = null;
  read(): Buffer | null {
    const bytes = this.unread;
    this.unread = null;
    return bytes;
  }
  unshift(bytes: Buffer): void {
    this.unread = bytes;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  getProtocol(): string {
    return 'TLSv1.3';
  }
  getCipher(): { name: string } {
    return { name: 'TLS_AES_128_GCM_SHA256' };
  }
  getPeerX509Certificate(): undefined {
    return undefined;
  }
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit('close');
  }
}

export const NOBODY: ChainVerdict = { store: ANONYMOUS, chain: [], facts: NO_CERTIFICATE };

/** A listener without PROXY header and TLS bytes of its own: the ClientHello is replayed by the test. */
export function fakeListener(tls: FakeSocket, more: object = {}): Listener {
  return {
    plan: {
      name: 'plant',
      protocol: 'mqtt',
      mode: 'enforce',
      timeouts: { handshake: 1000 },
      tls: { clientAuth: 'optional', clockSkew: 0, pq: 'prefer', profile: 'mozilla-intermediate' },
    },
    proxies: { size: 0, has: () => false },
    admission: {
      open: () => ({ hold: (slot: Disposable) => slot, [Symbol.dispose]: () => {} }),
      check: () => {},
      enter: async () => ({ [Symbol.dispose]: () => {} }),
    },
    front: { handshake: async () => tls },
    trust: { stores: new Map() },
    ...more,
  } as unknown as Listener;
}

export function fakeGeneration(id: number, listener: Listener, source: PolicySource = POLICY): Generation {
  return {
    id,
    listeners: [listener],
    policy: compilePolicy(source, { version: String(id) }),
    revocation: NO_REVOCATION,
  } as unknown as Generation;
}

export function fakes(source: PolicySource = POLICY): Fakes {
  const tls = new FakeSocket();
  const raw = new FakeSocket();
  const listener = fakeListener(tls);
  const calls: string[] = [];
  const rejections: RejectionDraft[] = [];
  const note = (call: string) => () => void calls.push(call);
  const counter = { add: () => {} };
  const session = { stop: (reason: string, _: boolean, message: string) => calls.push(`stop ${reason}: ${message}`) };
  const gate: GateSession = {
    session: { ...session, ended: note('session ended') } as unknown as Session,
    reauthorize: note('session reauthorized'),
  };
  const relay = {
    out: {},
    closing: false,
    start: note('relay started'),
    run: (work: () => void) => work(),
    destroy: note('relay destroyed'),
    tick: () => {},
  };
  const handle = {
    takeHandshake: () => true,
    release: note('limits released'),
    update: note('limits updated'),
    connect: () => true,
    disconnect: () => {},
  };
  const it: Fakes = {
    calls,
    rejections,
    listener,
    tls,
    raw,
    verdict: NOBODY,
    services: {
      generation: fakeGeneration(1, listener, source),
      sessionFactory: {
        session: () => gate,
        refusal: () => {
          calls.push('refusal session');
          return session as unknown as Session;
        },
      },
      accounts: {
        limits: { acquire: () => handle },
        clientIds: {},
        takenOver: () => {},
      },
      records: {
        counters: {
          block: () => new Float64Array(16),
          count: (name: string) => {
            calls.push(name);
            return counter;
          },
        },
        reject: (draft: RejectionDraft) => `d-${rejections.push(draft)}`,
        sample: () => {},
        keyAgreement: note('key agreement'),
        sampled: () => false,
      },
      checks: {
        verify: () => {
          if (it.verdict instanceof Error) throw it.verdict;
          return it.verdict;
        },
        knownOcsp: () => undefined,
        askOcsp: () => undefined,
        ocspUntil: () => Number.POSITIVE_INFINITY,
        crlsSettled: () => undefined,
      },
      registry: {
        nextNumber: () => 7,
        running: () => {},
        opened: note('opened'),
        refusing: note('refusing'),
        ended: note('ended'),
        left: note('left'),
      },
      now: () => 0,
      relay: () => relay,
      reader: () => ({}),
      upstreamState: () => {},
      fault: (error: unknown) => calls.push(`fault ${String(error)}`),
    } as unknown as Fakes['services'],
  };
  return it;
}

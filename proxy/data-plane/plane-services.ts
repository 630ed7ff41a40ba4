import type { TLSSocket } from 'node:tls';
import { SignatureCache } from '../../policies/x509/chain/signature-cache.ts';
import type { FromPlane, Port, ToPlane } from '../messages.ts';
import { openClientIds, openClock, openCounters, openLimits, type SharedState } from '../shared/tables/index.ts';
import { verifyClientChain } from '../shared/trust/verify-client-chain.ts';
import type {
  CertificateChecks,
  ClientAccounts,
  ConnectionRecords,
  ConnectionServices,
} from './connection/services.ts';
import { ForwardSampler } from './forward-sampler.ts';
import type { Generation } from './generation.ts';
import type { LiveConnections } from './live-connections.ts';
import type { ReaderFactory } from './reader/reader.ts';
import { RejectionRecorder } from './rejection-recorder.ts';
import { Arena } from './relay/arena.ts';
import { BrokerReadBuffer } from './relay/broker-read-buffer.ts';
import { Relay, type RelayOwner } from './relay/relay.ts';
import { CrlClient } from './revocation/crl-client.ts';
import { OcspClient } from './revocation/ocsp-client.ts';
import { RevocationQueries } from './revocation/revocation-queries.ts';
import type { SessionFactory } from './session-factory.ts';
import { UpstreamReports } from './upstream/upstream-reports.ts';

export interface PlaneServicesOptions {
  /** Column in the shared tables. */
  readonly index: number;
  readonly shared: SharedState;
  readonly sessionFactory: SessionFactory;
  readonly createReader: ReaderFactory;
  readonly registry: LiveConnections;
  /** The generation in force. Only asked where one is: connections exist only then. */
  generation(): Generation;
}

/** What one data plane offers its connections, and what of it the control plane's messages change. */
export class PlaneServices implements ConnectionServices {
  readonly clock;
  readonly sessionFactory: SessionFactory;
  readonly registry: LiveConnections;
  readonly accounts: ClientAccounts;
  readonly records: ConnectionRecords;
  readonly checks: CertificateChecks;
  readonly recorder: RejectionRecorder;
  readonly sampler = new ForwardSampler();
  readonly revocationQueries: RevocationQueries;
  readonly upstreams: UpstreamReports;
  readonly #ocsp: OcspClient;
  readonly #crls: CrlClient;
  readonly #port: Port<ToPlane, FromPlane>;
  readonly #createReader: ReaderFactory;
  readonly #generation: () => Generation;
  readonly #arena = new Arena();
  readonly #brokerBuffer = new BrokerReadBuffer();
  /** Signatures of certificates that were found good. */
  readonly #signatures = new SignatureCache();

  constructor(options: PlaneServicesOptions, port: Port<ToPlane, FromPlane>) {
    const { index, shared, sessionFactory, createReader, registry, generation } = options;
    this.#port = port;
    this.#createReader = createReader;
    this.#generation = generation;
    this.sessionFactory = sessionFactory;
    this.registry = registry;
    this.clock = openClock(shared);
    this.revocationQueries = new RevocationQueries((id, query) => port.post({ type: 'revocation-query', id, query }));
    this.#ocsp = new OcspClient(this.revocationQueries);
    this.#crls = new CrlClient(this.revocationQueries);
    this.recorder = new RejectionRecorder({
      worker: index,
      wallClock: Date.now,
      post: (batch) => port.post({ type: 'events', batch }),
    });
    const counters = openCounters(shared, index, (series) => port.post({ type: 'series', series }));
    this.upstreams = new UpstreamReports(counters, port);
    this.accounts = {
      limits: openLimits(shared, index),
      clientIds: openClientIds(shared, index),
      takenOver: (worker, session) => {
        if (worker === index) registry.supersede(session);
        else port.post({ type: 'taken-over', worker, session });
      },
    };
    this.records = {
      counters,
      reject: (draft) => this.recorder.record(draft),
      sample: (draft) => this.recorder.sample(draft),
      keyAgreement: (draft) => this.recorder.agreement(draft),
      sampled: () => this.sampler.take(),
    };
    this.checks = this.#certificateChecks();
  }

  get generation(): Generation {
    return this.#generation();
  }

  now(): number {
    return this.clock.now();
  }

  relay(owner: RelayOwner, client: TLSSocket): Relay {
    return new Relay(owner, this.#arena, this.#brokerBuffer, client);
  }

  reader(client: TLSSocket) {
    return this.#createReader(client);
  }

  upstreamState(listener: string, up: boolean, message: string): void {
    this.upstreams.report(listener, up, message);
  }

  fault(error: unknown): void {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#port.post({ type: 'fault', message });
  }

  #certificateChecks(): CertificateChecks {
    const [ocsp, crls] = [this.#ocsp, this.#crls];
    return {
      verify: (presented, trust) => verifyClientChain(presented, trust, Date.now(), this.#signatures),
      knownOcsp: (chain, store) => ocsp.known(chain, store),
      askOcsp: (chain, store) =>
        store.revocation.ocsp === undefined
          ? undefined
          : ocsp.ask(chain, store, this.generation.revocation, Date.now()),
      ocspUntil: (chain, store) => ocsp.until(chain, store),
      crlsSettled: (chain, store) => crls.settled(chain, store),
    };
  }
}

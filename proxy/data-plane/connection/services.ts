import type { TLSSocket } from 'node:tls';
import type { ForwardSampleDraft, RejectionDraft } from '../../shared/events/batch.ts';
import type { AgreementDraft } from '../../shared/events/key-agreements.ts';
import type { ClientIdRegistry, LimitTable, WorkerCounters } from '../../shared/tables/index.ts';
import type { ChainElement } from '../../shared/trust/chain-element.ts';
import type { ChainVerdict } from '../../shared/trust/chain-verdict.ts';
import type { ListenerTrust, TrustStore } from '../../shared/trust/listener-trust.ts';
import type { OcspResult } from '../../shared/trust/ocsp-messages.ts';
import type { Generation } from '../generation.ts';
import type { Reader } from '../reader/reader.ts';
import type { Relay, RelayOwner } from '../relay/relay.ts';
import type { SessionFactory } from '../session-factory.ts';
import type { LiveConnection } from './live-connection.ts';

/** What a connection asks of its data plane. Nothing else of the data plane is known to it. */
export interface ConnectionServices {
  /** The generation in force. */
  readonly generation: Generation;
  readonly sessionFactory: SessionFactory;
  readonly accounts: ClientAccounts;
  readonly records: ConnectionRecords;
  readonly checks: CertificateChecks;
  readonly registry: ConnectionRegistry;
  /** Milliseconds of the shared clock (monotonic). */
  now(): number;
  /** The relay of this client's bytes, not started yet. */
  relay(owner: RelayOwner, client: TLSSocket): Relay;
  reader(client: TLSSocket): Reader;
  /** The broker behind a listener answered or did not; `message` says why not. */
  upstreamState(listener: string, up: boolean, message: string): void;
  /** A fault of headgate itself: to the log, with its stack. */
  fault(error: unknown): void;
}

/** What clients share over all workers: limits and MQTT client ids. */
export interface ClientAccounts {
  readonly limits: LimitTable;
  readonly clientIds: ClientIdRegistry;
  /** A session of `worker` lost its client id to one of ours and is to end. */
  takenOver(worker: number, session: number): void;
}

/** Counters and records. */
export interface ConnectionRecords {
  readonly counters: WorkerCounters;
  /** Returns the decision id. */
  reject(draft: RejectionDraft): string;
  sample(draft: ForwardSampleDraft): void;
  keyAgreement(draft: AgreementDraft): void;
  /** True for the share of forwards that are to be traced. */
  sampled(): boolean;
}

/** What is asked about certificates beyond their bytes. */
export interface CertificateChecks {
  /** @throws ChainRefused */
  verify(presented: readonly Buffer[], trust: ListenerTrust): ChainVerdict;
  /** What OCSP said of the leaf, as far as it is known and holds. */
  knownOcsp(chain: readonly ChainElement[], store: TrustStore): OcspResult | undefined;
  /** Asks the OCSP responder; undefined: the store wants no OCSP. Never rejects. */
  askOcsp(chain: readonly ChainElement[], store: TrustStore): Promise<OcspResult | undefined> | undefined;
  /** Until when the result of `askOcsp` holds, in milliseconds since the epoch. */
  ocspUntil(chain: readonly ChainElement[], store: TrustStore): number;
  /** Resolves when the lists that the chain names are in force or cannot be fetched; undefined: there are none to wait for. */
  crlsSettled(chain: readonly ChainElement[], store: TrustStore): Promise<unknown> | undefined;
}

/** Where a connection stands, as the data plane keeps count. */
export interface ConnectionRegistry {
  /** A number that no live session of this worker has; uint32, never 0. */
  nextNumber(): number;
  /** The entry point of this connection runs: a fault in it is this connection's. */
  running(connection: LiveConnection): void;
  /** It has a session. */
  opened(connection: LiveConnection): void;
  /** It is refused, and its client is being told. */
  refusing(connection: LiveConnection): void;
  /** Both sockets are gone: of a session, or of a client that was being refused. */
  ended(connection: LiveConnection): void;
  /** It no longer counts as a connection of the process. Once. */
  left(connection: LiveConnection): void;
}

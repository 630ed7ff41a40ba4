import { randomBytes } from 'node:crypto';
import type { CertificateSummary, RejectionEvent } from '../../policies/event.ts';
import type {
  DroppedByCause,
  EventBatch,
  ForwardSample,
  ForwardSampleDraft,
  RejectionDraft,
} from '../shared/events/batch.ts';
import { escapeText } from '../shared/events/escape.ts';
import { type AgreementDraft, AgreementFolder } from '../shared/events/key-agreements.ts';
import { kindOf, type RecordKind } from '../shared/events/record-kind.ts';

/** Batches that may be on their way to the main thread before it acknowledges one. */
const MAX_UNACKNOWLEDGED = 2;
const DEFAULT_MAX_BATCH = 512;
/** The part of a batch that the records of a kind may fill. */
const SHARES: Readonly<Record<RecordKind, number>> = { anonymous: 1 / 2, identified: 1, shadow: 1 / 4 };
const SEPARATOR = '\0'; // never part of an escaped string

export interface RecorderOptions {
  /** Index of this worker; part of every decision id. */
  readonly worker: number;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
  /** Sends a batch to the main thread, which answers each with one `acknowledged`. */
  readonly post: (batch: EventBatch) => void;
  /** Distinct rejections in one batch. Default 512. */
  readonly maxBatch?: number;
}

type Pending = { -readonly [K in keyof RejectionEvent]: RejectionEvent[K] };

/**
 * Turns drafts into events, folds equal ones and keeps what waits within bounds: one batch that
 * is being filled and two under way. What finds no place is counted by cause, and the counts
 * travel with the next batch. Rejections before identity may fill only half a batch and what was let through in shadow
 * a quarter, so that neither takes the place of what operators ask for.
 *
 * The folding window is the time between two posted batches: call `flush` on a steady tick.
 */
export class RejectionRecorder {
  readonly #options: RecorderOptions;
  readonly #maxBatch: number;
  readonly #idPrefix: string;
  #lastId = 0;
  #unacknowledged = 0;
  #pending = new Map<string, Pending>();
  #counts = noRecords();
  #samples: ForwardSample[] = [];
  #dropped: DroppedByCause = {};
  #hasDropped = false;
  #droppedSamples = 0;
  readonly #agreements: AgreementFolder;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#maxBatch = options.maxBatch ?? DEFAULT_MAX_BATCH;
    this.#agreements = new AgreementFolder(this.#maxBatch);
    // Four characters of fixed width: a replaced worker with the same index starts another series.
    const start = (randomBytes(4).readUInt32BE() % 36 ** 4).toString(36).padStart(4, '0');
    this.#idPrefix = `d-${options.worker.toString(36)}-${start}`;
  }

  /**
   * Records one rejection and returns its decision id: that of the record it was folded into, or
   * a new one. An id is returned also when the record itself had to be dropped.
   */
  record(draft: RejectionDraft): string {
    const principal = draft.principal === undefined ? undefined : escapeText(draft.principal);
    const resource = draft.resource === undefined ? undefined : escapeText(draft.resource);
    const key = foldingKey(draft, principal, resource);
    const known = this.#pending.get(key);
    if (known !== undefined) {
      known.count++;
      if (draft.size !== undefined) known.size = Math.max(known.size ?? 0, draft.size);
      return known.id;
    }
    this.#lastId++;
    const id = this.#idPrefix + this.#lastId.toString(36);
    const kind = kindOf(draft);
    if (!this.#makeRoom(kind)) {
      this.#dropped[draft.cause] = (this.#dropped[draft.cause] ?? 0) + 1;
      this.#hasDropped = true;
      return id;
    }
    this.#counts[kind]++;
    this.#pending.set(key, this.#event(id, draft, principal, resource));
    return id;
  }

  /** Records a sampled forward. */
  sample(draft: ForwardSampleDraft): void {
    if (this.#samples.length >= this.#maxBatch) this.flush();
    if (this.#samples.length >= this.#maxBatch) {
      this.#droppedSamples++;
      return;
    }
    const time = new Date(this.#options.wallClock()).toISOString();
    const { principal, resource } = draft;
    this.#samples.push({ ...draft, time, principal: escapeText(principal), resource: escapeText(resource) });
  }

  /** Records how a client agreed on its key. */
  agreement(draft: AgreementDraft): void {
    this.#agreements.add(draft, this.#options.wallClock(), () => this.flush());
  }

  /** The main thread has taken one batch. */
  acknowledged(): void {
    if (this.#unacknowledged > 0) this.#unacknowledged--;
    if (this.#pending.size >= this.#maxBatch || this.#hasDropped) this.flush();
  }

  /** Posts what is pending, unless two batches are still under way. Ends the folding window. */
  flush(): void {
    if (this.#unacknowledged >= MAX_UNACKNOWLEDGED || !this.#hasAnything()) return;
    const batch: EventBatch = {
      events: [...this.#pending.values()],
      samples: this.#samples,
      dropped: this.#dropped,
      droppedSamples: this.#droppedSamples,
      ...this.#agreements.take(),
    };
    this.#pending = new Map();
    this.#counts = noRecords();
    this.#samples = [];
    this.#dropped = {};
    this.#hasDropped = false;
    this.#droppedSamples = 0;
    this.#unacknowledged++;
    this.#options.post(batch);
  }

  #hasAnything(): boolean {
    const dropped = this.#hasDropped || this.#droppedSamples > 0;
    return this.#pending.size > 0 || this.#samples.length > 0 || dropped || !this.#agreements.empty;
  }

  #makeRoom(kind: RecordKind): boolean {
    if (this.#hasRoom(kind)) return true;
    this.flush();
    return this.#hasRoom(kind);
  }

  #hasRoom(kind: RecordKind): boolean {
    if (this.#pending.size >= this.#maxBatch) return false;
    return this.#counts[kind] < this.#maxBatch * SHARES[kind];
  }

  #event(id: string, draft: RejectionDraft, principal: string | undefined, resource: string | undefined): Pending {
    const { certificate, issuers, tls, clientId, protocolVersion } = draft;
    return {
      ...draft,
      kind: 'rejection',
      time: new Date(this.#options.wallClock()).toISOString(),
      id,
      count: 1,
      reason: escapeText(draft.reason),
      ...(principal !== undefined && { principal }),
      ...(resource !== undefined && { resource }),
      ...(clientId !== undefined && { clientId: escapeText(clientId) }),
      ...(protocolVersion !== undefined && { protocolVersion: escapeText(protocolVersion) }),
      ...(certificate && { certificate: escapeCertificate(certificate) }),
      ...(issuers && { issuers: issuers.map(escapeCertificate) }),
      ...(tls && { tls: escapeTls(tls) }),
    };
  }
}

function noRecords(): Record<RecordKind, number> {
  return { anonymous: 0, identified: 0, shadow: 0 };
}

function escapeTls(tls: NonNullable<RejectionDraft['tls']>): NonNullable<RejectionDraft['tls']> {
  const { sni, offered } = tls;
  return {
    ...tls,
    ...(sni !== undefined && { sni: escapeText(sni) }),
    ...(offered && { offered: { ...offered, alpn: offered.alpn.map((name) => escapeText(name)) } }),
  };
}

function escapeCertificate(certificate: CertificateSummary): CertificateSummary {
  return {
    ...certificate,
    serial: escapeText(certificate.serial),
    subject: escapeText(certificate.subject),
    issuer: escapeText(certificate.issuer),
  };
}

/** Before identity the address tells clients apart; afterwards the principal does. */
function foldingKey(draft: RejectionDraft, principal: string | undefined, resource: string | undefined): string {
  const who =
    draft.identity === undefined
      ? draft.peer.slice(0, draft.peer.lastIndexOf(':'))
      : draft.identity + SEPARATOR + (principal ?? '');
  const how = draft.shadow ? 'shadow' : '';
  const what = draft.action + SEPARATOR + draft.cause + SEPARATOR + (draft.ruleId ?? '') + SEPARATOR + how;
  // Absent and empty differ: an empty topic is a fact of its own.
  const on = resource === undefined ? '' : `=${resource}`;
  return draft.listener + SEPARATOR + who + SEPARATOR + what + SEPARATOR + on;
}

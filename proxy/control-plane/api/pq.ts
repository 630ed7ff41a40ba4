import type { ClientAgreements } from '../../shared/events/batch.ts';
import type { ReadEndpoint } from './endpoint.ts';

/** All given conditions must hold. */
export interface PqFilter {
  readonly listener?: string;
  readonly identity?: string;
  readonly principal?: string;
  /** Clients that are told. Default 100. */
  readonly limit?: number;
}

/** A listener with `pq: report`: all its handshakes since it has it. */
export interface ListenerAgreements {
  readonly listener: string;
  readonly hybrid: number;
  readonly classic: number;
  /** Clients that are known one by one, and those whose last handshake `require` would refuse. */
  readonly clients: number;
  readonly wouldRefuse: number;
}

/** What `headgate pq` and its interface answer. */
export interface PqReportResponse {
  readonly listeners: readonly ListenerAgreements[];
  /** Those first whom `require` would refuse now, then by the number of classic handshakes. */
  readonly clients: readonly ClientAgreements[];
  /** Clients that meet the conditions and are not told. */
  readonly more: number;
  /** Handshakes that are kept for no client, as there are more clients than are kept; 0: every client is exact. */
  readonly unattributed: number;
}

/** How clients of listeners with `pq: report` agreed on keys. */
export const PQ: ReadEndpoint<PqReportResponse, keyof PqFilter> = {
  method: 'GET',
  path: '/api/pq',
  query: ['principal', 'identity', 'listener', 'limit'],
  lists: ['listeners', 'clients'],
};

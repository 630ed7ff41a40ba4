import type { ClientAgreements } from '../../shared/events/batch.ts';
import type { ReadEndpoint } from './endpoint.ts';

/** All given conditions must hold. */
export interface PqFilter {
  readonly listener?: string;
  readonly identity?: string;
  readonly principal?: string;
  /** Maximum number of clients in the response. Default 100. */
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

/** Response of `GET /api/pq`. */
export interface PqReportResponse {
  readonly listeners: readonly ListenerAgreements[];
  /** First those that `require` would refuse now, then by the number of classic handshakes. */
  readonly clients: readonly ClientAgreements[];
  /** Clients that meet the conditions and are left out because of the limit. */
  readonly more: number;
  /** Handshakes that are attributed to no client, because there are more clients than are kept; 0: every client is exact. */
  readonly unattributed: number;
}

/** How clients of listeners with `pq: report` agreed on keys. */
export const PQ: ReadEndpoint<PqReportResponse, keyof PqFilter> = {
  method: 'GET',
  path: '/api/pq',
  query: ['principal', 'identity', 'listener', 'limit'],
  lists: ['listeners', 'clients'],
};

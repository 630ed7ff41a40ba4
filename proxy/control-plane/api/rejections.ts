import type { RejectionEvent } from '../../../policies/event.ts';
import type { ReadEndpoint, StreamEndpoint } from './endpoint.ts';

const MATCHING = ['principal', 'identity', 'cause', 'listener', 'id', 'shadow'] as const;

/** Query keys of the stream of rejections. */
export type RejectionKey = (typeof MATCHING)[number];

/** Response of `GET /api/rejections`. */
export interface RejectionsResponse {
  /** Newest first. */
  readonly rejections: readonly RejectionEvent[];
  /** Rejections since the start of the process that left no record, by the reason for it. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** Recorded rejections that meet the conditions of the query. */
export const REJECTIONS: ReadEndpoint<RejectionsResponse, RejectionKey | 'since' | 'limit'> = {
  method: 'GET',
  path: '/api/rejections',
  query: [...MATCHING, 'since', 'limit'],
  lists: ['rejections'],
};

/** Rejections as they happen. The stream starts now and has no end: there is no `since` and no `limit`. */
export const REJECTION_STREAM: StreamEndpoint<RejectionEvent, RejectionKey> = {
  method: 'GET',
  path: '/api/rejections/stream',
  query: MATCHING,
};

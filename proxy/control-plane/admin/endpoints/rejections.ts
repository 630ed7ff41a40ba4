import { REJECTION_STREAM, REJECTIONS } from '../../api/rejections.ts';
import { readEndpoint, streamEndpoint } from '../endpoint.ts';

export const rejections = readEndpoint(REJECTIONS, ({ hub }, filter) => ({
  rejections: hub.query(filter),
  dropped: hub.dropped,
}));

export const rejectionStream = streamEndpoint(REJECTION_STREAM);

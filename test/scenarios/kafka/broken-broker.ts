/** Answers of a broker that is hostile or broken, whole frames to a Metadata 12 with correlation id 7: row 57. */
import { API, APIS } from '../../../adapters/kafka/apis/index.ts';
import { frameResponse } from '../../../adapters/kafka/codec/message.ts';
import type { Api } from '../../../adapters/kafka/codec/schema.ts';
import { bytes } from './frames.ts';

const EMPTY = { brokers: [], topics: [] };
const metadata = (correlationId: number) => frameResponse(APIS.get(API.metadata) as Api, 12, correlationId, EMPTY);

export const BROKEN: readonly { readonly name: string; readonly says: Buffer }[] = [
  { name: 'an answer to another request', says: metadata(8) },
  { name: 'an answer of a negative size', says: bytes('ffffffff 00000007') },
  { name: 'an answer too short for its correlation id', says: bytes('00000002 0000') },
  { name: 'an answer that says to be of 2 GiB', says: bytes('7fffffff 00000007') },
  { name: 'an answer that ends within its body', says: bytes('00000006 00000007 0000') },
  { name: 'an answer of two billion brokers', says: bytes('0000000e 00000007 00 00000000 ffffffff07') },
];

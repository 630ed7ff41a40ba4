import { APIS } from '../../../../../adapters/kafka/apis/index.ts';
import { type Codec, requestCodec, responseCodec } from '../../../../../adapters/kafka/codec/message.ts';
import type { Api, Field } from '../../../../../adapters/kafka/codec/schema.ts';
import { Writer } from '../../../../../adapters/kafka/codec/writer.ts';

export interface Message {
  readonly api: Api;
  readonly type: 'request' | 'response';
  readonly version: number;
  readonly fields: readonly Field[];
  readonly codec: Codec<object>;
}

export function messageOf(api: Api, type: 'request' | 'response', version: number): Message {
  const codec = type === 'request' ? requestCodec<object>(api, version) : responseCodec<object>(api, version);
  return { api, type, version, fields: api[type], codec };
}

/** Every message that the codec knows, in every version. */
export function everyMessage(): Message[] {
  return [...APIS.values()].flatMap((api) => {
    const [first, last] = api.versions;
    const versions = Array.from({ length: last - first + 1 }, (_, n) => first + n);
    return versions.flatMap((version) => [messageOf(api, 'request', version), messageOf(api, 'response', version)]);
  });
}

export function encode<T extends object>(codec: Codec<T>, value: T): Buffer {
  const out = new Writer();
  codec.write(out, value);
  return out.done();
}

/** Of a message made up for a test: version 0 has the old encoding, version 1 the flexible one. */
export function codecOf(version: number, ...request: readonly Field[]): Codec<object> {
  const api: Api = { key: 999, name: 'Test', versions: [0, 1], flexible: 1, request, response: [] };
  return requestCodec<object>(api, version);
}

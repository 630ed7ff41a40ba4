import { type Decode, decodeStruct } from './decode.ts';
import { type Encode, encodeStruct } from './encode.ts';
import { writeRequestHeader, writeResponseHeader } from './header.ts';
import { holds } from './layout.ts';
import { Reader } from './reader.ts';
import type { Api, Field, Message } from './schema.ts';
import { Writer } from './writer.ts';

/**
 * Reads and writes the body of one message in one version. Integers up to 32 bits are numbers,
 * int64 is a bigint, a uuid Kafka's text of it (base64url, 22 characters). A field that the
 * version lacks and a tagged field that is not on the wire are absent.
 *
 * Only the canonical encoding is read: shortest varints, exact sizes, ascending tags, UTF-8
 * without replacement, nothing behind the end. Kafka itself reads more than that, and not always
 * as it was meant: what is canonical means the same to both. Unknown tagged fields are stepped
 * over and not written again; a tagged field that is sent with its default value is read.
 */
export interface Codec<T> {
  /** Reads all of `[start, end)`. Bytes and records are views of `buf`. @throws KafkaError */
  read(buf: Buffer, start: number, end: number): T;
  /** As strict, but nothing is built. @throws KafkaError */
  check(buf: Buffer, start: number, end: number): void;
  /**
   * An absent field is written with its default value, a tagged one left out.
   * @throws TypeError and RangeError for what the version cannot hold
   */
  write(out: Writer, value: T): void;
}

/** @throws RangeError for a version that the API does not have */
export function requestCodec<Q extends object>(api: Api<Q>, version: number): Codec<Q> {
  return codecOf(api, api.request, version);
}

/** @throws RangeError for a version that the API does not have */
export function responseCodec<R extends object>(api: Api<object, R>, version: number): Codec<R> {
  return codecOf(api, api.response, version);
}

/** A whole frame with its length, as a client sends it. */
export function frameRequest(
  api: Api,
  version: number,
  correlationId: number,
  clientId: string | null,
  value: object,
): Buffer {
  const out = newFrame();
  writeRequestHeader(out, api, version, correlationId, clientId);
  requestCodec(api, version).write(out, value);
  return endFrame(out);
}

/** A whole frame with its length, as a broker sends it. */
export function frameResponse(api: Api, version: number, correlationId: number, value: object): Buffer {
  const out = newFrame();
  writeResponseHeader(out, api, version, correlationId);
  responseCodec(api, version).write(out, value);
  return endFrame(out);
}

/** Where throttleTimeMs stands in the body of a response, when it is the first field; -1 else. */
export function throttleOffset(api: Api, version: number): number {
  const [first] = api.response;
  return first?.name === 'throttleTimeMs' && holds(first.versions, version) ? 0 : -1;
}

const LENGTH = 4;

function newFrame(): Writer {
  const out = new Writer();
  out.int32(0);
  return out;
}

function endFrame(out: Writer): Buffer {
  out.patchInt32(0, out.at - LENGTH);
  return out.done();
}

/** By the fields of a message and by version. */
const codecs = new WeakMap<readonly Field[], StructCodec[]>();

/** What the compiled reading returns is what the type of the fields says: they are made from the same schema. */
function codecOf<T>(api: Api, fields: Message<T>, version: number): Codec<T> {
  let versions = codecs.get(fields);
  if (versions === undefined) {
    versions = [];
    codecs.set(fields, versions);
  }
  const known = versions[version];
  if (known !== undefined) return known as Codec<T>;
  if (!holds(api.versions, version)) throw new RangeError(`${api.name} has no version ${version}`);
  const codec = new StructCodec(fields, version, version >= api.flexible);
  versions[version] = codec;
  return codec as Codec<T>;
}

/** Reading is synchronous and does not call out: one reader does for all. */
const reader = new Reader();

class StructCodec implements Codec<unknown> {
  readonly #decode: Decode;
  readonly #encode: Encode;

  constructor(fields: readonly Field[], version: number, flexible: boolean) {
    this.#decode = decodeStruct(fields, version, flexible);
    this.#encode = encodeStruct(fields, version, flexible);
  }

  read(buf: Buffer, start: number, end: number): unknown {
    return this.#run(buf, start, end, true);
  }

  check(buf: Buffer, start: number, end: number): void {
    this.#run(buf, start, end, false);
  }

  #run(buf: Buffer, start: number, end: number, build: boolean): unknown {
    reader.open(buf, start, end, build);
    try {
      const value = this.#decode(reader);
      reader.finish();
      return value;
    } catch (error) {
      throw reader.failure(error);
    } finally {
      reader.close();
    }
  }

  write(out: Writer, value: unknown): void {
    this.#encode(out, value);
  }
}

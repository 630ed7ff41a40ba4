import { CachedString } from './cached-string.ts';
import { holds } from './layout.ts';
import { Reader } from './reader.ts';
import type { Api } from './schema.ts';
import { apiVersions } from './schemas/api-versions.ts';
import type { Writer } from './writer.ts';

/** From this version on the request of ApiVersions has a flexible header, also in versions nobody knows (KIP-511). */
const API_VERSIONS_FLEXIBLE = 3;

/** One object is filled again and again. */
export class RequestHeader {
  key = 0;
  version = 0;
  correlationId = 0;
  clientId: string | null = null;
  /** Offset of the body; -1: the API, or this version of it, is unknown. */
  body = -1;
  /** A connection sends the same client id again and again. */
  readonly #last = new CachedString();

  readClientId(from: Reader): void {
    this.clientId = from.repeated(this.#last);
  }
}

const reader = new Reader();

/**
 * Reads the header at `start`, the first byte behind the length of the frame, of which `[start,
 * end)` has arrived. False: that is not all of it. Of an unknown API or version only key, version
 * and correlation id are read; of ApiVersions the client id too.
 *
 * @param api of the key in the header; null: it is unknown, and is answered as such if it is ApiVersions
 * @throws KafkaError; positions count from `start`
 */
export function readRequestHeader(
  api: Api | null,
  buf: Buffer,
  start: number,
  end: number,
  into: RequestHeader,
): boolean {
  reader.open(buf, start, end, true);
  try {
    readHeader(api, into);
    return true;
  } catch (error) {
    if (reader.ranOut) return false;
    throw reader.failure(error);
  } finally {
    reader.close();
  }
}

function readHeader(api: Api | null, into: RequestHeader): void {
  into.key = reader.int16();
  into.version = reader.int16();
  into.correlationId = reader.int32();
  into.clientId = null;
  into.body = -1;
  const { key, version } = into;
  const isKnown = api !== null && holds(api.versions, version);
  if (!isKnown && key !== apiVersions.key) return;
  const flexible = isKnown ? version >= api.flexible : version >= API_VERSIONS_FLEXIBLE;
  into.readClientId(reader);
  if (flexible) reader.tags(null, null);
  if (isKnown) into.body = reader.at;
}

/**
 * Reads the header of a response at `start`, behind the length of the frame, and returns the
 * offset of the body.
 * @throws KafkaError; positions count from `start`
 */
export function readResponseHeader(api: Api, version: number, buf: Buffer, start: number, end: number): number {
  reader.open(buf, start, end, false);
  try {
    reader.take(4);
    if (isResponseHeaderFlexible(api, version)) reader.tags(null, null);
    return reader.at;
  } catch (error) {
    throw reader.failure(error);
  } finally {
    reader.close();
  }
}

export function writeRequestHeader(
  out: Writer,
  api: Api,
  version: number,
  correlationId: number,
  clientId: string | null,
): void {
  out.int16(api.key);
  out.int16(version);
  out.int32(correlationId);
  out.string(clientId, false, true);
  if (version >= api.flexible) out.uvarint(0);
}

export function writeResponseHeader(out: Writer, api: Api, version: number, correlationId: number): void {
  out.int32(correlationId);
  if (isResponseHeaderFlexible(api, version)) out.uvarint(0);
}

/** The response to ApiVersions must be readable for clients of any version (KIP-511). */
function isResponseHeaderFlexible(api: Api, version: number): boolean {
  return api.key !== apiVersions.key && version >= api.flexible;
}

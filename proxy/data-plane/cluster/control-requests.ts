import { responseCodec } from '../../../adapters/kafka/codec/message.ts';
import { type ApiVersionsResponse, apiVersions } from '../../../adapters/kafka/codec/schemas/api-versions.ts';
import { type MetadataResponse, metadata } from '../../../adapters/kafka/codec/schemas/metadata.ts';
import { ERROR } from '../../../adapters/kafka/error-codes.ts';
import type { Asked } from '../../../adapters/kafka/topology.ts';
import { VERSION } from '../../shared/version.ts';
import type { ControlConnection } from './control-connection.ts';

/** KIP-511: the first version that names the software. */
const APIS_WITH_SOFTWARE = 3;
/** The first Metadata that can be told not to create topics. */
const MIN_METADATA = 4;
/** The first Metadata that can be asked by topic id (KIP-516). */
export const METADATA_BY_ID = 12;

/** Learns the highest Metadata version that both sides have. @throws ControlError */
export async function negotiate(connection: ControlConnection): Promise<number> {
  let answer = await askVersions(connection, APIS_WITH_SOFTWARE);
  if (answer.errorCode === ERROR.unsupportedVersion) answer = await askVersions(connection, 0);
  if (answer.errorCode !== ERROR.none) {
    throw connection.close('refused', `ApiVersions was answered with error ${answer.errorCode}`);
  }
  const theirs = answer.apiKeys.find(({ apiKey }) => apiKey === metadata.key);
  const version = Math.min(metadata.versions[1], theirs?.maxVersion ?? -1);
  if (version < Math.max(MIN_METADATA, theirs?.minVersion ?? 0)) {
    throw connection.close('refused', 'the broker offers no version of Metadata that is known here');
  }
  return version;
}

/** A broker that does not know our version answers in version 0. */
function askVersions(connection: ControlConnection, version: number): Promise<ApiVersionsResponse> {
  const software = { clientSoftwareName: 'headgate', clientSoftwareVersion: VERSION };
  const body = version < APIS_WITH_SOFTWARE ? {} : software;
  return connection.request(apiVersions, version, body, (buf, start, end) => {
    const unsupported = end - start >= 2 && buf.readInt16BE(start) === ERROR.unsupportedVersion;
    return responseCodec<ApiVersionsResponse>(apiVersions, unsupported ? 0 : version).read(buf, start, end);
  });
}

/** Asks for the brokers and for what else is wanted; topic ids need METADATA_BY_ID. @throws ControlError */
export async function askMetadata(
  connection: ControlConnection,
  version: number,
  asked: Asked,
): Promise<MetadataResponse> {
  const body = { topics: topicsOf(asked), allowAutoTopicCreation: false };
  const codec = responseCodec<MetadataResponse>(metadata, version);
  const answer = await connection.request(metadata, version, body, (buf, start, end) => codec.read(buf, start, end));
  const error = answer.errorCode ?? ERROR.none;
  if (error !== ERROR.none) throw connection.close('refused', `Metadata was answered with error ${error}`);
  if (answer.brokers.length === 0) throw connection.close('refused', 'the broker knows no broker of its cluster');
  return answer;
}

/** Since version 1 null means all topics, an empty list none. */
function topicsOf(asked: Asked): { topicId: string; name: null }[] | null {
  if (asked === 'all-topics') return null;
  return asked === 'brokers' ? [] : asked.map((topicId) => ({ topicId, name: null }));
}

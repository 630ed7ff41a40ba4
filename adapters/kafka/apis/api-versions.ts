/**
 * ApiVersions (KIP-35, KIP-511, KIP-584, KIP-1242): the broker is asked, and the client is sent what both
 * broker and gate have.
 */
import { PERMIT_SESSION } from '../../../policies/decision.ts';
import { type ApiVersionsRequest, type ApiVersionsResponse, apiVersions } from '../codec/schemas/api-versions.ts';
import { produce } from '../codec/schemas/produce.ts';
import { ERROR } from '../error-codes.ts';
import type { Handler, VersionRange } from '../handler.ts';
import { fitsTransactionFeature, TRANSACTION_FEATURE } from '../transaction-feature.ts';

type Offer = ApiVersionsResponse['apiKeys'][number];

/** Up to this version clients do not bear a supported feature that begins at 0 (KAFKA-17492). */
const LAST_WITHOUT_ZERO = 3;

export const apiVersionsHandler: Handler<ApiVersionsRequest, ApiVersionsResponse> = {
  api: apiVersions,
  reference: {
    rights: [],
    refusals: [[35, 'a version that is not offered, in version 0']],
    notes: 'APIs and versions that both gate and broker support. `transaction.version` is omitted.',
  },
  request: (_context, { version }) => ({
    kind: 'pass',
    permit: PERMIT_SESSION,
    rewrite: ({ offered }, response) => apiVersionsResponse(response, version, offered),
  }),
};

/** What a client is sent where the broker sent `response`. */
export function apiVersionsResponse(
  response: ApiVersionsResponse,
  version: number,
  ours: ReadonlyMap<number, VersionRange>,
): ApiVersionsResponse {
  const apiKeys = response.apiKeys.flatMap((theirs) => intersect(theirs, ours.get(theirs.apiKey)));
  const { supportedFeatures = [], finalizedFeatures = [] } = response;
  const transactions = fitsTransactionFeature(apiKeys);
  const isSupported = ({ name }: { readonly name: string }) => transactions || name !== TRANSACTION_FEATURE;
  const isAccepted = ({ minVersion }: { readonly minVersion: number }) =>
    version > LAST_WITHOUT_ZERO || minVersion !== 0;
  return {
    ...response,
    apiKeys,
    supportedFeatures: supportedFeatures.filter((feature) => isSupported(feature) && isAccepted(feature)),
    finalizedFeatures: finalizedFeatures.filter(isSupported),
  };
}

/** Versions that both have. Produce is listed from 0 on: older librdkafka does not compress otherwise (KAFKA-18659). */
function intersect({ apiKey, minVersion, maxVersion }: Offer, ours: VersionRange | undefined): Offer[] {
  if (ours === undefined) return [];
  const min = Math.max(ours.min, minVersion);
  const max = Math.min(ours.max, maxVersion);
  return min > max ? [] : [{ apiKey, minVersion: apiKey === produce.key ? 0 : min, maxVersion: max }];
}

/**
 * The version in which a broker's response in `[body, end)`, without its header, is written: one that does not know
 * the version asked for says so in version 0 (KIP-511).
 */
export function responseVersion(buf: Buffer, body: number, end: number, version: number): number {
  return end - body >= 2 && buf.readInt16BE(body) === ERROR.unsupportedVersion ? 0 : version;
}

/** The response to a version that is not offered, whatever else the request holds; to be written in version 0. */
export function unsupportedApiVersions(): ApiVersionsResponse {
  const { key, versions } = apiVersions;
  return {
    errorCode: ERROR.unsupportedVersion,
    apiKeys: [{ apiKey: key, minVersion: versions[0], maxVersion: versions[1] }],
  };
}

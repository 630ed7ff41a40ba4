import {
  array,
  bool,
  defaultsTo,
  defineApi,
  int16,
  int32,
  int64,
  nullable,
  since,
  string,
  tag,
  throttleTimeMs,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Tells which APIs the broker has, in which versions (KIP-35, KIP-511), and its features (KIP-584).
 *
 *     request   clientSoftwareName clientSoftwareVersion clusterId nodeId
 *     response  errorCode apiKeys[apiKey minVersion maxVersion] throttleTimeMs {supportedFeatures[name
 *               minVersion maxVersion] finalizedFeaturesEpoch finalizedFeatures[name maxVersionLevel
 *               minVersionLevel] zkMigrationReady}
 *
 * (versions 0 to 5, flexible from 3; the notation is that of codec/schema.ts)
 */
export const apiVersions = defineApi({
  key: 18,
  name: 'ApiVersions',
  versions: [0, 5],
  flexible: 3,
  request: [
    string('clientSoftwareName', since(3)),
    string('clientSoftwareVersion', since(3)),
    // With nodeId: the broker that the client means to reach (KIP-1242).
    string('clusterId', since(5), nullable(), defaultsTo(null)),
    int32('nodeId', since(5), defaultsTo(-1)),
  ],
  response: [
    int16('errorCode'),
    array('apiKeys', [int16('apiKey'), int16('minVersion'), int16('maxVersion')]),
    throttleTimeMs(1),
    array('supportedFeatures', [string('name'), int16('minVersion'), int16('maxVersion')], since(3), tag(0)),
    int64('finalizedFeaturesEpoch', since(3), tag(1), defaultsTo(-1n)),
    array('finalizedFeatures', [string('name'), int16('maxVersionLevel'), int16('minVersionLevel')], since(3), tag(2)),
    bool('zkMigrationReady', since(3), tag(3)),
  ],
});

/** A request of ApiVersions, as decoded in any version: fields that a version lacks are absent or have their default. */
export type ApiVersionsRequest = RequestOf<typeof apiVersions>;
/** A response of ApiVersions; fields that a version lacks are left out when it is encoded. */
export type ApiVersionsResponse = ResponseOf<typeof apiVersions>;

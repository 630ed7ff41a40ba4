import { array, bool, defaultsTo, int16, int32, int64, nullable, since, string, tag } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Tells which APIs the broker has, in which versions (KIP-35, KIP-511), and its features (KIP-584). */
export const apiVersions: Api = {
  key: 18,
  name: 'ApiVersions',
  versions: [0, 5],
  flexible: 3,
  request: [
    string('clientSoftwareName', since(3)),
    string('clientSoftwareVersion', since(3)),
    string('clusterId', since(5), nullable(), defaultsTo(null)),
    int32('nodeId', since(5), defaultsTo(-1)),
  ],
  response: [
    int16('errorCode'),
    array('apiKeys', [int16('apiKey'), int16('minVersion'), int16('maxVersion')]),
    int32('throttleTimeMs', since(1)),
    array('supportedFeatures', [string('name'), int16('minVersion'), int16('maxVersion')], since(3), tag(0)),
    int64('finalizedFeaturesEpoch', since(3), tag(1), defaultsTo(-1n)),
    array('finalizedFeatures', [string('name'), int16('maxVersionLevel'), int16('minVersionLevel')], since(3), tag(2)),
    bool('zkMigrationReady', since(3), tag(3)),
  ],
};

export interface ApiVersionsRequest {
  clientSoftwareName?: string;
  clientSoftwareVersion?: string;
  /** With nodeId: whom the client means to talk to (KIP-1242). */
  clusterId?: string | null;
  nodeId?: number;
}

export interface ApiVersionsResponse {
  errorCode: number;
  apiKeys: readonly {
    apiKey: number;
    minVersion: number;
    maxVersion: number;
  }[];
  throttleTimeMs?: number;
  supportedFeatures?: readonly {
    name: string;
    minVersion: number;
    maxVersion: number;
  }[];
  finalizedFeaturesEpoch?: bigint;
  finalizedFeatures?: readonly {
    name: string;
    maxVersionLevel: number;
    minVersionLevel: number;
  }[];
  zkMigrationReady?: boolean;
}

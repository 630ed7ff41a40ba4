import { array, bool, defaultsTo, entity, int8, int16, int32, nullable, since, string } from '../fields.ts';
import type { Api } from '../schema.ts';

/** Tells the configuration of topics, brokers and groups. */
export const describeConfigs: Api = {
  key: 32,
  name: 'DescribeConfigs',
  versions: [1, 4],
  flexible: 4,
  request: [
    array('resources', [
      int8('resourceType'),
      string('resourceName', entity('resourceName')),
      array('configurationKeys', 'string', nullable()),
    ]),
    bool('includeSynonyms', since(1)),
    bool('includeDocumentation', since(3)),
  ],
  response: [
    int32('throttleTimeMs'),
    array('results', [
      int16('errorCode'),
      string('errorMessage', nullable()),
      int8('resourceType'),
      string('resourceName', entity('resourceName')),
      array('configs', [
        string('name'),
        string('value', nullable()),
        bool('readOnly'),
        int8('configSource', since(1), defaultsTo(-1)),
        bool('isSensitive'),
        array('synonyms', [string('name'), string('value', nullable()), int8('source')], since(1)),
        int8('configType', since(3)),
        string('documentation', since(3), nullable()),
      ]),
    ]),
  ],
};

export interface DescribeConfigsRequest {
  resources: readonly {
    /** 2: topic, 4: broker, 8: broker logger, 16: client metrics, 32: group. */
    resourceType: number;
    resourceName: string;
    /** null: all. */
    configurationKeys: readonly string[] | null;
  }[];
  includeSynonyms?: boolean;
  includeDocumentation?: boolean;
}

export interface DescribeConfigsResponse {
  throttleTimeMs?: number;
  results: readonly {
    errorCode: number;
    errorMessage: string | null;
    resourceType: number;
    resourceName: string;
    configs: readonly {
      name: string;
      value: string | null;
      readOnly: boolean;
      configSource?: number;
      isSensitive: boolean;
      synonyms?: readonly {
        name: string;
        value: string | null;
        source: number;
      }[];
      configType?: number;
      documentation?: string | null;
    }[];
  }[];
}

import {
  array,
  bool,
  defaultsTo,
  defineApi,
  entity,
  int8,
  int16,
  nullable,
  since,
  string,
  throttleTimeMs,
} from '../fields.ts';
import type { RequestOf, ResponseOf } from '../schema.ts';

/**
 * Tells the configuration of topics, brokers and groups.
 *
 *     request   resources[resourceType resourceName configurationKeys[]] includeSynonyms includeDocumentation
 *     response  throttleTimeMs results[errorCode errorMessage resourceType resourceName configs[name value
 *               readOnly configSource isSensitive synonyms[name value source] configType documentation]]
 *
 * (versions 1 to 4, flexible from 4; the notation is that of codec/schema.ts)
 */
export const describeConfigs = defineApi({
  key: 32,
  name: 'DescribeConfigs',
  versions: [1, 4],
  flexible: 4,
  request: [
    array('resources', [
      // 2: topic, 4: broker, 8: broker logger, 16: client metrics, 32: group.
      int8('resourceType'),
      string('resourceName', entity('resourceName')),
      // null: all.
      array('configurationKeys', 'string', nullable()),
    ]),
    bool('includeSynonyms', since(1)),
    bool('includeDocumentation', since(3)),
  ],
  response: [
    throttleTimeMs(),
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
});

/** A request of DescribeConfigs, as decoded in any version: fields that a version lacks are absent or have their default. */
export type DescribeConfigsRequest = RequestOf<typeof describeConfigs>;
/** A response of DescribeConfigs; fields that a version lacks are left out when it is encoded. */
export type DescribeConfigsResponse = ResponseOf<typeof describeConfigs>;

import { describeConfigsHandler } from '../../../../adapters/kafka/apis/describe-configs.ts';
import type {
  DescribeConfigsRequest,
  DescribeConfigsResponse,
} from '../../../../adapters/kafka/codec/schemas/describe-configs.ts';
import { ERROR_TEXT } from '../../../../adapters/kafka/error-codes.ts';
import { ALICE } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';
import { EVERYTHING } from '../support/client-context.ts';

type Result = DescribeConfigsResponse['results'][number];
type Config = Result['configs'][number];

const alice = { allow: ALICE };

const TOPIC = 2;
const BROKER = 4;
const LOGGER = 8;
const METRICS = 16;
const GROUP = 32;

function ask(...resources: [type: number, name: string][]): DescribeConfigsRequest {
  return {
    resources: resources.map(([resourceType, resourceName]) => ({
      resourceType,
      resourceName,
      configurationKeys: null,
    })),
    includeSynonyms: true,
  };
}

function config(name: string, value: string | null, synonyms: Config['synonyms'] = []): Config {
  return {
    name,
    value,
    readOnly: true,
    configSource: 4,
    isSensitive: false,
    synonyms,
    configType: 2,
    documentation: 'd',
  };
}

function told(resourceType: number, resourceName: string, configs: readonly Config[]): Result {
  return { errorCode: 0, errorMessage: '', resourceType, resourceName, configs };
}

function refused(resourceType: number, resourceName: string, errorCode: number, errorMessage: string): Result {
  return { errorCode, errorMessage, resourceType, resourceName, configs: [] };
}

const noTopic = (name: string) => refused(TOPIC, name, 29, 'Topic authorization failed.');
const noGroup = (name: string) => refused(GROUP, name, 30, 'Group authorization failed.');
const noCluster = (type: number, name: string) => refused(type, name, 31, 'Cluster authorization failed.');
const noRequest = (type: number, name: string) => refused(type, name, 42, ERROR_TEXT.invalidRequest);

const CLEANUP = config('cleanup.policy', 'delete', [{ name: 'log.cleanup.policy', value: 'delete', source: 5 }]);

const CASES: readonly Omit<Case<DescribeConfigsRequest, DescribeConfigsResponse>, 'versions'>[] = [
  {
    what: 'each resource by its own right; refused ones last',
    client: alice,
    asks: ask(
      [BROKER, '1'],
      [TOPIC, 'mkd-a'],
      [TOPIC, 'allowed'],
      [TOPIC, 'nope'],
      [GROUP, 'g-ok'],
      [LOGGER, '1'],
      [METRICS, 'm'],
    ),
    sends: ask([TOPIC, 'mkd-a']),
    answer: { results: [told(TOPIC, 'mkd-a', [CLEANUP])] },
    gets: {
      results: [
        told(TOPIC, 'mkd-a', [CLEANUP]),
        noCluster(BROKER, '1'),
        noTopic('allowed'),
        noTopic('nope'),
        noGroup('g-ok'),
        noCluster(LOGGER, '1'),
        noCluster(METRICS, 'm'),
      ],
    },
    refusals: [
      'describeConfigs cluster 31',
      'describeConfigs topic:allowed 29',
      'describeConfigs topic:nope 29',
      'describeConfigs group:g-ok 30',
    ],
  },
  {
    what: 'all refused',
    client: alice,
    asks: ask([TOPIC, 'allowed'], [TOPIC, 'allowed'], [GROUP, 'mkd-a']),
    gets: { results: [noTopic('allowed'), noTopic('allowed'), noGroup('mkd-a')] },
    refusals: ['describeConfigs topic:allowed 29', 'describeConfigs group:mkd-a 30'],
  },
  {
    what: 'ALTER_CONFIGS is enough',
    client: {
      allow: [
        { group: 'g', operations: ['alterConfigs'] },
        { topic: 't', operations: ['alterConfigs'] },
      ],
    },
    asks: ask([GROUP, 'g'], [TOPIC, 't']),
    sends: 'same',
    answer: { results: [told(GROUP, 'g', [config('consumer.session.timeout.ms', '1')]), told(TOPIC, 't', [CLEANUP])] },
    gets: { results: [told(GROUP, 'g', [config('consumer.session.timeout.ms', '1')]), told(TOPIC, 't', [CLEANUP])] },
  },
  {
    what: 'a type that there is not fails all of it',
    client: { allow: EVERYTHING },
    asks: ask([TOPIC, 'a'], [99, 'x'], [0, 'y']),
    gets: { results: [noRequest(TOPIC, 'a'), noRequest(99, 'x'), noRequest(0, 'y')] },
  },
  {
    what: 'the addresses of a broker are not told',
    client: { allow: EVERYTHING },
    asks: ask([BROKER, '1'], [LOGGER, '1'], [TOPIC, 'a']),
    sends: 'same',
    answer: {
      results: [
        told(BROKER, '1', [
          config('listeners', 'SSL://0.0.0.0:9092', [{ name: 'listeners', value: 'PLAINTEXT://:9092', source: 5 }]),
          config('log.retention.hours', '168', [{ name: 'log.retention.hours', value: '168', source: 5 }]),
          config('some.new.setting', 'kafka-1.internal:9092'),
        ]),
        told(LOGGER, '1', [config('kafka.network', 'INFO')]),
        told(TOPIC, 'a', [CLEANUP]),
      ],
    },
    gets: {
      results: [
        told(BROKER, '1', [
          { ...config('listeners', null, [{ name: 'listeners', value: null, source: 5 }]), isSensitive: true },
          config('log.retention.hours', '168', [{ name: 'log.retention.hours', value: '168', source: 5 }]),
          { ...config('some.new.setting', null), isSensitive: true },
        ]),
        told(LOGGER, '1', [config('kafka.network', 'INFO')]),
        told(TOPIC, 'a', [CLEANUP]),
      ],
    },
  },
  {
    what: 'rights that are lost while the broker answers',
    client: alice,
    later: {},
    asks: ask([TOPIC, 'mkd-a']),
    sends: 'same',
    answer: { results: [told(TOPIC, 'mkd-a', [CLEANUP])] },
    gets: { results: [noTopic('mkd-a')] },
    refusals: ['describeConfigs topic:mkd-a 29'],
  },
  {
    what: 'a response about what nobody can ask for hangs on the cluster',
    client: alice,
    asks: ask([TOPIC, 'mkd-a']),
    sends: 'same',
    answer: { results: [told(99, 'x', [config('a', 'b')])] },
    gets: { results: [noCluster(99, 'x')] },
    refusals: ['describeConfigs cluster 31'],
  },
];

runCases(
  describeConfigsHandler,
  CASES.map((one) => ({ ...one, versions: versions(1, 4) })),
);

/** What a file of policy tests holds. */
import * as z from 'zod';
import { KAFKA_OPERATION_CODE, KAFKA_RESOURCE_TYPES } from '../../../policies/acl/kafka-operations.ts';
import { CAUSES } from '../../../policies/causes.ts';
import { meta } from '../../control-plane/config/schema/fields/meta.ts';
import { MIB, size } from '../../control-plane/config/schema/fields/quantity.ts';
import { keysObey, list, oneOrMany, section } from '../../control-plane/config/schema/fields/section.ts';
import { choice, flag, name, path, text } from '../../control-plane/config/schema/fields/text.ts';
import { limits } from '../../control-plane/config/schema/limits.ts';

const MAX_TESTS = 10_000;
const MAX_EXPECTATIONS = 1000;
const MAX_TEXT = 65_535;

const MQTT_REQUESTS = ['publish', 'subscribe', 'receive', 'will', 'connect'] as const;

const values = (what: string) => oneOrMany(text(what), 64);
const keysOf = <T extends object>(table: T) =>
  Object.keys(table) as unknown as readonly [string & keyof T, ...(string & keyof T)[]];
const quality = () => z.literal([0, 1, 2]).meta(meta({ type: '0, 1 or 2' }));
const yes = () => z.literal(true).meta(meta({ type: 'true' }));

const client = keysObey(
  section({
    trust: name().exactOptional().describe('Trust store that accepted the chain. It is not verified here.'),
    certificate: path('a PEM file').exactOptional().describe('The certificate; in place of `subject` and `san`.'),
    subject: z
      .record(text('an attribute', 64), values('a value'))
      .exactOptional()
      .describe('Attributes of the subject (CN, O, OU, …), each in an RDN of its own.'),
    san: section({
      uri: values('a URI').exactOptional().describe('URIs.'),
      dns: values('a DNS name').exactOptional().describe('DNS names.'),
      email: values('a mail address').exactOptional().describe('Mail addresses.'),
      ip: values('an IP address').exactOptional().describe('IP addresses.'),
    })
      .exactOptional()
      .describe('Subject alternative names.'),
    anonymous: yes().exactOptional().describe('In place of all else: the client shows no certificate.'),
  }),
  (has) => {
    const facts = ['subject', 'san'].some(has);
    if (has('anonymous')) return facts || has('trust') || has('certificate') ? '"anonymous" stands alone' : undefined;
    if (!has('trust')) return '"trust" is needed';
    return facts && has('certificate') ? '"certificate" stands in place of "subject" and "san"' : undefined;
  },
).describe('A client, by what its certificate shows.');

const topic = (what: string) => text('a topic', MAX_TEXT).exactOptional().describe(what);
const resource = (what: string) => text('a name', MAX_TEXT).exactOptional().describe(what);

const request = keysObey(
  section({
    publish: topic('MQTT: topic to publish to.'),
    subscribe: text('a topic filter', MAX_TEXT)
      .exactOptional()
      .describe('MQTT: filter to subscribe to, as it is sent.'),
    receive: topic('MQTT: topic of a message to be sent.'),
    will: topic('MQTT: topic of the will.'),
    connect: text('a client id', MAX_TEXT).exactOptional().describe('MQTT: client id to connect with.'),
    qos: quality().exactOptional().meta({ default: '`0`' }).describe('With `publish`, `will` and `subscribe`.'),
    retain: flag().exactOptional().meta({ default: '`false`' }).describe('With `publish` and `will`.'),
    size: size({ min: 0, max: 256 * MIB })
      .exactOptional()
      .meta({ default: '`0B`' })
      .describe('Of the payload, with `publish` and `will`.'),
    operation: choice(keysOf(KAFKA_OPERATION_CODE))
      .exactOptional()
      .describe('Kafka: what is done to `topic`, `group`, `transactionalId` or `cluster`.'),
    topic: resource('Kafka: a topic.'),
    group: resource('Kafka: a consumer group.'),
    transactionalId: resource('Kafka: a transactional id.'),
    cluster: yes().exactOptional().describe('Kafka: the cluster.'),
    host: text('an IP address', 64)
      .exactOptional()
      .meta({ default: 'not known' })
      .describe(
        'Kafka: address of the client. Not known: rules for certain hosts allow nothing, and deny all the same.',
      ),
  }),
  (has) => {
    const asked = MQTT_REQUESTS.filter(has).length;
    const resources = KAFKA_RESOURCE_TYPES.filter(has).length;
    const single = `one of ${MQTT_REQUESTS.map((key) => `"${key}"`).join(', ')} is needed, or "operation" and what it is done to`;
    if (has('operation')) return asked === 0 && resources === 1 ? undefined : single;
    return asked === 1 && resources === 0 ? undefined : single;
  },
).describe('One question to the policy.');

const expectation = keysObey(
  section({
    allow: request.exactOptional().describe('What must be allowed.'),
    deny: request.exactOptional().describe('What must be denied.'),
    shadow: request
      .exactOptional()
      .describe('What must be let through only because a rule or role that would deny it is in shadow.'),
    rule: text('the path of a rule, or default-deny')
      .exactOptional()
      .describe('The rule that must decide, such as `roles.device.mqtt.deny[0]`; with `shadow`, that would.'),
    cause: choice(keysOf(CAUSES)).exactOptional().describe('Cause of a denial, also of one in shadow.'),
    granted: quality().exactOptional().describe('Quality of service that a subscription must be granted.'),
  }),
  (has) => {
    if (['allow', 'deny', 'shadow'].filter(has).length !== 1) return 'one of "allow", "deny", "shadow" is needed';
    return has('cause') && has('allow') ? '"cause" is for "deny" and "shadow"' : undefined;
  },
).describe('One question and the answer to it.');

const test = keysObey(
  section({
    name: text('a sentence', 256).describe('What is tested.'),
    client: name().exactOptional().describe('A client by its name under `clients`.'),
    as: client.exactOptional().describe('A client that only this test has.'),
    at: text('a time', 64)
      .exactOptional()
      .meta({ default: 'now' })
      .describe(
        'When the client comes, such as `2026-11-24T08:00:00Z` (RFC 3339): for identities that ask for an age.',
      ),
    identity: text('a name, or none', 64).exactOptional().describe('Identity that the client must get; `none`: none.'),
    principal: text('a principal', 256).exactOptional().describe('Principal that it must get.'),
    limits: limits.exactOptional().describe('Limits that must hold. Those that are not named are not looked at.'),
    expect: list(expectation, MAX_EXPECTATIONS, 1).exactOptional().describe('Questions and answers.'),
  }),
  (has) => {
    if (has('client') === has('as')) return 'either "client" or "as" is needed';
    return ['identity', 'principal', 'limits', 'expect'].some(has)
      ? undefined
      : 'nothing is expected: the test could not fail';
  },
).describe('One client, and what it must get and may do.');

/** Schema of a file of policy tests. */
export const policyTests = section({
  config: path('a configuration (YAML)')
    .exactOptional()
    .describe('The configuration that is tested; `--config` goes before it.'),
  clients: z.record(name(), client).exactOptional().describe('Clients by name, for several tests.'),
  tests: list(test, MAX_TESTS, 1).describe('The tests.'),
});

export type ClientSource = z.infer<typeof client>;
export type RequestSource = z.infer<typeof request>;
export type ExpectationSource = z.infer<typeof expectation>;
export type TestSource = z.infer<typeof test>;

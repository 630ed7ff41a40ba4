/** `trust`, `identities` and `roles`: whose certificates are accepted, who that is, and what it may do. */
import * as z from 'zod';
import type { Protocol } from '../../../../policies/decision.ts';
import { range } from './fields/address.ts';
import { MODES } from './fields/mode.ts';
import { DAY, duration, MIB, rate, SECOND, size } from './fields/quantity.ts';
import { list, oneOf, oneOrMany, section } from './fields/section.ts';
import { choice, flag, keyHash, name, path, responder, text } from './fields/text.ts';
import { limits } from './limits.ts';
import { when } from './when.ts';

export const MAX_STORES = 1024;
export const MAX_IDENTITIES = 200_000;
export const MAX_ROLES = 10_000;
const MAX_RULES = 1000;
/** A topic or filter has at most 65,535 bytes (MQTT 1.5.4). */
const MAX_TOPIC = 65_535;
/** Kafka's strings have an int16 length; a topic has at most 249 characters, which the policy checks. */
const MAX_NAME = 32_767;

const revocation = section({
  mode: choice(['require', 'prefer', 'off'])
    .prefault('require')
    .describe(
      '`require`: a chain of which nothing is known is refused. `prefer`: it is accepted. `off`: nothing is looked up; what is denied stays denied.',
    ),
  crl: oneOrMany(path('a PEM or DER file, a directory of such, a URL, or cdp'), 64)
    .exactOptional()
    .describe(
      'Certificate revocation lists of this store: files, directories (`.crl`, `.pem`, `.der`), URLs (http, https) to fetch them from, and `cdp`: the distribution points that certificates of the store and of its clients’ chains name, on hosts of `crlHosts`. The first client of a new distribution point waits for its list, no longer than for its handshake; at most 64 of each store are fetched.',
    ),
  crlHosts: list(text('a host name', 253), 64, 1)
    .exactOptional()
    .describe('Hosts that lists may be fetched from with `crl: cdp`, as in their URLs; on any port.'),
  ocsp: responder()
    .exactOptional()
    .describe(
      'Whom to ask about client certificates at their handshake, and again when an answer runs out: `aia`: the responder that the certificate names, if its host is one of `ocspHosts`; or a URL.',
    ),
  ocspHosts: list(text('a host name', 253), 64).prefault([]).describe('Hosts that may be asked with `ocsp: aia`.'),
  refresh: duration({ min: SECOND, max: DAY })
    .prefault('1h')
    .describe(
      'How often lists are fetched from URLs; a list that runs out before that at half of the time that is left, and every 30 s once it is overdue.',
    ),
  maxStaleness: duration({ min: 0, max: 30 * DAY })
    .prefault('0s')
    .describe('How long a list or answer still counts behind the time at which a newer one was due.'),
  onStale: choice(['deny', 'allow'])
    .prefault('deny')
    .describe('What holds when they are older than that: clients are refused, or accepted with an alarm.'),
}).describe('How revoked certificates are found.');

export const trustStore = section({
  ca: oneOrMany(path('a PEM file or a directory of such'), 64).describe(
    'Certificates that client chains may end in: files, or directories (`.pem`, `.crt`, `.cer`).',
  ),
  anchors: choice(['roots', 'any'])
    .prefault('roots')
    .describe(
      '`roots`: only a self-signed certificate ends a chain; others found here help to build it. `any`: each certificate found here ends one.',
    ),
  pins: list(keyHash(), 64)
    .prefault([])
    .describe('Public keys, one of which a certificate of every chain must have. Empty: any.'),
  revocation: revocation.exactOptional(),
}).describe('One trust store. Its name is what `tls.clients` and `when.trust` refer to.');

export const identity = oneOf(
  section({
    name: name().describe('Name of the identity in logs and metrics. Unique.'),
    when,
    principal: text('a template such as "{device}"', 256)
      .exactOptional()
      .describe(
        'Who the client is: text with `{variables}` of the patterns, or attributes that occur once such as `{CN}`. Either this or `kafkaPrincipalRules`.',
      ),
    kafkaPrincipalRules: text('Kafka’s ssl.principal.mapping.rules', 8192)
      .exactOptional()
      .describe(
        'Kafka’s own rules, taken as they are: `RULE:pattern/replacement/[LU]`, `DEFAULT`, separated by commas; held against the subject as Kafka prints it. Expressions that only a backtracking engine can run are refused.',
      ),
    roles: list(name(), 64, 1).describe(
      'Roles of the client: names under `roles`. Rules add up, a deny wins, the strictest limit holds.',
    ),
    limits: limits.exactOptional().describe('Limits of each principal of this identity, beside those of its roles.'),
  }),
  ['principal', 'kafkaPrincipalRules'],
).describe(
  'One identity. The first that matches wins; a certificate that matches none is refused before any broker is dialled.',
);

const filter = (what: string) => text('a topic filter with {variables}', MAX_TOPIC).exactOptional().describe(what);

const ruleMode = choice(MODES)
  .exactOptional()
  .meta({ default: '`enforce`' })
  .describe(
    'Of a deny. `shadow`: it refuses nothing; what it alone would refuse is let through and recorded. Not in an allow, which would grant what is only tried: put a role in shadow for that.',
  );

const mqttRule = oneOf(
  section({
    publish: filter('Topics the client may (or may not) publish to.'),
    subscribe: filter(
      'Topics the client may subscribe to; an allowed filter must lie inside. Delivery is allowed too.',
    ),
    receive: filter('Topics the client may be sent, without the right to subscribe.'),
    will: filter('Topics of the client’s will message.'),
    qos: list(z.literal([0, 1, 2]).meta({ type: '0, 1 or 2' }), 3, 1)
      .exactOptional()
      .describe('Qualities of service the rule is about. Absent: all.'),
    size: size({ min: 1, max: 256 * MIB })
      .exactOptional()
      .describe(
        'Largest payload that an allow of `publish` or `will` grants; of several allows the most generous holds. Absent: any. Not in a deny.',
      ),
    retain: flag().exactOptional().describe('false: messages to be retained are not allowed by this rule.'),
    mode: ruleMode,
  }),
  ['publish', 'subscribe', 'receive', 'will'],
).describe('One rule: exactly one of `publish`, `subscribe`, `receive`, `will`.');

const mqttRole = section({
  clientId: text('a template or `any`', 256)
    .exactOptional()
    .meta({ default: 'the principal' })
    .describe('The client id that must be used: a template, or `any`.'),
  allow: list(mqttRule, MAX_RULES).exactOptional().describe('What is allowed. Nothing else is.'),
  deny: list(mqttRule, MAX_RULES).exactOptional().describe('What is refused although a rule allows it.'),
  onDeny: choice(['ack-drop', 'disconnect'])
    .exactOptional()
    .meta({ default: '`ack-drop`' })
    .describe('MQTT 3.1.1 has no answer for a refused PUBLISH: acknowledge and drop it, or disconnect.'),
  denyOverlap: choice(['reject', 'filter'])
    .exactOptional()
    .meta({ default: '`reject`' })
    .describe(
      'What the denies of this role do to a subscription that an allow holds and they overlap. `reject`: it is refused. `filter`: it is made unless it lies inside a deny; denied messages are dropped on the way to the client, counted and not recorded. A message that is dropped at a member of a `$share` group is lost for the group. A deny with `qos` rejects either way.',
    ),
  denialBudget: rate()
    .exactOptional()
    .meta({ default: '`100/min`' })
    .describe('Denials after which the client is disconnected.'),
}).describe('Rights over MQTT.');

const OPERATIONS = [
  'all',
  'read',
  'write',
  'create',
  'delete',
  'alter',
  'describe',
  'clusterAction',
  'describeConfigs',
  'alterConfigs',
  'idempotentWrite',
  'twoPhaseCommit',
] as const;

const resource = (what: string) =>
  text('a name with {variables}, or "*"', MAX_NAME).exactOptional().describe(`${what}; \`*\` alone: every one.`);

const kafkaRule = oneOf(
  section({
    topic: resource('Topic'),
    group: resource('Consumer group'),
    transactionalId: resource('Transactional id'),
    cluster: z.literal(true).meta({ type: 'true' }).exactOptional().describe('The cluster itself.'),
    prefix: flag().exactOptional().describe('true: every name that begins with the given one.'),
    operations: list(choice(OPERATIONS), OPERATIONS.length, 1).describe('Operations as Kafka names them.'),
    hosts: list(range(), 1024, 1)
      .exactOptional()
      .meta({ default: 'any' })
      .describe('Addresses of the clients that the rule is about.'),
    mode: ruleMode,
  }),
  ['topic', 'group', 'transactionalId', 'cluster'],
).describe('One rule: exactly one of `topic`, `group`, `transactionalId`, `cluster`.');

const kafkaRole = section({
  allow: list(kafkaRule, MAX_RULES).exactOptional().describe('What is allowed. Nothing else is.'),
  deny: list(kafkaRule, MAX_RULES).exactOptional().describe('What is refused although a rule allows it.'),
}).describe('Rights over Kafka.');

const SECTIONS = {
  mqtt: mqttRole.exactOptional(),
  kafka: kafkaRole.exactOptional(),
} as const satisfies Record<Protocol, z.ZodType>;

export const role = section({
  mode: choice(MODES)
    .exactOptional()
    .meta({ default: '`enforce`' })
    .describe(
      '`shadow`: clients with this role are refused only by denies of their enforcing roles; what else their rights would refuse (topics, groups, client id, will, size, …) is let through and recorded. Limits hold all the same.',
    ),
  ...SECTIONS,
  limits: limits.exactOptional().describe('Limits of each principal, shared by all its connections and workers.'),
}).describe('One role. Its name is what identities refer to.');

export type TrustStore = z.infer<typeof trustStore>;
export type Identity = z.infer<typeof identity>;
export type Role = z.infer<typeof role>;

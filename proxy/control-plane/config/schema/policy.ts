/** `trust`, `identities` and `roles`: which certificates are accepted, which principal they become, and its rights. */
import * as z from 'zod';
import type { Protocol } from '../../../../policies/decision.ts';
import { range } from './fields/address.ts';
import { MODES } from './fields/mode.ts';
import { DAY, duration, MIB, rate, SECOND, size } from './fields/quantity.ts';
import { list, oneOf, oneOrMany, section } from './fields/section.ts';
import { choice, flag, keyHash, name, path, responder, text } from './fields/text.ts';
import { limits } from './limits.ts';
import { when } from './when.ts';

/** Trust stores of one file. */
export const MAX_STORES = 1024;
/** Identities of one file. */
export const MAX_IDENTITIES = 200_000;
/** Roles of one file. */
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
      '`require`: a chain whose revocation status is not known is refused. `prefer`: it is accepted. `off`: no status is looked up; deny lists still apply.',
    ),
  crl: oneOrMany(path('a PEM or DER file, a directory of such, a URL, or cdp'), 64)
    .exactOptional()
    .describe(
      'Certificate revocation lists (CRLs) of this store: files, directories (`.crl`, `.pem`, `.der`), URLs (http, https) to fetch them from, and `cdp`: the distribution points that certificates of the store and of its clients’ chains name, on hosts of `crlHosts`. The first client of a new distribution point waits for its CRL, at most until its handshake deadline. At most 64 distribution points of client chains are fetched for each store.',
    ),
  crlHosts: list(text('a host name', 253), 64, 1)
    .exactOptional()
    .describe('Hosts from which CRLs may be fetched with `crl: cdp`, as written in the URLs; any port.'),
  ocsp: responder()
    .exactOptional()
    .describe(
      'OCSP responder for client certificates, asked at the handshake and again when a response expires. `aia`: the responder that the certificate names, if its host is one of `ocspHosts`; or a URL.',
    ),
  ocspHosts: list(text('a host name', 253), 64).prefault([]).describe('Hosts that may be contacted with `ocsp: aia`.'),
  refresh: duration({ min: SECOND, max: DAY })
    .prefault('1h')
    .describe(
      'How often CRLs are fetched from URLs. A CRL that expires earlier is fetched at half of the remaining time, and every 30 s once it is overdue.',
    ),
  maxStaleness: duration({ min: 0, max: 30 * DAY })
    .prefault('0s')
    .describe('How long a CRL or OCSP response stays valid after its nextUpdate.'),
  onStale: choice(['deny', 'allow'])
    .prefault('deny')
    .describe('What happens when they are older than that: clients are refused, or accepted with an alarm.'),
}).describe('How revoked certificates are detected.');

/** The schema of one trust store. */
export const trustStore = section({
  ca: oneOrMany(path('a PEM file or a directory of such'), 64).describe(
    'Certificates in which client chains may end: files, or directories (`.pem`, `.crt`, `.cer`).',
  ),
  anchors: choice(['roots', 'any'])
    .prefault('roots')
    .describe(
      '`roots`: only self-signed certificates are trust anchors; others in these files help to build chains. `any`: every certificate in these files is a trust anchor.',
    ),
  pins: list(keyHash(), 64)
    .prefault([])
    .describe('Public keys; a certificate of every chain must have one of them. Empty: any.'),
  revocation: revocation.exactOptional(),
}).describe('One trust store. `tls.clients` and `when.trust` refer to its name.');

/** The schema of one identity. */
export const identity = oneOf(
  section({
    name: name().describe('Name of the identity in logs and metrics. Unique.'),
    when,
    principal: text('a template such as "{device}"', 256)
      .exactOptional()
      .describe(
        'Principal of the client: text with `{variables}` of the patterns, or attributes that occur once such as `{CN}`. Either this or `kafkaPrincipalRules`.',
      ),
    kafkaPrincipalRules: text('Kafka’s ssl.principal.mapping.rules', 8192)
      .exactOptional()
      .describe(
        'Kafka’s own rules, unchanged: `RULE:pattern/replacement/[LU]`, `DEFAULT`, separated by commas; applied to the subject as Kafka prints it. Expressions that only a backtracking engine can run are refused.',
      ),
    roles: list(name(), 64, 1).describe(
      'Roles of the client: names under `roles`. Rules add up, a deny wins, the strictest limit holds.',
    ),
    limits: limits.exactOptional().describe('Limits of each principal of this identity, beside those of its roles.'),
  }),
  ['principal', 'kafkaPrincipalRules'],
).describe(
  'One identity. The first that matches wins; a certificate that matches none is refused before any connection to a broker.',
);

const filter = (what: string) => text('a topic filter with {variables}', MAX_TOPIC).exactOptional().describe(what);

const ruleMode = choice(MODES)
  .exactOptional()
  .meta({ default: '`enforce`' })
  .describe(
    'For a deny. `shadow`: it refuses nothing; what it alone would refuse is let through and recorded. Not in an allow, which would grant what is only being tried: put a role in shadow mode for that.',
  );

const mqttRule = oneOf(
  section({
    publish: filter('Topics that the client publishes to.'),
    subscribe: filter(
      'Topic filters that the client subscribes to. A filter is allowed if it lies inside. An allow includes delivery.',
    ),
    receive: filter('Topics that are delivered to the client, without the right to subscribe.'),
    will: filter('Topics of the client’s will message.'),
    qos: list(z.literal([0, 1, 2]).meta({ type: '0, 1 or 2' }), 3, 1)
      .exactOptional()
      .describe('Qualities of service to which the rule applies. Absent: all.'),
    size: size({ min: 1, max: 256 * MIB })
      .exactOptional()
      .describe(
        'Largest payload that an allow of `publish` or `will` grants; of several allows the largest applies. Absent: any. Not in a deny.',
      ),
    retain: flag().exactOptional().describe('false: this rule does not allow retained messages.'),
    mode: ruleMode,
  }),
  ['publish', 'subscribe', 'receive', 'will'],
).describe('One rule: exactly one of `publish`, `subscribe`, `receive`, `will`.');

const mqttRole = section({
  clientId: text('a template or `any`', 256)
    .exactOptional()
    .meta({ default: 'the principal' })
    .describe('The client id that the client must use: a template, or `any`.'),
  allow: list(mqttRule, MAX_RULES).exactOptional().describe('What is allowed. Everything else is refused.'),
  deny: list(mqttRule, MAX_RULES).exactOptional().describe('What is refused even if a rule allows it.'),
  onDeny: choice(['ack-drop', 'disconnect'])
    .exactOptional()
    .meta({ default: '`ack-drop`' })
    .describe('MQTT 3.1.1 has no error code for a refused PUBLISH: acknowledge and drop it, or disconnect.'),
  denyOverlap: choice(['reject', 'filter'])
    .exactOptional()
    .meta({ default: '`reject`' })
    .describe(
      'What happens to an allowed subscription that overlaps a deny of this role. `reject`: it is refused. `filter`: it is accepted unless it lies inside a deny; denied messages are dropped before delivery, counted and not recorded. A message dropped for one member of a `$share` group is lost for the group. A deny with `qos` rejects in both cases.',
    ),
  denialBudget: rate()
    .exactOptional()
    .meta({ default: '`100/min`' })
    .describe('Rate of denials above which the client is disconnected.'),
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
  text('a name with {variables}, or "*"', MAX_NAME).exactOptional().describe(`${what}; \`*\` alone: all.`);

const kafkaRule = oneOf(
  section({
    topic: resource('Topic'),
    group: resource('Consumer group'),
    transactionalId: resource('Transactional id'),
    cluster: z.literal(true).meta({ type: 'true' }).exactOptional().describe('The cluster itself.'),
    prefix: flag().exactOptional().describe('true: the rule applies to every name that begins with the given one.'),
    operations: list(choice(OPERATIONS), OPERATIONS.length, 1).describe('Operations as Kafka names them.'),
    hosts: list(range(), 1024, 1)
      .exactOptional()
      .meta({ default: 'any' })
      .describe('Client addresses to which the rule applies.'),
    mode: ruleMode,
  }),
  ['topic', 'group', 'transactionalId', 'cluster'],
).describe('One rule: exactly one of `topic`, `group`, `transactionalId`, `cluster`.');

const kafkaRole = section({
  allow: list(kafkaRule, MAX_RULES).exactOptional().describe('What is allowed. Everything else is refused.'),
  deny: list(kafkaRule, MAX_RULES).exactOptional().describe('What is refused even if a rule allows it.'),
}).describe('Rights over Kafka.');

const SECTIONS = {
  mqtt: mqttRole.exactOptional(),
  kafka: kafkaRole.exactOptional(),
} as const satisfies Record<Protocol, z.ZodType>;

/** The schema of one role. */
export const role = section({
  mode: choice(MODES)
    .exactOptional()
    .meta({ default: '`enforce`' })
    .describe(
      '`shadow`: clients with this role are refused only by denies of their enforcing roles; what else their rights would refuse (topics, groups, client id, will, size, …) is let through and recorded. Limits stay enforced.',
    ),
  ...SECTIONS,
  limits: limits.exactOptional().describe('Limits of each principal, shared by all its connections and workers.'),
}).describe('One role. Identities refer to its name.');

/** A trust store as it is written. */
export type TrustStore = z.infer<typeof trustStore>;
/** An identity as it is written. */
export type Identity = z.infer<typeof identity>;
/** A role as it is written. */
export type Role = z.infer<typeof role>;

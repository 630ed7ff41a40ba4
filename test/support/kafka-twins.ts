/** Two brokers with the same content: one that authorizes by itself, one without rules behind a gate that has the same ones. */
import kafkajs, { type AclEntry } from 'kafkajs';
import type { Section } from './gate-config.ts';
import { type Kafka, startKafka } from './kafka.ts';
import { kafkajsDirect } from './kafka-clients.ts';
import { type KafkaGate, startKafkaGate } from './kafka-gate.ts';
import { type Credentials, testPki } from './pki.ts';

/** A rule as Kafka's own tools print it. */
export interface Acl {
  readonly resourceType: 'TOPIC' | 'GROUP' | 'TRANSACTIONAL_ID' | 'CLUSTER';
  readonly resourceName: string;
  readonly patternType: 'LITERAL' | 'PREFIXED';
  readonly principal: string;
  readonly host: string;
  readonly operation: string;
  readonly permission: 'ALLOW' | 'DENY';
}

export interface Twins extends AsyncDisposable {
  readonly own: Kafka;
  readonly plain: Kafka;
  readonly gate: KafkaGate;
  credentials(name: string): Promise<Credentials>;
  /** Puts these rules in force on both sides. */
  setAcls(acls: readonly Acl[]): Promise<void>;
}

// kafkajs is CommonJS: not all of its names can be imported.
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const SUPER = ['broker', 'admin', 'ANONYMOUS'];

export async function startTwins(acls: readonly Acl[]): Promise<Twins> {
  const pki = await testPki();
  const server = await pki.issue({ subject: 'O=Acme,CN=broker', dns: ['localhost'], ip: ['127.0.0.1'], eku: 'both' });
  const properties = ['auto.create.topics.enable=true'];
  const [own, plain] = await Promise.all([
    startKafka({ authorizer: { server, superUsers: SUPER }, properties }),
    startKafka({ properties }),
  ]);
  const gate = await startKafkaGate({
    bootstrap: [plain.port],
    listener: { kafka: { autoCreateTopics: true } },
    ...rights(acls),
  });
  const issued = new Map<string, Promise<Credentials>>();
  await grant(own, [], acls);
  let inForce = acls;
  return {
    own,
    plain,
    gate,
    credentials(name) {
      let credentials = issued.get(name);
      if (credentials === undefined) {
        credentials = pki.issue({ subject: `O=Acme,CN=${name}` });
        issued.set(name, credentials);
      }
      return credentials;
    },
    async setAcls(next) {
      if (JSON.stringify(next) === JSON.stringify(inForce)) return;
      await grant(own, inForce, next);
      gate.configure(rights(next));
      await gate.gate.gate.reload();
      inForce = next;
    },
    async [Symbol.asyncDispose]() {
      await gate[Symbol.asyncDispose]();
      await Promise.all([own[Symbol.asyncDispose](), plain[Symbol.asyncDispose]()]);
    },
  };
}

/** One identity for each principal, with its rules as a role; `admin` may do everything. */
function rights(acls: readonly Acl[]): { identities: Section[]; roles: Record<string, Section> } {
  const names = ['alice', 'bob', 'carol'];
  const everything = ['topic', 'group', 'transactionalId'].map((kind) => ({ [kind]: '*', operations: ['all'] }));
  const roles: Record<string, Section> = {
    admin: { kafka: { allow: [...everything, { cluster: true, operations: ['all'] }] } },
  };
  for (const name of names) {
    const own = acls.filter(({ principal }) => principal === `User:${name}`);
    roles[name] = {
      kafka: {
        allow: own.filter(({ permission }) => permission === 'ALLOW').map(ruleOf),
        deny: own.filter(({ permission }) => permission === 'DENY').map(ruleOf),
      },
    };
  }
  const identities = [...names, 'admin'].map((name) => ({
    name,
    when: { trust: 'devices', subject: { O: 'Acme', CN: name } },
    principal: name,
    roles: [name],
  }));
  return { identities, roles };
}

const KIND = { TOPIC: 'topic', GROUP: 'group', TRANSACTIONAL_ID: 'transactionalId' } as const;

function ruleOf({ resourceType, resourceName, patternType, operation, host }: Acl): Section {
  return {
    ...(resourceType === 'CLUSTER' ? { cluster: true } : { [KIND[resourceType]]: resourceName }),
    ...(patternType === 'PREFIXED' ? { prefix: true } : {}),
    operations: [camel(operation)],
    ...(host === '*' ? {} : { hosts: [host] }),
  };
}

/** DESCRIBE_CONFIGS -> describeConfigs. */
function camel(operation: string): string {
  return operation.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

async function grant(kafka: Kafka, before: readonly Acl[], after: readonly Acl[]): Promise<void> {
  const admin = kafkajsDirect(kafka.port).admin();
  await admin.connect();
  const text = (acl: Acl) => JSON.stringify(acl);
  const had = new Set(before.map(text));
  const has = new Set(after.map(text));
  try {
    const added = after.filter((acl) => !had.has(text(acl))).map(entryOf);
    if (added.length > 0) await admin.createAcls({ acl: added });
    for (const gone of before.filter((acl) => !has.has(text(acl))))
      await admin.deleteAcls({ filters: [entryOf(gone)] });
  } finally {
    await admin.disconnect();
  }
}

function entryOf(acl: Acl): AclEntry {
  return {
    resourceType: AclResourceTypes[acl.resourceType],
    resourceName: acl.resourceName,
    resourcePatternType: ResourcePatternTypes[acl.patternType],
    principal: acl.principal,
    host: acl.host,
    operation: AclOperationTypes[acl.operation as keyof typeof AclOperationTypes],
    permissionType: AclPermissionTypes[acl.permission],
  };
}

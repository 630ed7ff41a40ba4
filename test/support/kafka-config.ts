/** One broker that is also a controller (KRaft); all ports on 127.0.0.1. */
export interface KafkaNode {
  readonly id: number;
  /** Plain TCP; the principal there is User:ANONYMOUS. */
  readonly port: number;
  /** Mutual TLS; nobody listens there without an authorizer. */
  readonly tlsPort: number;
  readonly controllerPort: number;
}

export interface ServerProperties {
  readonly node: KafkaNode;
  /** All nodes of the cluster, this one too. */
  readonly nodes: readonly KafkaNode[];
  /** Folder of the logs. */
  readonly data: string;
  /** PEM files: `store` holds key, certificate and chain of the broker, `ca` whom it trusts. */
  readonly authorizer?:
    | { readonly store: string; readonly ca: string; readonly superUsers: readonly string[] }
    | undefined;
  /** Further lines; the last of one name counts. */
  readonly properties: readonly string[];
}

/** A server.properties. */
export function serverProperties({ node, nodes, data, authorizer, properties }: ServerProperties): string {
  const voters = nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`);
  const lines = [
    'process.roles=broker,controller',
    `node.id=${node.id}`,
    `controller.quorum.voters=${voters.join(',')}`,
    'controller.listener.names=CONTROLLER',
    `log.dirs=${data}`,
    ...COMMON,
    ...(nodes.length === 1 ? ALONE : []),
    ...(authorizer === undefined ? plain(node) : authorized(node, authorizer)),
    ...properties,
  ];
  return `${lines.join('\n')}\n`;
}

const COMMON = [
  'offsets.topic.num.partitions=5',
  'transaction.state.log.num.partitions=5',
  'share.coordinator.state.topic.num.partitions=5',
  'group.initial.rebalance.delay.ms=0',
  // Records with old timestamps must not be deleted while the test runs.
  'log.retention.ms=-1',
  'auto.create.topics.enable=false',
];

/** The defaults are for three nodes. */
const ALONE = [
  'offsets.topic.replication.factor=1',
  'transaction.state.log.replication.factor=1',
  'transaction.state.log.min.isr=1',
  'share.coordinator.state.topic.replication.factor=1',
  'share.coordinator.state.topic.min.isr=1',
];

function plain({ port, controllerPort }: KafkaNode): string[] {
  return [
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'inter.broker.listener.name=PLAINTEXT',
  ];
}

/** Principals are `User:` and the common name of the certificate. */
function authorized(
  { port, tlsPort, controllerPort }: KafkaNode,
  { store, ca, superUsers }: NonNullable<ServerProperties['authorizer']>,
): string[] {
  return [
    `listeners=PLAINTEXT://127.0.0.1:${port},SSL://127.0.0.1:${tlsPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port},SSL://localhost:${tlsPort}`,
    'inter.broker.listener.name=SSL',
    'listener.security.protocol.map=SSL:SSL,PLAINTEXT:PLAINTEXT,CONTROLLER:SSL',
    'ssl.client.auth=required',
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${store}`,
    'ssl.truststore.type=PEM',
    `ssl.truststore.location=${ca}`,
    'ssl.principal.mapping.rules=RULE:^.*CN=([^,]+).*$/$1/,DEFAULT',
    'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    `super.users=${superUsers.map((user) => `User:${user}`).join(';')}`,
    'allow.everyone.if.no.acl.found=false',
  ];
}

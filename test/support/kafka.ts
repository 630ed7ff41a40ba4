import { Child, runChild } from './child.ts';
import { freePort } from './free-port.ts';
import { type KafkaNode, serverProperties } from './kafka-config.ts';
import { javaArguments, kafkaLibs } from './kafka-dist.ts';
import { kafkaWire } from './kafka-wire.ts';
import type { Credentials } from './pki.ts';
import { portOpen } from './port-open.ts';
import { type TempDir, tempDir } from './temp-dir.ts';
import { waitFor } from './wait.ts';

const START_DEADLINE = 60_000;
const STOP_DEADLINE = 30_000;
/** All nodes of a cluster are formatted with one. */
const CLUSTER_ID = 'c0ffeec0-ffee-4000-8000-c0ffeec0ffee';

export interface KafkaOptions {
  /** Further lines of server.properties. */
  readonly properties?: readonly string[];
  /**
   * A second listener with mutual TLS and Kafka's own StandardAuthorizer; principals are `User:` and the common
   * name. `server` must name a super user, who is also the broker to itself.
   */
  readonly authorizer?: { readonly server: Credentials; readonly superUsers: readonly string[] };
}

/** A real single-node Apache Kafka (KRaft) on loopback: `await using kafka = await startKafka()`. Takes about 5 s. */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const [kafka] = await startNodes(1, options);
  return kafka as Kafka;
}

/** So many nodes of one cluster, with the ids from 1 on; each knows all the others when this resolves. */
export async function startNodes(count: number, options: KafkaOptions): Promise<Kafka[]> {
  const libs = await kafkaLibs();
  if (libs === undefined) throw new Error('Apache Kafka is not here');
  for (let attempt = 1; ; attempt++) {
    const nodes = await chooseNodes(count);
    const started = nodes.map((node) => new Kafka(node, nodes, options, libs));
    try {
      await Promise.all(started.map((kafka) => kafka.format()));
      await Promise.all(started.map((kafka) => kafka.restart()));
      return started;
    } catch (error) {
      await Promise.all(started.map((kafka) => kafka[Symbol.asyncDispose]()));
      // Another test process may have taken a port in between.
      const taken = started.some(({ log }) => log.includes('Address already in use'));
      if (!taken || attempt === 3) throw error;
    }
  }
}

export class Kafka implements AsyncDisposable {
  /** Mutual TLS; nobody listens there without an authorizer. */
  readonly tlsPort: number;
  readonly #nodes: readonly KafkaNode[];
  readonly #options: KafkaOptions;
  readonly #libs: string;
  readonly #dir: TempDir = tempDir();
  #node: KafkaNode;
  #child: Child | undefined;

  /** Use `startKafka`. */
  constructor(node: KafkaNode, nodes: readonly KafkaNode[], options: KafkaOptions, libs: string) {
    this.#node = node;
    this.tlsPort = node.tlsPort;
    this.#nodes = nodes;
    this.#options = options;
    this.#libs = libs;
  }

  get node(): KafkaNode {
    return this.#node;
  }

  /** Plain TCP; the principal there is User:ANONYMOUS. */
  get port(): number {
    return this.#node.port;
  }

  /** Warnings and errors since it was last started, and every denial of its authorizer. */
  get log(): string {
    return `${this.#child?.stdout ?? ''}${this.#child?.stderr ?? ''}`;
  }

  async format(): Promise<void> {
    this.#configure();
    const args = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', this.#properties];
    const java = await javaArguments(this.#libs, HEAP_MIB.tool);
    const result = await runChild('java', [...java, ...args], { deadline: START_DEADLINE });
    if (result.code !== 0) throw new Error(`Kafka's storage could not be formatted: ${result.stderr}${result.stdout}`);
  }

  /** Starts it, again on the same data and ports; resolves when it knows all nodes. */
  async restart(): Promise<void> {
    const child = this.#child;
    if (child?.alive) await child.end('SIGKILL');
    const java = await javaArguments(this.#libs, this.#nodes.length === 1 ? HEAP_MIB.alone : HEAP_MIB.clustered);
    const denials = '-Dorg.slf4j.simpleLogger.log.kafka.authorizer.logger=info';
    const started = new Child('java', [...java, denials, 'kafka.Kafka', this.#properties]);
    this.#child = started;
    const alive = () => started.alive;
    try {
      await portOpen(this.port, alive, START_DEADLINE);
      await waitFor('Kafka to answer', () => answersFor(this.port, this.#nodes.length, alive), START_DEADLINE);
    } catch (error) {
      throw new Error(`Kafka did not start: ${this.log}`, { cause: error });
    }
  }

  /** Stops in an orderly way and starts again on another plain port, with the same data. */
  async move(): Promise<void> {
    await this.stop();
    this.#node = { ...this.#node, port: await freePort() };
    this.#configure();
    await this.restart();
  }

  /** Stops in an orderly way. */
  async stop(): Promise<void> {
    await this.#child?.end('SIGTERM', STOP_DEADLINE);
  }

  /** Ends at once, without a goodbye. A restart then takes 9 s more: the broker's session must expire first. */
  async kill(): Promise<void> {
    await this.#child?.end('SIGKILL');
  }

  get #properties(): string {
    return this.#dir.file('server.properties');
  }

  #configure(): void {
    const { authorizer, properties = [] } = this.#options;
    const text = serverProperties({
      node: this.#node,
      nodes: this.#nodes,
      data: this.#dir.file('data'),
      authorizer: authorizer === undefined ? undefined : { ...authorizer, ...this.#stores(authorizer.server) },
      properties,
    });
    this.#dir.write('server.properties', text);
  }

  #stores({ cert, key, ca }: Credentials): { store: string; ca: string } {
    return { store: this.#dir.write('broker.pem', `${key}${cert}${ca}`), ca: this.#dir.write('ca.pem', ca) };
  }

  /** Nobody needs the data any more: there is no goodbye. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child?.[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}

const HEAP_MIB = { alone: 512, clustered: 384, tool: 128 };

async function chooseNodes(count: number): Promise<KafkaNode[]> {
  const ports = new Set<number>();
  while (ports.size < 3 * count) ports.add(await freePort());
  const all = [...ports];
  return Array.from({ length: count }, (_, i) => {
    const [port = 0, tlsPort = 0, controllerPort = 0] = all.slice(3 * i);
    return { id: i + 1, port, tlsPort, controllerPort };
  });
}

/** Metadata v4 of no topics: header (key, version, correlation id, no client id), no topics, no creation. */
const METADATA = Buffer.from('0003' + '0004' + '00000000' + 'ffff' + '00000000' + '00', 'hex');
/** Of the brokers in the answer, behind correlation id and throttle time. */
const COUNT_OFFSET = 8;

async function answersFor(port: number, brokers: number, alive: () => boolean): Promise<boolean> {
  if (!alive()) throw new Error('it has ended');
  await using wire = await kafkaWire(port);
  wire.send(METADATA);
  const answer = await wire.answer();
  return answer !== 'closed' && answer.readInt32BE(COUNT_OFFSET) >= brokers;
}

import type { Admin, Kafka } from 'kafkajs';
import { addressText } from '../broker-address.ts';
import { pastGate } from './connection.ts';
import { type NodeOptions, startNode } from './node.ts';
import type { KafkaPlan } from './plan.ts';
import { readAll } from './read-all.ts';
import { TOPICS } from './steps.ts';

/** More node ids than this would need as many ports. */
const NODES_MAX = 32;

/** Kafka behind the gate, with the topics of the demo. */
export interface KafkaBroker extends AsyncDisposable {
  /** For the report. */
  readonly description: string;
  /** `host:port`. */
  readonly address: string;
  /** Smallest and largest node id. */
  readonly nodes: { readonly first: number; readonly last: number };
  /** Behind every topic's, group's and transaction's name: empty at a broker of the demo's own. */
  readonly suffix: string;
  /** Everything in a topic that a reader sees, in the order of its one partition. */
  read(topic: string): Promise<string[]>;
}

/** The broker of the plan. A user's own gets topics whose names end in the run, and loses them at the end. */
export async function startKafka(
  plan: Exclude<KafkaPlan, { kind: 'none' }>,
  run: string,
  options: Omit<NodeOptions, 'libs'>,
): Promise<KafkaBroker> {
  await using stack = new AsyncDisposableStack();
  const own = plan.kind === 'node';
  const suffix = own ? '' : `.${run}`;
  let [address, description] = ['', 'the broker of HEADGATE_KAFKA'];
  if (own) {
    const node = stack.use(await startNode({ ...options, libs: plan.libs }));
    address = `127.0.0.1:${node.port}`;
    description = `Apache Kafka, pid ${node.pid}`;
  } else {
    address = addressText(plan);
  }
  const kafka = pastGate(address);
  const admin = stack.adopt(kafka.admin(), (one) => one.disconnect());
  const setUp = async (): Promise<KafkaBroker['nodes']> => {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    const range = nodeRange(brokers.map(({ nodeId }) => nodeId));
    if (!own) stack.defer(() => removeTraces(admin, suffix));
    const topics = TOPICS.map((topic) => ({ topic: topic + suffix, numPartitions: 1 }));
    await admin.createTopics({ topics, waitForLeaders: true });
    await wakeCoordinators(kafka, admin, suffix);
    return range;
  };
  // What is left halfway at a user's broker could not be removed.
  const nodes = await (own ? unlessAborted(options.signal, setUp) : setUp());
  const running = stack.move();
  return {
    description,
    address,
    nodes,
    suffix,
    read: (topic) => readAll(kafka, topic + suffix, WITNESS + suffix),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** kafkajs cannot be made to give up, and retries a broker that has ended again and again. */
async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([work(), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const WITNESS = 'headgate-witness';

/** A broker makes its internal topics on their first use, which would take the clients of the demo too long. */
async function wakeCoordinators(kafka: Kafka, admin: Admin, suffix: string): Promise<void> {
  const transactionalId = `headgate-demo${suffix}`;
  const producer = kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    const transaction = producer.transaction().then((begun) => begun.abort());
    await Promise.all([transaction, admin.describeGroups([WITNESS + suffix])]);
  } finally {
    await producer.disconnect();
  }
}

function nodeRange(ids: readonly number[]): { first: number; last: number } {
  const [first, last] = [Math.min(...ids), Math.max(...ids)];
  if (last - first >= NODES_MAX) {
    throw new Error(`the node ids of HEADGATE_KAFKA go from ${first} to ${last}; the demo has ports for ${NODES_MAX}`);
  }
  return { first, last };
}

async function removeTraces(admin: Admin, suffix: string): Promise<void> {
  const topics = (await admin.listTopics()).filter((topic) => topic.endsWith(suffix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  const { groups } = await admin.listGroups();
  const left = groups.map(({ groupId }) => groupId).filter((groupId) => groupId.endsWith(suffix));
  if (left.length > 0) await admin.deleteGroups(left);
}

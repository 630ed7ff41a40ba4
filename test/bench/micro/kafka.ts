/** Kafka: ns per Produce request, and ms for the answer that names every topic of a large cluster. */
import type { KafkaBackend } from '../../../adapters/kafka/backend.ts';
import { frameRequest, frameResponse } from '../../../adapters/kafka/codec/message.ts';
import type { MetadataResponse } from '../../../adapters/kafka/codec/schemas/metadata.ts';
import { FrameMemory } from '../../../adapters/kafka/frame-memory.ts';
import type { KafkaOptions } from '../../../adapters/kafka/options.ts';
import { createKafkaSession, type KafkaSession } from '../../../adapters/kafka/session.ts';
import { ClusterTopology } from '../../../adapters/kafka/topology.ts';
import { compilePolicy } from '../../../policies/policy.ts';
import {
  FETCH,
  fetchAnswer,
  fetchFrame,
  METADATA,
  PRODUCE,
  produceAnswer,
  produceFrame,
  TOPICS,
} from '../load/kafka-frames.ts';
import { type CountingOut, countingHost } from './host.ts';
import { WHO } from './policy.ts';
import { nsPerOp } from './timing.ts';

const MIB = 1024 * 1024;
const IN_FLIGHT = 16;
const METADATA_VERSION = 12;
const TOPIC_COUNT = 10_000;
/** Half of the topics are the client's to see. */
const PREFIXES = ['plant.', 'office.'];

const OPTIONS: KafkaOptions = {
  maxFrameSize: 100 * MIB,
  maxRequestSize: 8 * MIB,
  maxInFlight: IN_FLIGHT,
  memory: 256 * MIB,
  maxThrottle: 30_000,
  autoCreateTopics: false,
  hideApis: [],
};

const TIMEOUTS = { connect: 10_000, packet: 30_000, upstream: 10_000 };

function backend(): KafkaBackend {
  return {
    topology: new ClusterTopology(),
    memory: new FrameMemory(OPTIONS.memory),
    resolveTopics: (_ids, done) => setImmediate(done),
    describeAll: (done) => setImmediate(done),
    advertised: (node) => ({ host: 'gate.example.com', port: 9094 + node }),
    release: () => {},
  };
}

function openSession(): { session: KafkaSession; out: CountingOut } {
  const { host, out } = countingHost();
  const policy = compilePolicy(
    {
      identities: [],
      roles: {
        generator: { kafka: { allow: [{ topic: 'plant.', prefix: true, operations: ['read', 'write'] }] } },
      },
    },
    { version: 'bench' },
  );
  const access = policy.kafka(WHO, host.peerAddress);
  const client = { access, principal: WHO.principal, limits: WHO.limits };
  const session = createKafkaSession(host, client, OPTIONS, TIMEOUTS, backend());
  return { session, out };
}

/** ns per request of a batch that comes in one read, its answers included. */
export function produceNs(batchBytes: number): number {
  const requests = Buffer.concat(
    Array.from({ length: IN_FLIGHT }, (_, i) => produceFrame(TOPICS[i % TOPICS.length] as string, batchBytes, 0)),
  );
  const answers = Buffer.concat(Array.from({ length: IN_FLIGHT }, produceAnswer));
  const { session, out } = openSession();
  session.fromClient(requests, 0, requests.length);
  session.brokerReady();
  const ns = nsPerOp((n) => {
    for (let i = 0; i < n; i++) {
      session.fromClient(requests, 0, requests.length);
      session.fromBroker(answers, 0, answers.length);
    }
  });
  if (out.forwarded === 0) throw new Error(`no ${PRODUCE.name} was forwarded`);
  return ns / IN_FLIGHT;
}

/** ns per Fetch that finds a batch of `bytes`, its response included. */
export function fetchNs(bytes: number): number {
  const requests = Buffer.concat(Array.from({ length: IN_FLIGHT }, () => fetchFrame(bytes)));
  const responses = Buffer.concat(Array.from({ length: IN_FLIGHT }, () => fetchAnswer(bytes)));
  for (let at = 0; at < responses.length; at += 4 + responses.readInt32BE(at)) responses.writeInt32BE(1, at + 4);
  const { session, out } = openSession();
  session.fromClient(requests, 0, requests.length);
  session.brokerReady();
  const ns = nsPerOp((n) => {
    for (let i = 0; i < n; i++) {
      session.fromClient(requests, 0, requests.length);
      session.fromBroker(responses, 0, responses.length);
    }
  });
  if (out.forwarded === 0) throw new Error(`no ${FETCH.name} was forwarded`);
  return ns / IN_FLIGHT;
}

function manyTopics(): MetadataResponse {
  const replicas = [0, 1, 2];
  const partition = { errorCode: 0, leaderId: 0, leaderEpoch: 3, replicaNodes: replicas, isrNodes: replicas };
  return {
    brokers: replicas.map((nodeId) => ({ nodeId, host: `broker-${nodeId}.internal`, port: 9092 })),
    clusterId: 'bench',
    controllerId: 0,
    topics: Array.from({ length: TOPIC_COUNT }, (_, i) => ({
      errorCode: 0,
      name: `${PREFIXES[i % PREFIXES.length]}line-${i}.temperature`,
      topicId: Buffer.alloc(16, `${i}`).toString('base64url'),
      partitions: [{ ...partition, partitionIndex: 0 }],
    })),
  };
}

/** ns for a Metadata answer of 10,000 topics: read, filtered, with the gate's addresses, written anew. */
export function metadataNs(): number {
  const request = frameRequest(METADATA, METADATA_VERSION, 0, 'bench', { topics: null });
  const answer = frameResponse(METADATA, METADATA_VERSION, 0, manyTopics());
  const { session, out } = openSession();
  session.fromClient(request, 0, request.length);
  session.brokerReady();
  const ns = nsPerOp((n) => {
    for (let i = 0; i < n; i++) {
      session.fromClient(request, 0, request.length);
      session.fromBroker(answer, 0, answer.length);
    }
  }, 1);
  if (out.told === 0 || out.told > answer.length * out.tellings * 0.6) throw new Error('nothing was filtered');
  return ns;
}

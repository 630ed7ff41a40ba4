/**
 * The same requests to an Apache Kafka with its own authorizer, and through the gate with the same rules to one
 * without: the answers are equal field by field, but for what is listed here with its reason.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API, APIS } from '../../adapters/kafka/apis/index.ts';
import { readResponseHeader } from '../../adapters/kafka/codec/header.ts';
import { responseCodec } from '../../adapters/kafka/codec/message.ts';
import { metadata } from '../../adapters/kafka/codec/schemas/metadata.ts';
import { ZERO_UUID } from '../../adapters/kafka/error-codes.ts';
import type { Kafka } from '../support/kafka.ts';
import { kafkajsDirect } from '../support/kafka-clients.ts';
import { requireKafka } from '../support/kafka-dist.ts';
import { type Acl, startTwins, type Twins } from '../support/kafka-twins.ts';
import { type KafkaWire, kafkaWire } from '../support/kafka-wire.ts';
import { readVectors, withoutVectors } from '../support/vectors.ts';

interface Case {
  readonly case: string;
  readonly principal: string;
  readonly key: number;
  readonly version: number;
  readonly requestHeader: string;
  readonly requestBody: string;
  readonly outcome: 'response' | 'closed' | 'no-response';
  readonly responseVersion?: number;
  readonly brokerVersion?: string;
  readonly acls: readonly Acl[];
}

interface Setup {
  readonly case: string;
  readonly topicIds: Readonly<Record<string, string>>;
  readonly acls: readonly Acl[];
}

const FILE = 'kafka-live-denials.jsonl.gz';
const skip = requireKafka() || withoutVectors(FILE);

const STRICT = 'closed: not the canonical encoding';
const REGEX = 'regular expressions are answered 128, so no group comes of it';
const OURS = 'a version that nobody knows is answered with the gate’s own range, without asking the broker';
const ZERO_ID = 'a broker fails the whole request where a zero id stands beside a denied topic; the gate refuses each';

/** Where the gate answers otherwise, and why. Everything else must be equal. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'metadata-trailing-bytes': STRICT,
  'metadata-duplicate-unknown-tag': STRICT,
  'metadata-descending-tags': STRICT,
  'metadata-negative-tag-count': STRICT,
  'metadata-nonminimal-array-count': STRICT,
  'metadata-v1-count-minus-2': STRICT,
  'header-client-id-bad-utf8': STRICT,
  'header-client-id-minus-2': STRICT,
  'metadata-name-bad-utf8': STRICT,
  'apiversions-version-127-garbage-body': OURS,
  'apiversions-version-minus-1': OURS,
  'apiversions-version-5-on-4.3': 'a body that is none of version 5, which the gate knows and the broker does not',
  'fetch-denied-and-zero-ids-v17': ZERO_ID,
  'fetch-allowed-denied-unknown-zero-v17': ZERO_ID,
  'consumergroupheartbeat-regex-join-v1': REGEX,
  'consumergroupheartbeat-regex-bad-allowed-v1': REGEX,
  'consumergroupheartbeat-regex-superuser-v1': REGEX,
  'consumergroupheartbeat-regex-cached-join-v1': REGEX,
  'consumergroupheartbeat-regex-cached-0-v1': REGEX,
  'consumergroupheartbeat-regex-cached-1-v1': REGEX,
  'consumergroupheartbeat-regex-cached-2-v1': REGEX,
  'consumergroupheartbeat-regex-cached-3-v1': REGEX,
};

const [setup, ...vectors] = readVectors<Setup & Case>(FILE);
const cases = vectors.filter(
  ({ case: name, key, principal }) =>
    APIS.has(key) && !name.startsWith('v44-') && !name.startsWith('_') && principal !== 'User:ANONYMOUS',
);

test('equal answers', { skip, timeout: 240_000 }, async (t) => {
  assert.ok(setup !== undefined && cases.length > 200);
  await using twins = await startTwins(setup.acls);
  const ids = await Promise.all([twins.own, twins.plain].map((kafka) => furnish(kafka)));
  const sides = [new Side(twins, 'own', setup, ids[0] as Ids), new Side(twins, 'gate', setup, ids[1] as Ids)] as const;
  const unequal: Record<string, unknown> = {};
  try {
    for (const one of cases) {
      await twins.setAcls(one.acls);
      // Null records leave a broker's connection mute for good.
      if (one.case === 'produce-null-records-v12') continue;
      const [theirs, ours] = await Promise.all(sides.map((side) => side.ask(one)));
      try {
        assert.deepEqual(ours, theirs);
      } catch {
        unequal[one.case] = { kafka: theirs, headgate: ours };
      }
    }
  } finally {
    await Promise.all(sides.map((side) => side.close()));
  }
  const unexpected = Object.entries(unequal).filter(([name]) => DIFFERENT[name] === undefined);
  t.diagnostic(`${cases.length} requests, ${Object.keys(unequal).length} answered otherwise as listed`);
  assert.deepEqual(Object.fromEntries(unexpected), {});
  assert.deepEqual(
    Object.keys(DIFFERENT).filter((name) => unequal[name] === undefined),
    [],
    'listed without need',
  );
});

type Ids = ReadonlyMap<string, string>;

/** One way to a broker: a connection for each principal, opened again after it was closed. */
class Side {
  readonly #twins: Twins;
  readonly #way: 'own' | 'gate';
  /** Recorded topic id -> the one of this broker, both in hex. */
  readonly #here: ReadonlyMap<string, string>;
  /** Topic id of this broker -> name. */
  readonly #names: Ids;
  readonly #wires = new Map<string, KafkaWire>();

  constructor(twins: Twins, way: 'own' | 'gate', { topicIds }: Setup, ids: Ids) {
    this.#twins = twins;
    this.#way = way;
    this.#names = new Map([...ids].map(([name, id]) => [id, name]));
    this.#here = new Map(
      Object.entries(topicIds).flatMap(([name, recorded]) => {
        const id = ids.get(name);
        return id === undefined ? [] : [[hex(recorded), hex(id)] as const];
      }),
    );
  }

  async ask(one: Case): Promise<unknown> {
    const wire = await this.#wire(one.principal.replace('User:', ''));
    let { requestBody } = one;
    for (const [recorded, here] of this.#here) requestBody = requestBody.replaceAll(recorded, here);
    wire.send(Buffer.from(one.requestHeader + requestBody, 'hex'));
    if (one.outcome === 'no-response') return 'nothing is awaited';
    const frame = await wire.answer();
    if (frame === 'closed') return 'closed';
    const api = APIS.get(one.key);
    if (api === undefined) throw new Error(`no API ${one.key}`);
    const version = one.responseVersion ?? one.version;
    const body = readResponseHeader(api, version, frame, 0, frame.length);
    const read = responseCodec<object>(api, version).read(frame, body, frame.length);
    return comparable(one.key === API.apiVersions ? whatBothOffer(read as Offer) : read, this.#names);
  }

  async #wire(principal: string): Promise<KafkaWire> {
    const open = this.#wires.get(principal);
    if (open !== undefined && !open.closed) return open;
    const port = this.#way === 'own' ? this.#twins.own.tlsPort : this.#twins.gate.gate.port('kafka');
    const wire = await kafkaWire(port, await this.#twins.credentials(principal));
    this.#wires.set(principal, wire);
    return wire;
  }

  async close(): Promise<void> {
    for (const wire of this.#wires.values()) await wire[Symbol.asyncDispose]();
  }
}

interface Offer {
  readonly apiKeys: readonly { readonly apiKey: number }[];
  readonly supportedFeatures?: readonly { readonly name: string }[];
  readonly finalizedFeatures?: readonly { readonly name: string }[];
}

/** The gate tells of its own APIs only, and of no transactions of the newer kind before it has their APIs. */
function whatBothOffer(offer: Offer): object {
  const told = ({ name }: { readonly name: string }) => name !== 'transaction.version';
  const { supportedFeatures, finalizedFeatures } = offer;
  return {
    ...offer,
    apiKeys: offer.apiKeys.filter(({ apiKey }) => APIS.has(apiKey)),
    ...(supportedFeatures === undefined ? {} : { supportedFeatures: supportedFeatures.filter(told) }),
    ...(finalizedFeatures === undefined ? {} : { finalizedFeatures: finalizedFeatures.filter(told) }),
  };
}

/** Fields that differ from run to run, or are the gate's own: addresses, and what the two brokers made up. */
const OWN = new Set([
  'throttleTimeMs',
  'host',
  'port',
  'clusterId',
  'sessionId',
  'memberId',
  'producerId',
  'producerEpoch',
  'clientHost',
  'logAppendTimeMs',
  'finalizedFeaturesEpoch',
]);

/** An answer as plain data in which order does not matter and ids are names. */
function comparable(value: unknown, names: Ids): unknown {
  if (typeof value === 'bigint') return `${value}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'string') return names.get(value) ?? (isNewId(value) ? 'a new id' : value);
  if (Array.isArray(value)) {
    return value.map((element) => comparable(element, names)).sort((a, b) => (text(a) < text(b) ? -1 : 1));
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !OWN.has(name))
      .map(([name, field]) => [name, isInternal(name, field) ? 'internal' : comparable(field, names)])
      .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)),
  );
}

/** Of a topic that was made just now; the recorded unknown ids are texts in disguise. */
function isNewId(value: string): boolean {
  return (
    /^[\w-]{22}$/.test(value) &&
    value !== ZERO_UUID &&
    !Buffer.from(value, 'base64url').toString().startsWith('unknown')
  );
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? '';
}

/** Texts that print the broker's request object. */
function isInternal(name: string, value: unknown): boolean {
  return name === 'errorMessage' && typeof value === 'string' && value.includes('Request');
}

function hex(id: string): string {
  return Buffer.from(id, 'base64url').toString('hex');
}

/** What the recorded broker held. Gives the ids of its topics by name. */
async function furnish(kafka: Kafka): Promise<Ids> {
  const client = kafkajsDirect(kafka.port);
  const admin = client.admin();
  const producer = client.producer();
  await Promise.all([admin.connect(), producer.connect()]);
  try {
    const topics = ['allowed', 'deletable', 'descr', 'readonly', 'secret', 'secret2', 'writeonly'];
    await admin.createTopics({
      topics: topics.map((topic) => ({ topic, numPartitions: topic === 'allowed' ? 2 : 1 })),
      waitForLeaders: true,
    });
    for (const topic of ['allowed', 'secret', 'readonly']) {
      const messages = ['1', '2', '3'].map((value) => ({ value, partition: 0, timestamp: '1700000000000' }));
      await producer.send({ topic, messages });
    }
    const offsets = (topic: string, offset: string) => ({ topic, partitions: [{ partition: 0, offset }] });
    await admin.setOffsets({ groupId: 'g-ok', ...offsets('allowed', '1') });
    await admin.setOffsets({ groupId: 'g-ok', ...offsets('secret', '2') });
    await admin.setOffsets({ groupId: 'g-secret', ...offsets('secret', '2') });
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
  return topicIds(kafka.port);
}

async function topicIds(port: number): Promise<Ids> {
  await using wire = await kafkaWire(port);
  // Metadata 12 of all topics, without a client id.
  wire.send(Buffer.from('0003000c00000001ffff00' + '00000000', 'hex'));
  const frame = await wire.answer();
  if (frame === 'closed') throw new Error('no Metadata');
  const body = readResponseHeader(metadata, 12, frame, 0, frame.length);
  const { topics } = responseCodec(metadata, 12).read(frame, body, frame.length);
  return new Map(topics.map(({ name, topicId }) => [name ?? '', topicId ?? '']));
}

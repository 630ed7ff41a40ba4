/** Against what Kafka's own serializers wrote, and what its readers made of bytes that are not canonical. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { APIS } from '../../../../adapters/kafka/apis/index.ts';
import { RequestHeader, readRequestHeader, readResponseHeader } from '../../../../adapters/kafka/codec/header.ts';
import { frameRequest, frameResponse } from '../../../../adapters/kafka/codec/message.ts';
import type { Api } from '../../../../adapters/kafka/codec/schema.ts';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import { readVectors, withoutVectors } from '../../../support/vectors.ts';
import { encode, messageOf } from './support/codecs.ts';
import { fromJson } from './support/from-json.ts';

interface Golden {
  readonly key: number;
  readonly type: 'request' | 'response';
  readonly version: number;
  readonly header: string;
  readonly body: string;
  readonly canonicalHeader?: string;
  readonly canonicalBody?: string;
  readonly headerJson: { readonly correlationId: number; readonly clientId?: string | null };
  readonly json: object;
  readonly unstable?: true;
}

interface Malformed {
  readonly api: string;
  readonly key: number;
  readonly version: number;
  readonly header: string;
  readonly body: string;
  readonly mutation: string;
  readonly field: string;
}

const MESSAGES = 'kafka-messages.jsonl.gz';
const MALFORMED = 'kafka-malformed.jsonl.gz';
const golden = readVectors<Golden>(MESSAGES);
const malformed = readVectors<Malformed>(MALFORMED);

/** The schema of InitProducerId has a version that brokers do not offer. */
function withUnstable(api: Api): Api {
  return { ...api, versions: [api.versions[0], api.versions[1] + 1] };
}

for (const api of APIS.values()) {
  const mine = golden.filter(({ key }) => key === api.key);

  test(`${api.name}: read and written as by Kafka`, { skip: withoutVectors(MESSAGES) }, () => {
    const [first, last] = api.versions;
    for (const type of ['request', 'response'] as const) {
      const versions = new Set(mine.filter((v) => v.type === type && !v.unstable).map(({ version }) => version));
      assert.equal(versions.size, last - first + 1, `vectors of every version of the ${type}`);
    }
    for (const vector of mine) {
      const { type, version, json, unstable } = vector;
      const { codec, fields } = messageOf(unstable ? withUnstable(api) : api, type, version);
      const body = Buffer.from(vector.body, 'hex');
      const value = fromJson(fields, json);
      const where = `${type} ${version}: ${vector.body}`;
      assert.deepEqual(codec.read(body, 0, body.length), value, where);
      codec.check(body, 0, body.length);
      assert.equal(encode(codec, value).toString('hex'), vector.canonicalBody ?? vector.body, where);
    }
  });

  test(`${api.name}: frames as of Kafka's`, { skip: withoutVectors(MESSAGES) }, () => {
    for (const vector of mine) {
      const { type, version, headerJson, unstable } = vector;
      const known = unstable ? withUnstable(api) : api;
      const canonical = Buffer.from(
        (vector.canonicalHeader ?? vector.header) + (vector.canonicalBody ?? vector.body),
        'hex',
      );
      const length = Buffer.alloc(4);
      length.writeInt32BE(canonical.length);
      const value = fromJson(known[type], vector.json);
      const { correlationId, clientId = null } = headerJson;
      const frame =
        type === 'request'
          ? frameRequest(known, version, correlationId, clientId, value)
          : frameResponse(known, version, correlationId, value);
      assert.equal(frame.toString('hex'), Buffer.concat([length, canonical]).toString('hex'));
      if (!unstable) assertHeaderReads(api, vector);
    }
  });

  test(`${api.name}: what Kafka reads too leniently is refused`, { skip: withoutVectors(MALFORMED) }, () => {
    const cases = malformed.filter(({ key, version }) => key === api.key && version <= api.versions[1]);
    assert.ok(cases.length > 0, 'there are vectors');
    for (const { version, header, body, mutation, field } of cases) {
      const frame = Buffer.from(header + body, 'hex');
      const what = `${version} ${mutation} ${field}: ${header} ${body}`;
      const { codec } = messageOf(api, 'request', version);
      const head = new RequestHeader();
      const inHeader = refusal(() => {
        assert.ok(readRequestHeader(api, frame, 0, frame.length, head), 'the frame ends within the header');
      });
      if (inHeader !== undefined) {
        assert.ok(mutation.startsWith('header-'), what);
        continue;
      }
      const refused = refusal(() => codec.read(frame, head.body, frame.length));
      assert.equal(
        refusal(() => codec.check(frame, head.body, frame.length)),
        refused,
        what,
      );
      assert.match(refused ?? '', / at byte \d+$/, what);
    }
  });
}

function assertHeaderReads(api: Api, { type, version, header, body, headerJson }: Golden): void {
  const frame = Buffer.from(header + body, 'hex');
  const at = header.length / 2;
  if (type === 'response') {
    assert.equal(readResponseHeader(api, version, frame, 0, frame.length), at);
    return;
  }
  const { correlationId, clientId = null } = headerJson;
  const head = new RequestHeader();
  assert.equal(readRequestHeader(api, frame, 0, frame.length, head), true);
  assert.deepEqual({ ...head }, { key: api.key, version, correlationId, clientId, body: at });
}

/** What a KafkaError says; undefined: nothing was thrown. */
function refusal(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof assert.AssertionError) return error.message;
    assert.ok(error instanceof KafkaError, String(error));
    assert.equal(error.why, 'malformed');
    return error.message;
  }
}

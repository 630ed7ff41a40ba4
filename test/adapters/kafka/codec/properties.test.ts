/** What holds for every message in every version, whatever its fields. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { APIS } from '../../../../adapters/kafka/apis/index.ts';
import { RequestHeader, readRequestHeader } from '../../../../adapters/kafka/codec/header.ts';
import { type Codec, frameRequest } from '../../../../adapters/kafka/codec/message.ts';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import { arbitraryStruct } from './support/arbitrary.ts';
import { encode, everyMessage } from './support/codecs.ts';

const RUNS = { numRuns: 12 };

for (const api of APIS.values()) {
  const messages = everyMessage().filter((message) => message.api === api);

  test(`property: ${api.name}: what is written reads the same, and again writes the same bytes`, () => {
    for (const { codec, fields, version } of messages) {
      fc.assert(
        fc.property(arbitraryStruct(fields, version), (value) => {
          const bytes = encode(codec, value);
          assert.deepEqual(codec.read(bytes, 0, bytes.length), value);
          codec.check(bytes, 0, bytes.length);
        }),
        RUNS,
      );
    }
  });

  test(`property: ${api.name}: whatever happens to a message, it is read in one way or refused`, () => {
    for (const { codec, fields, version } of messages) {
      fc.assert(
        fc.property(
          arbitraryStruct(fields, version),
          fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 8 }),
          (value, hits) => {
            const bytes = encode(codec, value);
            for (const [where, byte] of hits) {
              assertReadOrRefused(codec, bytes.subarray(0, where % (bytes.length + 1)));
              const changed = Buffer.from(bytes);
              if (changed.length > 0) changed[where % changed.length] = byte;
              assertReadOrRefused(codec, changed);
            }
          },
        ),
        RUNS,
      );
    }
  });
}

/**
 * What is read is written again in the same bytes; only what has no meaning (unknown tags, tags
 * with a default value) may be gone.
 */
function assertReadOrRefused(codec: Codec<object>, bytes: Buffer): void {
  const refused = refusal(() => codec.check(bytes, 0, bytes.length));
  assert.equal(
    refusal(() => codec.read(bytes, 0, bytes.length)),
    refused,
  );
  if (refused !== undefined) return;
  const value = codec.read(bytes, 0, bytes.length);
  const again = encode(codec, value);
  if (again.length < bytes.length) assert.deepEqual(encode(codec, codec.read(again, 0, again.length)), again);
  else assert.deepEqual(again, bytes);
}

function refusal(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof KafkaError, String(error));
    return error.message;
  }
}

test('property: a header that has not arrived whole asks for more, at whatever byte it ends', () => {
  const message = fc.constantFrom(...everyMessage().filter(({ type }) => type === 'request'));
  const clientId = fc.option(fc.string({ unit: 'binary', maxLength: 20 }), { nil: null });
  fc.assert(
    fc.property(message, clientId, fc.integer(), ({ api, version, codec }, id, correlationId) => {
      const frame = frameRequest(api, version, correlationId, id, {});
      const bodySize = encode(codec, {}).length;
      const head = new RequestHeader();
      for (let end = 4; end < frame.length - bodySize; end++) {
        assert.equal(readRequestHeader(api, frame, 4, end, head), false);
      }
      assert.equal(readRequestHeader(api, frame, 4, frame.length, head), true);
      const body = frame.length - bodySize;
      assert.deepEqual({ ...head }, { key: api.key, version, correlationId, clientId: id, body });
    }),
    { numRuns: 300 },
  );
});

test('property: any bytes are read in one way or refused', () => {
  const message = fc.constantFrom(...everyMessage());
  fc.assert(
    fc.property(message, fc.uint8Array({ maxLength: 100 }), ({ codec }, bytes) => {
      assertReadOrRefused(codec, Buffer.from(bytes));
    }),
    { numRuns: 3000 },
  );
});

import assert from 'node:assert/strict';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import { readVectors, withoutVectors } from '../../../support/vectors.ts';

interface Vector {
  readonly key: number;
  readonly version: number;
  readonly mutation: string;
  readonly body: string;
}

const MALFORMED = 'kafka-malformed.jsonl.gz';

/** Why `assertNoneMalformedPasses` cannot run here, or false. */
export const withoutMalformed = withoutVectors(MALFORMED);

/** Of the malformed requests of an API none has a permit; what is thrown for one is a KafkaError. */
export function assertNoneMalformedPasses(key: number, permitOf: (version: number, body: Buffer) => number): void {
  const vectors = readVectors<Vector>(MALFORMED).filter(
    (vector) => vector.key === key && !vector.mutation.startsWith('header-'),
  );
  assert.ok(vectors.length > 50);
  for (const { version, body, mutation } of vectors) {
    let permit: number;
    try {
      permit = permitOf(version, Buffer.from(body, 'hex'));
    } catch (error) {
      assert.ok(error instanceof KafkaError, `${mutation}: ${error}`);
      continue;
    }
    assert.equal(permit, 0, `version ${version} ${mutation}: ${body}`);
  }
}

import assert from 'node:assert/strict';
import test from 'node:test';
import { apiVersionsFrame, fetchAnswer, fetchFrame, produceAnswer, produceFrame } from './load/kafka-frames.ts';
import { Requests } from './load/kafka-sink.ts';

const PORT = 9092;

/** The frame as the answer to the request `correlationId`. */
function answerTo(frame: Buffer, correlationId: number): Buffer {
  const answer = Buffer.from(frame);
  answer.writeInt32BE(correlationId, 4);
  return answer;
}

for (const piece of [1, 7, 64, 5000]) {
  test(`requests in pieces of ${piece} bytes are answered in their order, those of Produce are counted`, () => {
    let produced = 0;
    const requests = new Requests(PORT, (bytes) => {
      produced += bytes;
    });
    const first = produceFrame('plant.a', 300, 7);
    const second = produceFrame('plant.b', 2000, 8);
    const bytes = Buffer.concat([first, fetchFrame(500), second]);
    const answers: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += piece) answers.push(...requests.take(bytes.subarray(at, at + piece)));
    assert.deepEqual(answers, [
      answerTo(produceAnswer(), 7),
      answerTo(fetchAnswer(500), 1),
      answerTo(produceAnswer(), 8),
    ]);
    assert.equal(produced, first.length + second.length);
  });
}

test('a Produce is not answered before its last byte', () => {
  const requests = new Requests(PORT, () => {});
  const frame = produceFrame('plant.a', 300, 7);
  assert.deepEqual(requests.take(frame.subarray(0, -1)), []);
  assert.equal(requests.take(frame.subarray(-1)).length, 1);
});

test('ApiVersions is answered and is no Produce', () => {
  const requests = new Requests(PORT, () => assert.fail('counted'));
  const [answer] = requests.take(apiVersionsFrame(5));
  assert.equal(answer?.readInt32BE(4), 5);
});

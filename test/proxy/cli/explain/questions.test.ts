import assert from 'node:assert/strict';
import test from 'node:test';
import { type QuestionValues, readQuestions } from '../../../../proxy/cli/explain/questions.ts';

const CASES: readonly (readonly [values: QuestionValues, expected: readonly object[] | RegExp])[] = [
  [{}, []],
  [{ 'client-id': '' }, [{ action: 'connect', clientId: '' }]],
  [{ mqtt: 'publish', topic: 't', qos: '2', retain: true }, [{ action: 'publish', topic: 't', qos: 2, retain: true }]],
  [{ mqtt: 'will', topic: 't', size: '2KiB' }, [{ action: 'will', topic: 't', qos: 0, retain: false, size: 2048 }]],
  [{ mqtt: 'publish', topic: 't', size: 'big' }, /--size is a size such as 512B/],
  [{ mqtt: 'receive', topic: 't', size: '1B' }, /--size does not go with --mqtt receive/],
  [{ mqtt: 'will', topic: 't' }, [{ action: 'will', topic: 't', qos: 0, retain: false }]],
  [{ mqtt: 'receive', topic: 't' }, [{ action: 'receive', topic: 't' }]],
  [{ mqtt: 'subscribe', filter: '#', qos: '1' }, [{ action: 'subscribe', filter: '#', qos: 1 }]],
  [{ mqtt: 'connect', 'client-id': 'c' }, [{ action: 'connect', clientId: 'c' }]],
  [
    { kafka: 'write', topic: 't', host: '::1' },
    [{ action: 'kafka', operation: 'write', type: 'topic', name: 't', host: '::1' }],
  ],
  [{ kafka: 'read', group: 'g' }, [{ action: 'kafka', operation: 'read', type: 'group', name: 'g', host: '' }]],
  [
    { kafka: 'describe', 'transactional-id': 'x' },
    [{ action: 'kafka', operation: 'describe', type: 'transactionalId', name: 'x', host: '' }],
  ],
  [{ kafka: 'create', cluster: true }, [{ action: 'kafka', operation: 'create', type: 'cluster', name: '', host: '' }]],
  [{ mqtt: 'publish', kafka: 'read' }, /--mqtt and --kafka exclude each other/],
  [{ mqtt: 'speak' }, /--mqtt is one of publish, subscribe, receive, will, connect/],
  [{ mqtt: 'constructor' }, /--mqtt is one of/],
  [{ kafka: 'speak', topic: 't' }, /--kafka is one of read, write/],
  [{ mqtt: 'connect' }, /needs --client-id/],
  [{ mqtt: 'publish' }, /needs --topic/],
  [{ mqtt: 'subscribe', topic: 't' }, /--topic does not go with --mqtt subscribe/],
  [{ mqtt: 'receive', topic: 't', qos: '1' }, /--qos does not go with --mqtt receive/],
  [{ mqtt: 'publish', topic: 't', host: '::1' }, /--host does not go with --mqtt publish/],
  [{ kafka: 'read', topic: 't', retain: true }, /--retain does not go with --kafka/],
  [{ topic: 't' }, /--topic needs --mqtt or --kafka/],
  [{ mqtt: 'publish', topic: 't', qos: '3' }, /--qos is 0, 1 or 2/],
  [{ kafka: 'read' }, /--kafka needs one of/],
  [{ kafka: 'read', topic: 't', group: 'g' }, /--kafka needs one of/],
  [{ kafka: 'write', group: 'g' }, /a group has no operation write: it has read/],
  [{ kafka: 'read', topic: 't', host: 'localhost' }, /--host is an IP address/],
];

for (const [values, expected] of CASES) {
  test(`options to questions: ${JSON.stringify(values)}`, () => {
    const questions = readQuestions(values);
    if (expected instanceof RegExp) assert.match(String(questions), expected);
    else assert.deepEqual(questions, expected);
  });
}

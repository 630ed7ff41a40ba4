import assert from 'node:assert/strict';
import test from 'node:test';
import { recordedRequests } from '../../../../policies/analysis/explain/recorded-requests.ts';
import type { Protocol } from '../../../../policies/decision.ts';
import type { RejectionEvent } from '../../../../policies/event.ts';
import { draft } from '../../../proxy/data-plane/draft.ts';

const publish = (qos: number, retain: boolean) => ({ action: 'publish', topic: 't', qos, retain });
const kafka = (type: string, name: string, host: string) => ({ action: 'kafka', operation: 'read', type, name, host });

const CASES: readonly (readonly [event: Partial<RejectionEvent>, expected: readonly object[] | RegExp])[] = [
  [{ sent: 'PUBACK 0x87' }, [publish(1, false), publish(1, true)]],
  [{ sent: 'PUBREC 0x87' }, [publish(2, false), publish(2, true)]],
  [{ cause: 'retain-not-allowed', sent: 'PUBACK 0x87' }, [publish(1, true)]],
  [{ action: 'subscribe' }, [0, 1, 2].map((qos) => ({ action: 'subscribe', filter: 't', qos }))],
  [{ action: 'receive' }, [{ action: 'receive', topic: 't' }]],
  [{ action: 'connect', cause: 'client-id' }, [{ action: 'connect', clientId: 't' }]],
  [
    { protocol: 'kafka', action: 'read', resource: 'topic:a:b', peer: '192.0.2.7:99' },
    [kafka('topic', 'a:b', '192.0.2.7')],
  ],
  [
    { protocol: 'kafka', action: 'read', resource: 'group:g', peer: '[2001:db8::1]:99' },
    [kafka('group', 'g', '2001:db8::1')],
  ],
  [
    { protocol: 'kafka', action: 'read', resource: 'cluster', peer: '192.0.2.7:99' },
    [kafka('cluster', '', '192.0.2.7')],
  ],
  [{ protocol: 'kafka', action: 'read', resource: 'user:u' }, /no resource of Kafka/],
  [{ cause: 'limit-bytes' }, /the cause limit-bytes/],
  [{ cause: 'payload-too-large' }, /size of its payload/],
  [
    { cause: 'payload-too-large', sent: 'PUBACK 0x97', size: 7 },
    [false, true].map((retain) => ({ ...publish(1, retain), size: 7 })),
  ],
  [{ action: 'subscribe', size: 7 }, [0, 1, 2].map((qos) => ({ action: 'subscribe', filter: 't', qos }))],
  [{ protocol: 'kafka', action: 'publish' }, /no question to the policy/],
  [{ action: 'read', resource: 'topic:t' }, /no question to the policy/],
  [{ protocol: 'amqp' as Protocol }, /its protocol is not known/],
  [{ action: 'session' }, /no question to the policy/],
  [{ resource: 'abc…' }, /cut or escaped/],
  [{ resource: 'a\\x07' }, /cut or escaped/],
];

for (const [event, expected] of CASES) {
  test(`what a recorded rejection may have been: ${JSON.stringify(event)}`, () => {
    const requests = recordedRequests({ ...draft({ resource: 't' }), ...event });
    if (expected instanceof RegExp) assert.match(String(requests), expected);
    else assert.deepEqual(requests, expected);
  });
}

test('where nothing was sent every quality of service is tried, the highest first when that is the cause', () => {
  const { sent: _, ...silent } = draft({ resource: 't' });
  const qualities = (cause: RejectionEvent['cause']) => {
    const requests = recordedRequests({ ...silent, cause });
    assert.ok(typeof requests !== 'string');
    return [...new Set(requests.map((one) => 'qos' in one && one.qos))];
  };
  assert.deepEqual(qualities('denied'), [0, 1, 2]);
  assert.deepEqual(qualities('qos-not-allowed'), [2, 1, 0]);
  const { resource: __, ...nameless } = draft();
  assert.match(String(recordedRequests(nameless)), /names no resource/);
});

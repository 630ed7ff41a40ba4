import assert from 'node:assert/strict';
import test from 'node:test';
import { rewriteEndpoints } from '../../../adapters/kafka/addresses.ts';
import { ClientContext } from './support/client-context.ts';

const context = new ClientContext({});

const endpoint = (nodeId: number, host: string, port: number) => ({ nodeId, host, port, rack: 'r1' });

test('a response without leaders stays as it is', () => {
  assert.equal(rewriteEndpoints(context, {}), 'same');
  assert.equal(rewriteEndpoints(context, { nodeEndpoints: [] }), 'same');
});

test('leaders are told by the address of the gate; those without one are left out', () => {
  const response = {
    nodeEndpoints: [endpoint(1, 'kafka-1', 29092), endpoint(77, 'kafka-77', 29092), endpoint(-2, 'kafka', 1)],
  };
  assert.deepEqual(rewriteEndpoints(context, response), { nodeEndpoints: [endpoint(1, 'gate.example', 9001)] });
});

test('no node is no address', () => {
  const response = { nodeEndpoints: [endpoint(-1, '', -1), endpoint(-1, 'kafka', -1)] };
  assert.deepEqual(rewriteEndpoints(context, response), { nodeEndpoints: [endpoint(-1, '', -1)] });
});

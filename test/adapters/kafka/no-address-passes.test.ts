import assert from 'node:assert/strict';
import test from 'node:test';
import { APIS, HANDLERS } from '../../../adapters/kafka/apis/index.ts';
import { holds } from '../../../adapters/kafka/codec/layout.ts';
import type { Api, Field } from '../../../adapters/kafka/codec/schema.ts';
import type { Handler } from '../../../adapters/kafka/handler.ts';
import { batch } from './support/batch.ts';
import { ClientContext, EVERYTHING } from './support/client-context.ts';
import { exchange } from './support/exchange.ts';

/**
 * Whatever answer of whatever API has a field for an address: one that is full of addresses goes
 * through the handler, and none of them comes out. Driven by the schemas, so that a new API or a
 * new version with such a field fails here until it is rewritten.
 */
const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';
const NAME = 'n0';

/** For each API whose responses may hold an address: a request that a client with all rights is let through with. */
const REQUESTS: Readonly<Record<string, object>> = {
  Produce: {
    acks: -1,
    topicData: [{ name: NAME, topicId: TOPIC_ID, partitionData: [{ index: 0, records: batch() }] }],
  },
  Fetch: { topics: [{ topic: NAME, topicId: TOPIC_ID, partitions: [{ partition: 0 }] }] },
  Metadata: { topics: [{ name: NAME }] },
  FindCoordinator: { key: NAME, coordinatorKeys: [NAME, 'n1'] },
  DescribeCluster: {},
};

/** In which a response names a client, not a broker. */
const OF_CLIENTS = new Set(['DescribeGroups.clientHost']);

function isAddress(api: Api, { name, entity }: Field): boolean {
  if (OF_CLIENTS.has(`${api.name}.${name}`)) return false;
  return entity === 'host' || entity === 'port' || /host|port$|address|endpoint$/i.test(name);
}

function structOf({ type }: Field): readonly Field[] | undefined {
  if (typeof type === 'string') return undefined;
  if ('fields' in type) return type.fields;
  return typeof type.element === 'string' ? undefined : type.element.fields;
}

/** Fields of the version that hold addresses, at any depth. */
function addressesIn(api: Api, fields: readonly Field[], version: number): string[] {
  return fields
    .filter(({ versions }) => holds(versions, version))
    .flatMap((field) => {
      const inner = structOf(field);
      if (inner !== undefined) return addressesIn(api, inner, version).map((path) => `${field.name}.${path}`);
      return isAddress(api, field) ? [field.name] : [];
    });
}

/** Responses in which every field has a value: two elements to each list, and no address twice. */
class Filler {
  readonly hosts: string[] = [];
  readonly ports: number[] = [];
  #next = 0;

  fill(fields: readonly Field[], version: number, element = 0): Record<string, unknown> {
    const present = fields.filter(({ versions }) => holds(versions, version));
    return Object.fromEntries(present.map((field) => [field.name, this.#value(field, version, element)]));
  }

  #value(field: Field, version: number, element: number): unknown {
    const { name, type } = field;
    const inner = structOf(field);
    if (typeof type !== 'string' && 'element' in type) {
      return [0, 1].map((n) => (inner === undefined ? 0 : this.fill(inner, version, n)));
    }
    if (inner !== undefined) return this.fill(inner, version, element);
    if (/host|address/i.test(name)) return this.#host();
    if (/port$/i.test(name)) return this.#port();
    // The first broker has an address at the gate, the second has none.
    if (name === 'nodeId' || name === 'brokerId') return element === 0 ? 1 : 77;
    switch (type) {
      case 'string':
        return `n${element}`;
      case 'uuid':
        return TOPIC_ID;
      case 'int64':
        return 0n;
      case 'bool':
        return false;
      case 'bytes':
      case 'records':
        return Buffer.alloc(0);
      default:
        return 0;
    }
  }

  #host(): string {
    this.hosts.push(`inside-${this.#next++}.internal`);
    return this.hosts.at(-1) as string;
  }

  #port(): number {
    this.ports.push(50_000 + this.#next++);
    return this.ports.at(-1) as number;
  }
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? String(one) : one));

for (const api of APIS.values()) {
  for (let version = api.versions[0]; version <= api.versions[1]; version++) {
    const paths = addressesIn(api, api.response, version);
    if (paths.length === 0) continue;
    test(`${api.name} ${version}: nothing of ${paths.join(', ')} passes`, () => {
      const handler = HANDLERS.get(api.key) as Handler<object, object>;
      const request = REQUESTS[api.name];
      assert.ok(request, `${api.name} ${version} has a field for an address and no request here: is it rewritten?`);
      const filler = new Filler();
      const context = new ClientContext({ allow: EVERYTHING, ids: { [NAME]: TOPIC_ID } });
      const { outcome, toClient } = exchange(handler, version, context, request, () =>
        filler.fill(api.response, version),
      );
      assert.ok(outcome.kind === 'pass' || outcome.kind === 'send', `the request is let through: ${outcome.kind}`);
      assert.ok(filler.hosts.length > 0, 'the broker named hosts');
      const answer = text(toClient);
      for (const host of filler.hosts) assert.ok(!answer.includes(host), `${host} came out`);
      for (const port of filler.ports) assert.ok(!answer.includes(String(port)), `port ${port} came out`);
      assert.match(answer, /"host":"gate\.example","port":9001/);
    });
  }
}

test('the APIs whose responses may hold an address', () => {
  const apis = [...APIS.values()].filter(({ versions: [first, last], ...api }) => {
    const all = Array.from({ length: last - first + 1 }, (_, n) => first + n);
    return all.some((version) => addressesIn({ ...api, versions: [first, last] }, api.response, version).length > 0);
  });
  assert.deepEqual(apis.map(({ name }) => name).toSorted(), Object.keys(REQUESTS).toSorted());
});

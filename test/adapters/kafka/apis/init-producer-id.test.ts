import { initProducerIdHandler } from '../../../../adapters/kafka/apis/init-producer-id.ts';
import type {
  InitProducerIdRequest,
  InitProducerIdResponse,
} from '../../../../adapters/kafka/codec/schemas/init-producer-id.ts';
import type { KafkaRuleSource } from '../../../../policies/source.ts';
import { ALICE } from '../support/alice.ts';
import { type Case, runCases, versions } from '../support/cases.ts';

type InitCase = Omit<Case<InitProducerIdRequest, InitProducerIdResponse>, 'versions'>;

function ask(transactionalId: string | null): InitProducerIdRequest {
  return { transactionalId, transactionTimeoutMs: 10_000, producerId: 4n, producerEpoch: 2 };
}

const GIVEN: InitProducerIdResponse = { throttleTimeMs: 1, errorCode: 0, producerId: 1000n, producerEpoch: 0 };

const refused = (errorCode: number): InitProducerIdResponse => ({ errorCode, producerId: -1n, producerEpoch: -1 });

/** Has what it asks for: the broker is asked, and its response passes. */
function allowed(
  what: string,
  transactionalId: string | null,
  allow: readonly KafkaRuleSource[],
  deny?: KafkaRuleSource,
): InitCase {
  const client = { allow, ...(deny !== undefined && { deny: [deny] }) };
  return { what, client, asks: ask(transactionalId), sends: 'same', answer: GIVEN, gets: 'same' };
}

/** A client without a transactional id that lacks both rights. */
function denied(what: string, allow: readonly KafkaRuleSource[], ...deny: KafkaRuleSource[]): InitCase {
  return {
    what,
    client: { allow, deny },
    asks: ask(null),
    gets: refused(31),
    refusals: ['idempotentWrite cluster 31'],
  };
}

const write = (topic: string, prefix = false): KafkaRuleSource => ({ topic, prefix, operations: ['write'] });
const IDEMPOTENT: KafkaRuleSource = { cluster: true, operations: ['idempotentWrite'] };

const CASES: readonly InitCase[] = [
  allowed('a transactional id that may be written', 'tx-ok', ALICE),
  {
    what: 'one that may not, though topics may be written',
    client: { allow: [...ALICE, IDEMPOTENT] },
    asks: ask('tx-no'),
    gets: refused(53),
    refusals: ['write transactionalId:tx-no 53'],
  },
  {
    what: 'an empty one is one',
    client: { allow: [...ALICE, IDEMPOTENT] },
    asks: ask(''),
    gets: refused(53),
    refusals: ['write transactionalId: 53'],
  },
  allowed('none, and a topic that may be written', null, ALICE),
  allowed('none, and IDEMPOTENT_WRITE', null, [IDEMPOTENT]),
  allowed('none, and topics by prefix', null, [write('or', true)]),
  allowed('none, and IDEMPOTENT_WRITE with no topic left to write', null, [IDEMPOTENT, write('a')], write('*')),
  allowed('none, and a topic beside a denied one', null, [write('a'), write('b')], write('a')),
  denied('none, and nothing to write', [{ topic: '*', operations: ['read', 'describe', 'create'] }]),
  denied('none, and a transactional id that may be written', [{ transactionalId: '*', operations: ['all'] }]),
  denied('none, and every topic denied', [write('a')], write('*')),
  denied('none, and the only topic denied by a prefix', [write('orders')], write('or', true)),
  denied('none, and IDEMPOTENT_WRITE denied', [{ cluster: true, operations: ['all'] }], IDEMPOTENT),
];

runCases(
  initProducerIdHandler,
  CASES.map((one) => ({ ...one, versions: versions(0, 5) })),
);

/** The Kafka steps of the demo as data. */
import type { Cause } from '../../../../policies/causes.ts';
import type { CardName } from '../certificates.ts';
import type { Expectation } from '../steps.ts';

export const TOPICS = ['orders.eu', 'orders.closed', 'payroll'] as const;
export type TopicName = (typeof TOPICS)[number];

export type KafkaAction =
  | { readonly kind: 'connect'; readonly card?: CardName }
  | { readonly kind: 'produce'; readonly topic: TopicName }
  /** A transactional producer gets its producer id. */
  | { readonly kind: 'transactional'; readonly id: string }
  /** Reads what was produced to the topic so far, as a member of the group. */
  | { readonly kind: 'consume'; readonly topic: TopicName; readonly group: string }
  | { readonly kind: 'list' }
  /** So many large records, one request each. */
  | { readonly kind: 'flood'; readonly topic: TopicName; readonly records: number };

export interface KafkaStep extends Expectation {
  readonly action: KafkaAction;
}

/** What a flood's client sees. */
export const SLOWED = 'slowed down';
/** What a listing shows that holds every topic of the prefix `orders.` and none other. */
export const ONLY_ORDERS = 'only orders.*';

const ALLOW = 'roles.erp.kafka.allow[0]';
const FLOOD = 8;

/** Every step, in order. */
export const KAFKA_STEPS: readonly KafkaStep[] = [
  refusedConnects('stranger', 'connect without certificate', 'no-certificate'),
  refusedConnects('forger', 'connect, foreign CA', 'unknown-ca', 'forger'),
  refusedConnects('visitor', 'connect, subject O=Visitors', 'no-identity', 'visitor'),
  connects('erp-1', 'erp'),
  { ...produces('erp-1', 'orders.eu', ALLOW), sees: 'acknowledged' },
  {
    clientName: 'erp-1',
    what: 'group erp-billing: orders.eu',
    action: { kind: 'consume', topic: 'orders.eu', group: 'erp-billing' },
    by: 'identity erp',
    sees: '1 record',
  },
  {
    clientName: 'erp-1',
    what: `list the ${TOPICS.length} topics`,
    action: { kind: 'list' },
    by: 'identity erp',
    sees: ONLY_ORDERS,
  },
  { ...produces('erp-1', 'payroll', 'default-deny'), cause: 'denied', sees: 'error 29' },
  { ...produces('erp-1', 'orders.closed', 'roles.erp.kafka.deny[0]'), cause: 'denied', sees: 'error 29' },
  {
    clientName: 'erp-1',
    what: 'group audit: orders.eu',
    action: { kind: 'consume', topic: 'orders.eu', group: 'audit' },
    cause: 'denied',
    by: 'default-deny',
    sees: 'error 30',
  },
  transactional('erp-tx', 'identity erp', 'producer id'),
  { ...transactional('other-tx', 'default-deny', 'error 53'), cause: 'denied' },
  { ...produces('erp-1', 'orders.eu', ALLOW), what: 'produce orders.eu, still there', sees: 'acknowledged' },
  connects('feed-3', 'feeds'),
  {
    clientName: 'feed-3',
    what: `flood orders.eu, ${FLOOD} x 16 KiB`,
    action: { kind: 'flood', topic: 'orders.eu', records: FLOOD },
    by: 'roles.feed.kafka.allow[0]',
    sees: SLOWED,
  },
];

/** Refused by its certificate: Kafka has no response for this, so the connection is closed. */
function refusedConnects(clientName: string, what: string, cause: Cause, card?: CardName): KafkaStep {
  return { clientName, what, action: { kind: 'connect', ...(card && { card }) }, cause, by: cause, sees: 'closed' };
}

function connects(card: CardName, identity: string): KafkaStep {
  return {
    clientName: card,
    what: 'connect',
    action: { kind: 'connect', card },
    by: `identity ${identity}`,
    sees: 'connected',
  };
}

function produces(clientName: string, topic: TopicName, by: string): Omit<KafkaStep, 'sees'> {
  return { clientName, what: `produce ${topic}`, action: { kind: 'produce', topic }, by };
}

function transactional(id: string, by: string, sees: string): KafkaStep {
  return { clientName: 'erp-1', what: `transactional id ${id}`, action: { kind: 'transactional', id }, by, sees };
}

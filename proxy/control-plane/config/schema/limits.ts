/** `limits`: what a client may use up. */
import type * as z from 'zod';
import { ON_EXCEED, type OnExceed } from '../../../../policies/limits/keys.ts';
import { byteRate, count, GIB, policyDuration, rate, size } from './fields/quantity.ts';
import { section, shortOrFull } from './fields/section.ts';
import { choice, scope } from './fields/text.ts';

const BURST = 'How long a full bucket lasts at the rate of the limit.';
const ON_EXCEED_WORDS =
  'What a client over the limit meets: it is read more slowly, each packet or request is refused, or it is disconnected.';

/** A rate, alone or with what holds for it in place of what its block says. `answers`: to an excess. */
function traffic(limit: z.ZodString, type: string, answers: readonly OnExceed[] = ON_EXCEED) {
  const full = section({
    limit: limit.describe('The rate.'),
    burst: policyDuration().exactOptional().meta({ default: 'that of the block' }).describe(BURST),
    onExceed: choice(answers as [OnExceed])
      .exactOptional()
      .meta({ default: 'that of the block' })
      .describe(ON_EXCEED_WORDS),
  });
  return shortOrFull(limit, full, type).exactOptional();
}

const EVENTS = 'a rate such as 50/s, 6/min or 100/h';
const events = () => traffic(rate(), EVENTS);
const BYTES = 'a rate of bytes such as 64KiB/s or 20MiB/s';

export const limits = section({
  scope: scope()
    .exactOptional()
    .meta({ default: '`principal`' })
    .describe(
      'Whose limits they are. `principal`: of each principal alone. `group:NAME`: of all principals together whose blocks name the group, on all listeners; each client is held to what its own blocks say of the group, beside its own limits, and waits for the longer. Over either it meets the harder `onExceed` of both. At most 4 groups of one client; `topics`, `subscriptions`, `inFlight` and `packetSize` cannot be shared.',
    ),
  quota: choice(['kafka'])
    .exactOptional()
    .meta({ default: 'none: they are buckets' })
    .describe(
      'In the limits of a Kafka listener: `bytes`, `bytesOut` and `requests` of the block are averaged as Kafka averages its quotas, over 11 samples of a second that all workers share, and `burst` is of no account to them: who has used nothing may use ten seconds at once, and waits as long as brings the average back. A client is told at most `kafka.maxThrottle`. Samples begin at full seconds of the gate’s clock, not with a request as Kafka’s do. Where several blocks limit the same, that of the strictest rate says whether it is a quota.',
    ),
  publish: events().describe('Messages that the client publishes; Kafka: records.'),
  bytes: traffic(byteRate(), BYTES).describe('Bytes that the client sends; Kafka: of all its requests.'),
  bytesOut: traffic(byteRate(), BYTES, ['throttle', 'disconnect']).describe(
    'Bytes that the broker sends to the client: deliveries, answers. Over it MQTT’s broker is not read until the time is made up for; Kafka’s answers tell `throttle_time_ms`. A `reject` of the block means `throttle` here.',
  ),
  requests: events().describe(
    'MQTT: requests that carry no message (SUBSCRIBE, UNSUBSCRIBE, PINGREQ). Kafka: requests of every API.',
  ),
  topics: shortOrFull(
    rate(),
    section({
      limit: rate().describe('The rate.'),
      onExceed: choice(ON_EXCEED).exactOptional().meta({ default: 'that of the block' }).describe(ON_EXCEED_WORDS),
    }),
    EVENTS,
  )
    .exactOptional()
    .describe(
      'MQTT: topics that the client begins to publish to. Per time: `20/min` are twenty topics at once or one by one, each of which counts again after a minute. On several workers a topic counts for each of them.',
    ),
  handshakes: rate().exactOptional().describe('TLS handshakes. Per time: `6/min` lets six reconnects come at once.'),
  connections: count({ min: 1, max: 1_000_000 }).exactOptional().describe('Connections at once.'),
  subscriptions: count({ min: 1, max: 65_536 })
    .exactOptional()
    .describe(
      'MQTT: subscriptions of one connection, at most `mqtt.maxSubscriptions`; those that the broker kept of an earlier connection are not counted.',
    ),
  inFlight: count({ min: 1, max: 65_535 })
    .exactOptional()
    .describe(
      'Of one connection, as of its beginning. MQTT: messages of QoS 1 and 2 that the client may have in flight, at most `mqtt.receiveMaximum`; clients of 3.1.1 are not read while they have more. Kafka: requests that wait for an answer, at most `kafka.maxInFlight`.',
    ),
  packetSize: size({ min: 256, max: GIB })
    .exactOptional()
    .describe(
      'Of one connection, as of its beginning: largest packet of MQTT in both directions, at most `mqtt.maxPacketSize`, or request of Kafka. What a larger one means is what it means to the listener.',
    ),
  burst: policyDuration().exactOptional().meta({ default: '`1s`' }).describe(`${BURST} For limits that say no other.`),
  onExceed: choice(ON_EXCEED)
    .exactOptional()
    .meta({ default: '`throttle`' })
    .describe(
      `${ON_EXCEED_WORDS} For limits that say no other. Where several blocks limit the same, that of the strictest rate holds; of equal ones the hardest.`,
    ),
});

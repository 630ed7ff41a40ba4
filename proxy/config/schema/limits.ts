/** `limits`: what a client may use up. */
import type * as z from 'zod';
import { ON_EXCEED } from '../../../policies/limits/keys.ts';
import { byteRate, count, policyDuration, rate } from './fields/quantity.ts';
import { section, shortOrFull } from './fields/section.ts';
import { choice } from './fields/text.ts';

const BURST = 'How long a full bucket lasts at the rate of the limit.';
const ON_EXCEED_WORDS =
  'What a client over the limit meets: it is read more slowly, each packet or request is refused, or it is disconnected.';

/** A rate, alone or with what holds for it in place of what its block says. */
function traffic(limit: z.ZodString, type: string) {
  const full = section({
    limit: limit.describe('The rate.'),
    burst: policyDuration().exactOptional().meta({ default: 'that of the block' }).describe(BURST),
    onExceed: choice(ON_EXCEED).exactOptional().meta({ default: 'that of the block' }).describe(ON_EXCEED_WORDS),
  });
  return shortOrFull(limit, full, type).exactOptional();
}

const events = () => traffic(rate(), 'a rate such as 50/s, 6/min or 100/h');
const bytes = () => traffic(byteRate(), 'a rate of bytes such as 64KiB/s or 20MiB/s');

export const limits = section({
  publish: events().describe('Messages that the client publishes; Kafka: records.'),
  bytes: bytes().describe('Bytes that the client sends; Kafka: of all its requests.'),
  requests: events().describe(
    'MQTT: requests that carry no message (SUBSCRIBE, UNSUBSCRIBE, PINGREQ). Kafka: requests of every API.',
  ),
  handshakes: rate().exactOptional().describe('TLS handshakes. Per time: `6/min` lets six reconnects come at once.'),
  connections: count({ min: 1, max: 1_000_000 }).exactOptional().describe('Connections at once.'),
  burst: policyDuration().exactOptional().meta({ default: '`1s`' }).describe(`${BURST} For limits that say no other.`),
  onExceed: choice(ON_EXCEED)
    .exactOptional()
    .meta({ default: '`throttle`' })
    .describe(
      `${ON_EXCEED_WORDS} For limits that say no other. Where several blocks limit the same, that of the strictest rate holds; of equal ones the hardest.`,
    ),
});

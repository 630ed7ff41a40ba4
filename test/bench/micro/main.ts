/** ns per operation of the parts that every packet passes; `npm run bench -- --micro`. */
import { createShared, openClock, openLimits } from '../../../proxy/shared/tables/index.ts';
import { publishPacket } from '../load/packets.ts';
import { table } from '../report.ts';
import { handshakeTable } from './handshake-verdict.ts';
import { fetchNs, metadataNs, produceNs } from './kafka.ts';
import { largePolicyTable } from './large-policy.ts';
import { benchClient } from './policy.ts';
import { revocationNs } from './revocation-index.ts';
import { openSession } from './session.ts';
import { nsPerOp } from './timing.ts';
import { verdictBytes, verdictNs } from './verdict-cost.ts';

const ONE = ['plant/press-42/temperature'];
const FOUR = [...ONE, 'plant/press-42/pressure-in', 'plant/press-42/vibration-x', 'plant/press-42/power-total'];
const LONG = 'plant/press-42/line-7/cell-19/spindle-3/bearing-2/temperature';
const FLOOD = 65_536;

type Row = readonly [name: string, ns: number];

function decisions(): Row[] {
  const { access } = benchClient();
  const hit = (topic: string): number => {
    const buf = Buffer.from(topic);
    return nsPerOp((n) => {
      for (let i = 0; i < n; i++) access.publish(buf, 0, buf.length, 0, false, 1024);
    });
  };
  const many = Array.from({ length: FLOOD }, (_, i) => Buffer.from(`plant/press-42/sensor-${i}/temperature`));
  const flood = nsPerOp((n) => {
    for (let i = 0; i < n; i++) {
      const topic = many[i % FLOOD] as Buffer;
      access.publish(topic, 0, topic.length, 0, false, 1024);
    }
  });
  return [
    ['decision, cached, 26-byte topic', hit(ONE[0] as string)],
    ['decision, cached, 61-byte topic', hit(LONG)],
    [`decision, flood of ${FLOOD} topics`, flood],
  ];
}

/** The real limits of one client, with the clock read as told. */
function limitedTake(readClock: boolean) {
  const shared = createShared({ workers: 1 });
  const { who } = benchClient();
  const handle = openLimits(shared, 0).acquire(who.identity, who.principal, who.limits);
  if (handle === 'table-full') throw new Error('no slot');
  const clock = openClock(shared);
  // Without the clock time stands still and the bucket would run dry: a coarse one goes on.
  let now = clock.now();
  let calls = 0;
  return (kind: 'publish' | 'bytes' | 'requests', n: number, maxWait: number): number => {
    if (readClock) now = clock.now();
    else if ((++calls & 63) === 0) now += 0.05;
    return handle.take(kind, n, maxWait, now);
  };
}

function limits(): Row[] {
  const clock = openClock(createShared({ workers: 1 }));
  const once = limitedTake(false);
  return [
    [
      'clock',
      nsPerOp((n) => {
        for (let i = 0; i < n; i++) clock.now();
      }),
    ],
    [
      'bucket: publish',
      nsPerOp((n) => {
        for (let i = 0; i < n; i++) once('publish', 1, 0);
      }),
    ],
    [
      'bucket: 1 KiB',
      nsPerOp((n) => {
        for (let i = 0; i < n; i++) once('bytes', 1024, 0);
      }),
    ],
  ];
}

/** ns per packet of a batch of PUBLISHes that comes in one read. */
function packets(
  direction: 'fromClient' | 'fromBroker',
  topics: readonly string[],
  size: number,
  take?: ReturnType<typeof limitedTake>,
): number {
  const count = 64;
  const batch = Buffer.concat(
    Array.from({ length: count }, (_, i) => publishPacket(topics[i % topics.length] as string, size, 0)),
  );
  const { session, out } = openSession(take);
  const ns = nsPerOp((n) => {
    for (let i = 0; i < n; i++) session[direction](batch, 0, batch.length);
  });
  if (out.forwarded === 0) throw new Error('nothing was forwarded');
  return ns / count;
}

function sessions(): Row[] {
  return [
    ['PUBLISH up, one topic, 128 B', packets('fromClient', ONE, 128)],
    ['PUBLISH up, one topic, 1 KiB', packets('fromClient', ONE, 1024)],
    ['PUBLISH up, four topics in turn, 1 KiB', packets('fromClient', FOUR, 1024)],
    ['the same with limits', packets('fromClient', FOUR, 1024, limitedTake(false))],
    ['the same with limits and a clock read per take', packets('fromClient', FOUR, 1024, limitedTake(true))],
    ['PUBLISH down, one topic, 1 KiB', packets('fromBroker', ONE, 1024)],
  ];
}

function kafka(): Row[] {
  return [
    ['Kafka: Produce 1 KiB and its answer', produceNs(1024)],
    ['Kafka: Produce 16 KiB and its answer', produceNs(16_384)],
    ['Kafka: Fetch of 1 KiB and its answer', fetchNs(1024)],
    ['Kafka: Metadata answer of 10,000 topics', metadataNs()],
  ];
}

const HANDSHAKES = 300;
const ROUNDS = 9;

export async function runMicro(say: (line: string) => void): Promise<number> {
  const rows = [...decisions(), ...limits(), ...sessions(), ...kafka(), ...revocationNs(), ...(await verdictNs())];
  say(
    table(
      ['operation', 'ns'],
      rows.map(([name, ns]) => [name, ns.toFixed(1)]),
    ),
  );
  const kept = (await verdictBytes()).map(([name, bytes]) => [name, bytes.toFixed(0)]);
  say(`\n${table(['kept for as long as a session lives', 'bytes'], kept)}`);
  say(`\n${await handshakeTable(HANDSHAKES, ROUNDS)}`);
  say(`\n${await largePolicyTable()}`);
  return 0;
}

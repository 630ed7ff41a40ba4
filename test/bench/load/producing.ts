/** Prebuilt Produce traffic. */
import { once } from 'node:events';
import { clientCount, sealBurst, useClients } from './bursts.ts';
import { inLanes, openSealed, type SealedClient } from './client.ts';
import type { Endpoint } from './generator-api.ts';
import { apiVersionsFrame, produceFrame, TOPICS } from './kafka-frames.ts';
import { innerPlaintext } from './tls-records.ts';

/** Plaintext of one record (RFC 8446, 5.1). */
const RECORD = 16_384;

export async function openProducers(endpoint: Endpoint, connections: number): Promise<void> {
  const opened: SealedClient[] = [];
  useClients(opened);
  await inLanes(connections, 16, async () => {
    const client = await openSealed(endpoint);
    const { socket, secured, sealer } = client;
    opened.push(client);
    const answer = once(secured, 'data', { signal: AbortSignal.timeout(10_000) });
    socket.write(sealer.seal(apiVersionsFrame(0)));
    await answer;
    secured.resume(); // answers to Produce are not looked at
  });
}

/**
 * Encrypts Produce requests with one batch of `batchBytes` each for every connection; returns
 * bytes of plaintext in all. A request that fits into one record has one of its own, as clients
 * write it; larger ones fill records without regard to where they end.
 */
export function prepareProduce(batchBytes: number, bytes: number): number {
  const round = TOPICS.map((topic, index) => produceFrame(topic, batchBytes, index));
  const frame = Math.max(...round.map((one) => one.length));
  const rounds = Math.max(1, Math.ceil(bytes / clientCount() / frame / round.length));
  if (frame <= RECORD) {
    const contents = round.map(innerPlaintext);
    const size = Buffer.concat(round).length;
    sealBurst(rounds * round.length, rounds * size, (n) => contents[n % contents.length] as Buffer);
    return rounds * size * clientCount();
  }
  return streamed(Buffer.concat(round), rounds) * clientCount();
}

/** `round` again and again, cut into full records; returns the bytes of one connection. */
function streamed(round: Buffer, rounds: number): number {
  const size = round.length * rounds;
  // The type of the content stands behind it: one buffer for full records, one for the last.
  const full = innerPlaintext(Buffer.alloc(RECORD));
  const last = size % RECORD === 0 ? full : innerPlaintext(Buffer.alloc(size % RECORD));
  sealBurst(Math.ceil(size / RECORD), size, (n) => {
    const inner = (n + 1) * RECORD <= size ? full : last;
    for (let at = 0; at < inner.length - 1; ) {
      const from = (n * RECORD + at) % round.length;
      at += round.copy(inner, at, from, Math.min(round.length, from + inner.length - 1 - at));
    }
    return inner;
  });
  return size;
}

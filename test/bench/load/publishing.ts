/** Prebuilt PUBLISH traffic. */
import { clientCount, sealBurst, useClients } from './bursts.ts';
import { inLanes, openPublisher, type SealedClient } from './client.ts';
import type { Endpoint, Layout } from './generator-api.ts';
import { publishPacket } from './packets.ts';
import { SWALLOW } from './sink-api.ts';
import { innerPlaintext } from './tls-records.ts';

/** A device that reports a few values: the topic changes from packet to packet, the set is small. */
const TOPICS = ['temperature', 'pressure-in', 'vibration-x', 'power-total'].map((value) => `plant/press-42/${value}`);

export async function openPublishers(endpoint: Endpoint, connections: number): Promise<void> {
  const opened: SealedClient[] = [];
  useClients(opened);
  await inLanes(connections, 16, async (index) => {
    opened.push(await openPublisher(endpoint, `${SWALLOW}${index}`));
  });
}

/** The record contents, one after the other; repeated until there is enough. */
function recordContents({ packet, perRecord }: Layout): Buffer[] {
  return TOPICS.map((_, first) =>
    innerPlaintext(
      Buffer.concat(
        Array.from({ length: perRecord }, (_unused, i) =>
          publishPacket(TOPICS[(first + i) % TOPICS.length] as string, packet, 0),
        ),
      ),
    ),
  );
}

/** Encrypts for every connection; returns bytes of plaintext in all. */
export function prepare(layout: Layout, bytes: number): number {
  const contents = recordContents(layout);
  const plaintext = layout.packet * layout.perRecord;
  const records = Math.max(1, Math.ceil(bytes / clientCount() / plaintext));
  sealBurst(records, records * plaintext, (n) => contents[n % contents.length] as Buffer);
  return records * plaintext * clientCount();
}

/** Prebuilt PUBLISH traffic. */

import { inLanes, openPublisher, type PublishClient } from './client.ts';
import type { Endpoint, Layout } from './generator-api.ts';
import { publishPacket } from './packets.ts';
import { SWALLOW } from './sink-api.ts';
import { innerPlaintext, RECORD_OVERHEAD } from './tls-records.ts';

/** A device that reports a few values: the topic changes from packet to packet, the set is small. */
const TOPICS = ['temperature', 'pressure-in', 'vibration-x', 'power-total'].map((value) => `plant/press-42/${value}`);

let clients: PublishClient[] = [];
let prepared: Buffer[] = [];

export async function openPublishers(endpoint: Endpoint, connections: number): Promise<void> {
  clients = [];
  await inLanes(connections, 16, async (index) => {
    clients.push(await openPublisher(endpoint, `${SWALLOW}${index}`));
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
  const records = Math.max(1, Math.ceil(bytes / clients.length / plaintext));
  prepared = clients.map(({ sealer }, index) => {
    // One buffer per connection, kept for the next run: fresh pages would cost more than the encryption.
    let out = buffers[index];
    const size = records * (plaintext + RECORD_OVERHEAD);
    if (out === undefined || out.length < size) out = buffers[index] = Buffer.allocUnsafeSlow(size);
    let at = 0;
    for (let i = 0; i < records; i++) at = sealer.sealInto(contents[i % contents.length] as Buffer, out, at);
    return out.subarray(0, at);
  });
  return records * plaintext * clients.length;
}

const buffers: Buffer[] = [];

let closing: () => void = () => {};

/**
 * One write per connection: the kernel takes it as fast as the proxy reads. The socket cannot say
 * when it has (completions go to the TLS layer on top), so this settles when the publishers are
 * closed, or fails when a connection ends before. The sink knows when everything has arrived.
 */
export function sendPrepared(): Promise<void> {
  return new Promise((resolve, reject) => {
    closing = resolve;
    clients.forEach(({ socket }, index) => {
      socket.once('close', () => reject(new Error('the proxy ended a connection')));
      socket.write(prepared[index] as Buffer);
    });
  });
}

export function closePublishers(): void {
  closing();
  for (const { socket } of clients) socket.destroy();
  clients = [];
  prepared = [];
}

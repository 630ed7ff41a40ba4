/** The few MQTT 3.1.1 packets that load generator and sink exchange. Clause numbers: OASIS MQTT 3.1.1. */

/** Bytes of the fixed header's remaining length (2.2.3). */
function remainingLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return Buffer.from(bytes);
}

function utf8(text: string): Buffer {
  const body = Buffer.from(text, 'utf8');
  const out = Buffer.alloc(2 + body.length);
  out.writeUInt16BE(body.length, 0);
  body.copy(out, 2);
  return out;
}

function packet(first: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([first]), remainingLength(body.length), body]);
}

/** CONNECT with a clean session and no keep-alive (3.1). */
export function connectPacket(clientId: string): Buffer {
  return packet(0x10, Buffer.concat([utf8('MQTT'), Buffer.from([4, 0x02, 0, 0]), utf8(clientId)]));
}

/** SUBSCRIBE to one filter at QoS 0 (3.8). */
export function subscribePacket(id: number, filter: string): Buffer {
  return packet(0x82, Buffer.concat([Buffer.from([id >> 8, id & 255]), utf8(filter), Buffer.from([0])]));
}

/** PUBLISH of exactly `size` bytes, fixed header included (3.3). `id` is used at QoS 1 only. */
export function publishPacket(topic: string, size: number, qos: 0 | 1, id = 1): Buffer {
  const head = Buffer.concat([utf8(topic), qos === 0 ? Buffer.alloc(0) : Buffer.from([id >> 8, id & 255])]);
  const headerBytes = size - 2 < 128 ? 2 : size - 3 < 16384 ? 3 : 4;
  const payload = size - headerBytes - head.length;
  if (payload < 0) throw new RangeError(`a PUBLISH of ${size} bytes has no room for the topic ${topic}`);
  const out = packet(0x30 | (qos << 1), Buffer.concat([head, Buffer.alloc(payload, 'x')]));
  if (out.length !== size) throw new RangeError(`no PUBLISH has exactly ${size} bytes`);
  return out;
}

export const CONNACK = Buffer.from([0x20, 2, 0, 0]);
export const DISCONNECT = Buffer.from([0xe0, 0]);
export const PINGRESP = Buffer.from([0xd0, 0]);

/** Total size of the packet at `offset`; 0 while its fixed header is incomplete. */
export function packetSize(buf: Buffer, offset: number): number {
  let length = 0;
  let factor = 1;
  for (let at = offset + 1; at < buf.length && at < offset + 5; at++) {
    const byte = buf[at] as number;
    length += (byte & 127) * factor;
    if (byte < 128) return at + 1 - offset + length;
    factor *= 128;
  }
  return 0;
}

/** Client id of a complete CONNECT packet: the first field of the payload (3.1.3.1). */
export function clientIdOf(connect: Buffer): string {
  let at = 1;
  while (((connect[at++] as number) & 128) !== 0);
  at += 2 + connect.readUInt16BE(at); // protocol name
  const level = connect[at] as number;
  at += 4; // level, flags, keep-alive
  if (level === 5) at += 1 + (connect[at] as number); // properties; a one-byte length is enough here
  return connect.toString('utf8', at + 2, at + 2 + connect.readUInt16BE(at));
}

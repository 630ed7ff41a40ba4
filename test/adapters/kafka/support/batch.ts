/** A record batch v2 of `size` bytes (61 at least) that says it holds `records` records; its content is no matter. */
export function batch(size = 61, { records = 1, attributes = 0, magic = 2 } = {}): Buffer {
  const bytes = Buffer.alloc(size, 0x5a);
  bytes.fill(0, 0, Math.min(size, 61));
  bytes.writeInt32BE(size - 12, 8);
  bytes[16] = magic;
  bytes.writeInt16BE(attributes, 21);
  bytes.writeBigInt64BE(-1n, 43);
  bytes.writeInt32BE(records, 57);
  return bytes;
}

export const TRANSACTIONAL = 0x10;

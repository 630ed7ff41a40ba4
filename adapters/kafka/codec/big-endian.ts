/**
 * Signed integers in network byte order. Callers know that the bytes are there: `Buffer`'s own
 * readers check it once more, and are too large to become part of the loops that call them.
 */

export function int16At(buf: Uint8Array, at: number): number {
  return (((buf[at] as number) << 24) >> 16) | (buf[at + 1] as number);
}

/** The signed 32-bit integer at `at`, big-endian. The caller has checked the bounds. */
export function int32At(buf: Uint8Array, at: number): number {
  return (
    ((buf[at] as number) << 24) |
    ((buf[at + 1] as number) << 16) |
    ((buf[at + 2] as number) << 8) |
    (buf[at + 3] as number)
  );
}

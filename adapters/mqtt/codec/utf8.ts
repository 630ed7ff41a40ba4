import { isUtf8 } from 'node:buffer';

/**
 * True for a well-formed UTF-8 string without U+0000 [MQTT-1.5.4-1, MQTT-1.5.4-2]. A byte order
 * mark is an ordinary character [MQTT-1.5.4-3]. Overlong forms and surrogates are ill-formed.
 */
export function isMqttString(buf: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = buf[i] as number;
    if (byte === 0) return false;
    if (byte >= 0x80) {
      const rest = buf.subarray(i, end);
      return isUtf8(rest) && !rest.includes(0);
    }
  }
  return true;
}

/** Decodes bytes that passed `isMqttString`; nothing is replaced or stripped then. */
export function decode(buf: Uint8Array, start: number, end: number): string {
  return Buffer.from(buf.buffer, buf.byteOffset + start, end - start).toString('utf8');
}

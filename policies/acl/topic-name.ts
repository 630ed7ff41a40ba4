/**
 * The grammar of topic names (MQTT 5.0, clauses 4.7 and 1.5.4; the same in 3.1.1):
 *
 *     name = 1*65535 bytes of well-formed UTF-8 without U+0000, "+" and "#"
 *
 * Levels are what stands between the slashes; an empty level is a level. Control characters
 * and non-characters are legal; nothing is normalised or folded, brokers compare bytes.
 */
import { isUtf8 } from 'node:buffer';

/** Bytes of a topic name or filter, as the two-byte length of the wire allows. */
export const MAX_TOPIC_BYTES = 65_535;
/** Levels of a topic name or filter where nobody said otherwise. */
export const DEFAULT_MAX_LEVELS = 128;

/** What is wrong with the topic name in bytes `[start, end)`, in words; undefined: nothing. Allocates nothing for a good name. */
export function topicBytesFault(
  buf: Uint8Array,
  start: number,
  end: number,
  maxLevels: number = DEFAULT_MAX_LEVELS,
): string | undefined {
  if (start >= end) return 'the topic name is empty';
  if (end - start > MAX_TOPIC_BYTES) return `the topic name is longer than ${MAX_TOPIC_BYTES} bytes`;
  let levels = 1;
  let seen = 0;
  for (let i = start; i < end; i++) {
    const byte = buf[i] as number;
    seen |= byte;
    if (byte > 0x2f) continue;
    if (byte === 0x2f) levels++;
    else if (byte === 0x2b) return 'a topic name may not hold the wildcard +';
    else if (byte === 0x23) return 'a topic name may not hold the wildcard #';
    else if (byte === 0) return 'a topic name may not hold U+0000';
  }
  if (levels > maxLevels) return `the topic name has more than ${maxLevels} levels`;
  if (seen >= 0x80 && !isUtf8(buf.subarray(start, end))) return 'the topic name is not well-formed UTF-8';
  return undefined;
}

/** The same for a string. */
export function topicNameFault(topic: string, maxLevels: number = DEFAULT_MAX_LEVELS): string | undefined {
  // Buffer.from would turn a lone surrogate into U+FFFD, which is well-formed.
  if (!topic.isWellFormed()) return 'the topic name is not well-formed UTF-8';
  // One UTF-16 unit is at least one byte: nothing huge is encoded.
  if (topic.length > MAX_TOPIC_BYTES) return `the topic name is longer than ${MAX_TOPIC_BYTES} bytes`;
  const bytes = Buffer.from(topic, 'utf8');
  return topicBytesFault(bytes, 0, bytes.length, maxLevels);
}

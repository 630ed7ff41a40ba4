import { isUtf8 } from 'node:buffer';

const PLUS = 0x2b;
const HASH = 0x23;
const SLASH = 0x2f;

/** What is wrong with a topic name; '' when nothing is. */
export type TopicProblem = '' | 'empty' | 'utf-8' | 'nul' | 'wildcard' | 'levels';

/**
 * Checks a topic name on its bytes: well-formed UTF-8, no NUL, no wildcard, at least one
 * character, not too deep [MQTT-4.7.3-1, MQTT-4.7.3-2, MQTT-3.3.2-2]. Empty levels are levels.
 */
export function topicProblem(buf: Uint8Array, start: number, end: number, maxLevels: number): TopicProblem {
  if (start === end) return 'empty';
  let levels = 1;
  let high = 0;
  for (let i = start; i < end; i++) {
    const byte = buf[i] as number;
    // Everything that matters is below '0', most of a topic is above: one comparison per byte.
    if (byte < 0x30) {
      if (byte === SLASH) levels++;
      else if (byte === PLUS || byte === HASH) return 'wildcard';
      else if (byte === 0) return 'nul';
    }
    high |= byte;
  }
  if (levels > maxLevels) return 'levels';
  if (high >= 0x80 && !isUtf8(buf.subarray(start, end))) return 'utf-8';
  return '';
}

const SHARE = '$share/';

/** Is the filter that of a shared subscription (MQTT 5.0, 4.8.2)? */
export function isShared(filter: string): boolean {
  return filter.startsWith(SHARE);
}

/**
 * A message that says what is wrong with a topic filter; '' when nothing is. The string was decoded from
 * bytes that passed the UTF-8 check [MQTT-4.7.1-1, MQTT-4.7.1-2, MQTT-4.8.2-1, MQTT-4.8.2-2].
 */
export function filterProblem(filter: string, maxLevels: number): string {
  let from = 0;
  if (filter === '$share') return 'a shared subscription without group';
  if (isShared(filter)) {
    const slash = filter.indexOf('/', SHARE.length);
    if (slash < 0) return 'a shared subscription without filter';
    const group = filter.slice(SHARE.length, slash);
    if (group === '') return 'a shared subscription without group';
    if (/[+#]/.test(group)) return 'a wildcard in the group of a shared subscription';
    from = slash + 1;
  }
  if (from === filter.length) return 'an empty filter';
  let levels = 1;
  for (let i = from; i < filter.length; i++) {
    const c = filter.charCodeAt(i);
    if (c === SLASH) {
      levels++;
      continue;
    }
    if (c !== PLUS && c !== HASH) continue;
    const first = i === from || filter.charCodeAt(i - 1) === SLASH;
    const last = i + 1 === filter.length;
    if (c === HASH && !(first && last)) return 'a # that is not the whole last level';
    if (c === PLUS && !(first && (last || filter.charCodeAt(i + 1) === SLASH))) return 'a + that is not a whole level';
  }
  return levels > maxLevels ? `more than ${maxLevels} levels` : '';
}

/**
 * The grammar of topic filters (MQTT 5.0, clauses 4.7.1 and 4.8.2; 3.1.1 without shares):
 *
 *     subscription = filter / "$share/" group "/" filter
 *     filter       = *( level "/" ) ( level / "#" )
 *     level        = "+" / *( any character but U+0000 "/" "+" "#" )
 *     group        = 1*( any character but U+0000 "/" "+" "#" )
 *
 * `$share` begins a shared subscription in 3.1.1 too: brokers read it so.
 */
import { DEFAULT_MAX_LEVELS, MAX_TOPIC_BYTES } from './topic-name.ts';

/**
 * The levels of a filter. `+` stands for one level, `#` (only last) for its parent and all
 * below; a literal level can be neither, so plain strings say it all.
 */
export type FilterLevels = readonly string[];

export interface TopicFilter {
  readonly levels: FilterLevels;
  /** Group of a shared subscription. */
  readonly share?: string;
}

/** The text is no topic filter; the message says why and never repeats the text. */
export class TopicFilterError extends Error {
  override name = 'TopicFilterError';
}

const SHARE = '$share';

/** @throws TopicFilterError */
export function parseTopicFilter(text: string, maxLevels: number = DEFAULT_MAX_LEVELS): TopicFilter {
  if (text === '') throw new TopicFilterError('the topic filter is empty');
  if (!text.isWellFormed()) throw new TopicFilterError('the topic filter is not well-formed UTF-8');
  if (text.length > MAX_TOPIC_BYTES || Buffer.byteLength(text, 'utf8') > MAX_TOPIC_BYTES) {
    throw new TopicFilterError(`the topic filter is longer than ${MAX_TOPIC_BYTES} bytes`);
  }
  if (text.includes('\0')) throw new TopicFilterError('a topic filter may not hold U+0000');
  // Two levels more than allowed: `$share` and the group do not count.
  const levels = text.split('/', maxLevels + 3);
  if (levels[0] !== SHARE) return { levels: checkLevels(levels, maxLevels) };
  const [, group, ...rest] = levels;
  if (group === undefined || rest.length === 0) {
    throw new TopicFilterError('a shared subscription must be $share/{group}/{filter}');
  }
  if (group === '' || group.includes('+') || group.includes('#')) {
    throw new TopicFilterError('the group of a shared subscription must be one level without wildcards');
  }
  if (rest.length === 1 && rest[0] === '') throw new TopicFilterError('the filter of a shared subscription is empty');
  if (rest[0] === SHARE) throw new TopicFilterError('a shared subscription may not hold another one');
  return { levels: checkLevels(rest, maxLevels), share: group };
}

/** Checks where wildcards stand. @throws TopicFilterError */
export function checkLevels(levels: FilterLevels, maxLevels: number = DEFAULT_MAX_LEVELS): FilterLevels {
  if (levels.length > maxLevels) throw new TopicFilterError(`the topic filter has more than ${maxLevels} levels`);
  const last = levels.length - 1;
  for (let i = 0; i <= last; i++) {
    const level = levels[i] as string;
    if (level.length !== 1 && level.includes('+')) throw new TopicFilterError('the wildcard + must be a whole level');
    if (level.includes('#') && !(level.length === 1 && i === last)) {
      throw new TopicFilterError('the wildcard # must be the whole last level');
    }
  }
  return levels;
}

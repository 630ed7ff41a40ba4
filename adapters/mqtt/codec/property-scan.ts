import { MqttError, malformed, protocolError } from '../error.ts';
import { IN, PROPERTY, PROPERTY_RULES, type PropertyRule } from './property-table.ts';
import { readU16 } from './reader.ts';
import { CODE } from './reason-codes.ts';
import { topicProblem } from './topic.ts';
import { decode, isMqttString } from './utf8.ts';

/** Subscription Identifiers of one PUBLISH. All other properties but user properties occur once. */
const MAX_SUBSCRIPTION_IDS = 1024;

/**
 * The properties of the packet under the reader, as offsets into its bytes, in their order. The
 * arrays are used again by the next scan.
 *
 *     properties = length(varint) 1*( identifier(varint) value )      (MQTT 5.0, 2.2.2)
 *
 * The identifier decides the type of the value and the packets that may carry it: property-table.ts.
 */
export class PropertyScan {
  count = 0;
  readonly ids: number[] = [];
  /** Offset of the identifier. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** The number, or the offset of the first length byte of a text. */
  readonly values: number[] = [];
  /** Identifiers seen: bit `id` of 64. */
  #low = 0;
  #high = 0;

  clear(): void {
    this.count = 0;
    this.#low = 0;
    this.#high = 0;
  }

  #add(id: number, start: number, end: number, value: number): void {
    const n = this.count++;
    this.ids[n] = id;
    this.starts[n] = start;
    this.ends[n] = end;
    this.values[n] = value;
    if (id < 32) this.#low |= 1 << id;
    else this.#high |= 1 << (id - 32);
  }

  has(id: number): boolean {
    return ((id < 32 ? this.#low >>> id : this.#high >>> (id - 32)) & 1) === 1;
  }

  /** The number of a property, or `otherwise` when it is absent. */
  number(id: number, otherwise: number): number {
    if (!this.has(id)) return otherwise;
    return this.values[this.ids.indexOf(id)] as number;
  }

  /** The text of a UTF-8 property that is present. */
  text(buf: Uint8Array, id: number): string {
    const n = this.ids.indexOf(id);
    return decode(buf, (this.values[n] as number) + 2, this.ends[n] as number);
  }

  /**
   * Reads the property list at `at` of a packet `[base, end)` and returns the offset behind it.
   * `packet` is a bit of `IN`. Throws MqttError: unknown or misplaced identifiers, duplicates, values out of range, bad
   * UTF-8, a length that does not fit, non-minimal integers, more than `maxUser` user properties.
   */
  read(buf: Uint8Array, base: number, at: number, end: number, packet: number, maxUser: number): number {
    this.clear();
    // The common case: no properties.
    if (at < end && buf[at] === 0) return at + 1;
    let pos = skipVarint(buf, base, at, end, 'property length');
    const stop = pos + varintValue(buf, at);
    if (stop > end) throw malformed('the property length goes beyond the packet', at - base);
    let users = 0;
    let subscriptionIds = 0;
    while (pos < stop) {
      const start = pos;
      // Identifiers are variable byte integers, but all that exist have one byte.
      const id = buf[pos++] as number;
      const rule = PROPERTY_RULES[id];
      if (rule === undefined || (rule.packets & packet) === 0) {
        throw malformed(`property 0x${id.toString(16)} does not belong here`, start - base);
      }
      if (id === PROPERTY.userProperty) {
        if (++users > maxUser) throw protocolError(`more than ${maxUser} user properties`, CODE.quotaExceeded);
      } else if (id === PROPERTY.subscriptionId && packet === IN.publish) {
        if (++subscriptionIds > MAX_SUBSCRIPTION_IDS) throw protocolError('too many subscription identifiers');
      } else if (this.has(id)) {
        throw protocolError(`${rule.name} occurs twice`);
      }
      const next = valueEnd(buf, base, pos, stop, rule);
      this.#add(id, start, next, checkValue(buf, base, pos, next, id, rule));
      pos = next;
    }
    return stop;
  }
}

/** Where the value at `pos` ends; never beyond `stop`. */
function valueEnd(buf: Uint8Array, base: number, pos: number, stop: number, rule: PropertyRule): number {
  let end = pos;
  switch (rule.type) {
    case 'byte':
      end = pos + 1;
      break;
    case 'u16':
      end = pos + 2;
      break;
    case 'u32':
      end = pos + 4;
      break;
    case 'varint':
      return skipVarint(buf, base, pos, stop, rule.name);
    case 'pair':
      end = textEnd(buf, base, textEnd(buf, base, pos, stop, rule.name), stop, rule.name);
      break;
    default:
      return textEnd(buf, base, pos, stop, rule.name);
  }
  if (end > stop) throw malformed(`${rule.name} goes beyond the properties`, pos - base);
  return end;
}

function textEnd(buf: Uint8Array, base: number, pos: number, stop: number, name: string): number {
  const end = pos + 2 + readU16(buf, pos);
  if (end > stop) throw malformed(`${name} goes beyond the properties`, pos - base);
  return end;
}

/** Checks the value `[pos, next)` and returns its number, or `pos` for texts. */
function checkValue(buf: Uint8Array, base: number, pos: number, next: number, id: number, rule: PropertyRule): number {
  switch (rule.type) {
    case 'binary':
      return pos;
    case 'utf8':
      checkText(buf, base, pos, rule.name);
      return pos;
    case 'pair':
      checkText(buf, base, checkText(buf, base, pos, rule.name), rule.name);
      return pos;
    case 'topic':
      checkText(buf, base, pos, rule.name);
      // [MQTT-3.3.2-14]; its depth is not bounded: nothing is authorized by it here.
      if (topicProblem(buf, pos + 2, next, Number.POSITIVE_INFINITY) !== '') {
        throw protocolError(`${rule.name} is no topic name`);
      }
      return pos;
    default: {
      const value = rule.type === 'varint' ? varintValue(buf, pos) : bigEndian(buf, pos, next);
      if (value < (rule.min ?? 0) || value > (rule.max ?? 0xffff_ffff)) throw outOfRange(id, rule.name, value);
      return value;
    }
  }
}

function outOfRange(id: number, name: string, value: number): MqttError {
  const message = `${name} must not be ${value}`;
  if (id === PROPERTY.topicAlias) return new MqttError('protocol-error', CODE.topicAliasInvalid, message);
  return protocolError(message);
}

function checkText(buf: Uint8Array, base: number, pos: number, name: string): number {
  const end = pos + 2 + readU16(buf, pos);
  if (!isMqttString(buf, pos + 2, end)) throw malformed(`${name} is not well-formed UTF-8`, pos - base);
  return end;
}

function bigEndian(buf: Uint8Array, pos: number, end: number): number {
  let value = 0;
  for (let i = pos; i < end; i++) value = value * 256 + (buf[i] as number);
  return value;
}

/** Value of a variable byte integer that `skipVarint` accepted. */
function varintValue(buf: Uint8Array, at: number): number {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = buf[at + shift / 7] as number;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

/** Offset behind a variable byte integer; only its shortest form is accepted [MQTT-1.5.5-1]. */
function skipVarint(buf: Uint8Array, base: number, at: number, end: number, name: string): number {
  for (let n = 0; n < 4; n++) {
    const pos = at + n;
    if (pos >= end) throw malformed(`the packet ends within the ${name}`, pos - base);
    const byte = buf[pos] as number;
    if (byte >= 0x80) continue;
    if (byte === 0 && n > 0) throw malformed(`${name} is not in its shortest form`, at - base);
    return pos + 1;
  }
  throw malformed(`${name} has more than four bytes`, at - base);
}

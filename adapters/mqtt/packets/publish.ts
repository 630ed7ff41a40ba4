import { PropertyScan } from '../codec/property-scan.ts';
import { IN, PROPERTY } from '../codec/property-table.ts';
import { rebuildProperties } from '../codec/property-write.ts';
import { readU16 } from '../codec/reader.ts';
import { CODE } from '../codec/reason-codes.ts';
import { type TopicProblem, topicProblem } from '../codec/topic.ts';
import { decode } from '../codec/utf8.ts';
import { packet, u16 } from '../codec/writer.ts';
import { MqttError, malformed, protocolError } from '../error.ts';
import type { Sender } from './sender.ts';

/*
 * PUBLISH (MQTT 5.0, 3.3; MQTT 3.1.1, 3.3), from either side:
 *
 *     fixed header    = 0011 dup qos(2 bits) retain, remainingLength
 *     variable header = topic(utf8) [ packetId(u16) ] [ properties ]      (packetId: QoS 1 and 2; properties: 5.0 only)
 *     payload         = all that is left, which may be nothing
 *
 * An empty topic stands for the Topic Alias among the properties (MQTT 5.0, 3.3.2.1). Properties: Payload Format
 * Indicator, Message Expiry Interval, Topic Alias, Response Topic, Correlation Data, Subscription Identifier (server
 * only), Content Type, User Property.
 */

/** A PUBLISH as offsets into the reader's buffer; one object is used again and again. */
export class PublishView {
  qos = 0;
  dup = false;
  retain = false;
  /** The topic name is `[topicStart, topicEnd)` of this: the reader's buffer, or the topic that an alias stands for. */
  topic: Uint8Array = new Uint8Array(0);
  topicStart = 0;
  topicEnd = 0;
  /** 0 with QoS 0. */
  packetId = 0;
  /** Offset behind the properties. */
  payload = 0;
  /** 0: none. */
  alias = 0;
  /** The topic is in the sender's cache. */
  known = false;
  readonly properties = new PropertyScan();
}

/**
 * Reads a PUBLISH of known total size into `view`. A topic that the sender's cache knows was checked
 * before and is not checked again. Throws MqttError.
 */
export function parsePublish(
  buf: Uint8Array,
  base: number,
  body: number,
  end: number,
  sender: Sender,
  view: PublishView,
): void {
  const first = buf[base] as number;
  const qos = (first >> 1) & 3;
  view.qos = qos;
  view.dup = (first & 8) !== 0;
  view.retain = (first & 1) !== 0;
  if (qos === 3) throw malformed('QoS 3', 0); // [MQTT-3.3.1-4]
  if (qos === 0 && view.dup) throw malformed('DUP with QoS 0', 0); // [MQTT-3.3.1-2]
  if (end - body < 2) throw malformed('the packet ends within the topic', body - base);
  const topicStart = body + 2;
  const topicEnd = topicStart + readU16(buf, body);
  if (topicEnd > end) throw malformed('the topic goes beyond the packet', body - base);
  view.topic = buf;
  view.topicStart = topicStart;
  view.topicEnd = topicEnd;
  let at = topicEnd;
  view.packetId = 0;
  if (qos > 0) {
    if (end - at < 2) throw malformed('the packet ends within the packet identifier', at - base);
    view.packetId = readU16(buf, at);
    if (view.packetId === 0) throw malformed('packet identifier 0', at - base); // [MQTT-2.2.1-3]
    at += 2;
  }
  view.alias = 0;
  if (sender.version === 5) {
    at = view.properties.read(buf, base, at, end, IN.publish, sender.maxUserProperties);
    if (view.properties.count > 0) checkProperties(view, sender.isClient);
  }
  view.payload = at;
  view.known = false;
  // An empty topic stands for an alias [MQTT5 3.3.2.1].
  if (topicStart === topicEnd && view.alias > 0) return;
  view.known = sender.topics.find(buf, topicStart, topicEnd);
  if (view.known) return;
  const problem = topicProblem(buf, topicStart, topicEnd, sender.maxTopicLevels);
  if (problem !== '') throw badTopic(problem, topicStart - base, sender.version);
}

function checkProperties(view: PublishView, fromClient: boolean): void {
  const p = view.properties;
  view.alias = p.number(PROPERTY.topicAlias, 0);
  // [MQTT-3.3.4-6]
  if (fromClient && p.has(PROPERTY.subscriptionId)) throw protocolError('a Subscription Identifier from a client');
  // Both Topic Alias Maximum that the broker sees are 0.
  if (!fromClient && view.alias > 0) throw protocolError('a topic alias that was not offered', CODE.topicAliasInvalid);
}

const TOPIC_MESSAGES: Readonly<Record<TopicProblem, string>> = {
  '': '',
  empty: 'an empty topic name',
  'utf-8': 'the topic name is not well-formed UTF-8',
  nul: 'U+0000 in the topic name',
  wildcard: 'a wildcard in the topic name',
  levels: 'the topic name has too many levels',
};

/** The error for a topic name that breaks the grammar. */
export function badTopic(problem: TopicProblem, at: number, version: 4 | 5): MqttError {
  const message = TOPIC_MESSAGES[problem];
  if (problem === 'utf-8') return malformed(message, at);
  // [MQTT5 3.3.2.1]: an empty topic without alias is a protocol error.
  if (problem === 'empty' && version === 5) return protocolError(message);
  return new MqttError('topic-invalid', CODE.topicNameInvalid, `${message} at byte ${at}`);
}

/** The topic name, as a string. */
export function topicOf(view: PublishView): string {
  return decode(view.topic, view.topicStart, view.topicEnd);
}

/** The PUBLISH of `view` with its topic in full and without its alias; everything else keeps the sender's bytes. */
export function encodeResolved(buf: Uint8Array, base: number, end: number, view: PublishView): Buffer {
  const { topic, topicStart, topicEnd } = view;
  const id = view.qos > 0 ? u16(view.packetId) : Buffer.alloc(0);
  const properties = rebuildProperties(buf, view.properties, [PROPERTY.topicAlias]);
  return packet(
    buf[base] as number,
    u16(topicEnd - topicStart),
    topic.subarray(topicStart, topicEnd),
    id,
    properties,
    buf.subarray(view.payload, end),
  );
}

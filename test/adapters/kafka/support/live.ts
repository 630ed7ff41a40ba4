import { requestCodec } from '../../../../adapters/kafka/codec/message.ts';
import type { Api } from '../../../../adapters/kafka/codec/schema.ts';
import { KafkaError } from '../../../../adapters/kafka/error.ts';
import type { KafkaOperation } from '../../../../policies/acl/kafka-operations.ts';
import type { KafkaRuleSource } from '../../../../policies/source.ts';
import { readVectors } from '../../../support/vectors.ts';
import { type ClientSource, EVERYTHING } from './client-context.ts';

/** What a live broker answered to clients with few rights. */
export const LIVE = 'kafka-live-denials.jsonl.gz';

interface Acl {
  readonly resourceType: 'TOPIC' | 'GROUP' | 'TRANSACTIONAL_ID' | 'CLUSTER';
  readonly resourceName: string;
  readonly patternType: 'LITERAL' | 'PREFIXED';
  readonly principal: string;
  readonly host: string;
  readonly operation: string;
  readonly permission: 'ALLOW' | 'DENY';
}

export interface LiveCase {
  readonly case: string;
  readonly principal: string;
  readonly api: string;
  readonly key: number;
  readonly version: number;
  /** Hexadecimal. */
  readonly requestBody: string;
  readonly outcome: 'response' | 'closed' | 'no-response';
  readonly responseVersion?: number;
  readonly responseJson: Record<string, unknown>;
  readonly brokerVersion: string;
  readonly acls: readonly Acl[];
}

interface Setup {
  readonly case: '_setup';
  readonly brokerVersion: string;
  readonly topicIds: Readonly<Record<string, string>>;
}

/** Rules that only the note of a case tells. */
const NOTED: Readonly<Record<string, readonly KafkaRuleSource[]>> = {
  'v44-metadata-cidr-acl-v12': [
    { topic: 'descr', operations: ['describe'], hosts: ['127.0.0.0/8'] },
    { topic: 'secret', operations: ['describe'], hosts: ['10.0.0.0/8'] },
  ],
};

const LINES = readVectors<LiveCase | Setup>(LIVE);

/** The cases of one API to which the broker answered. */
export function liveCases(key: number): readonly LiveCase[] {
  return LINES.filter((line): line is LiveCase => line.case !== '_setup').filter(
    (line) => line.key === key && line.outcome === 'response',
  );
}

/** The request; undefined: it is one that the gate does not read. */
export function liveRequest<Q extends object>(api: Api<Q>, { version, requestBody }: LiveCase): Q | undefined {
  const bytes = Buffer.from(requestBody, 'hex');
  try {
    return requestCodec(api, version).read(bytes, 0, bytes.length);
  } catch (error) {
    if (error instanceof KafkaError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The client of a case: its rules, and the topics of the cluster. */
export function liveClient({ case: name, acls, principal, brokerVersion }: LiveCase): ClientSource {
  const setup = LINES.find((line): line is Setup => line.case === '_setup' && line.brokerVersion === brokerVersion);
  const { zero: _none, unknown = '', unknown2 = '', ...ids } = setup?.topicIds ?? {};
  const rules = (permission: Acl['permission']) =>
    acls.filter((acl) => acl.permission === permission && acl.principal === principal).map(ruleOf);
  const allow = principal === 'User:admin' ? EVERYTHING : [...rules('ALLOW'), ...(NOTED[name] ?? [])];
  return { allow, deny: rules('DENY'), ids, unknown: [unknown, unknown2], topics: Object.keys(ids) };
}

function ruleOf({ resourceType, resourceName, patternType, host, operation }: Acl): KafkaRuleSource {
  return {
    ...resourceOf(resourceType, resourceName),
    ...(patternType === 'PREFIXED' && { prefix: true }),
    ...(host !== '*' && { hosts: [host] }),
    operations: [camel(operation) as KafkaOperation],
  };
}

function resourceOf(type: Acl['resourceType'], name: string): Partial<KafkaRuleSource> {
  return type === 'CLUSTER' ? { cluster: true } : { [camel(type)]: name };
}

function camel(words: string): string {
  return words.toLowerCase().replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

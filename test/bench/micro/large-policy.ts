/**
 * What large policies cost: to bring into force, to ask, to keep; also alone: `node test/bench/micro/large-policy.ts`.
 */
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { compilePolicy } from '../../../policies/policy.ts';
import type { PolicySource } from '../../../policies/source.ts';
import type { Identified, Policy } from '../../../policies/types.ts';
import { table } from '../report.ts';
import { factsOf, kafkaName, largePolicy, longTopic, STORE, shortTopic } from './large-policy-source.ts';
import { nsPerOp } from './timing.ts';

const SIZES = [10, 1000, 10_000, 100_000];
/** Bytes of the longest topic whose decision is remembered. */
const HOST = '192.0.2.7';

/** One row: what it is, and a figure for every size. */
export type SizeRow = readonly [name: string, ...figures: string[]];

interface Costs {
  readonly [name: string]: string;
}

/** A table of all sizes, for one protocol after the other. */
export function largePolicyTable(sizes: readonly number[] = SIZES): string {
  const parts = (['mqtt', 'kafka'] as const).map((protocol) => {
    const columns = sizes.map((size) => costsOf(size, protocol));
    const names = Object.keys(columns[0] ?? {});
    const rows = names.map((name) => [name, ...columns.map((costs) => costs[name] ?? '-')]);
    return table([`${protocol}: rules = identities =`, ...sizes.map((size) => size.toLocaleString('en'))], rows);
  });
  return parts.join('\n\n');
}

function costsOf(size: number, protocol: 'mqtt' | 'kafka'): Costs {
  const text = JSON.stringify(largePolicy(size, protocol));
  const {
    value: policy,
    ms,
    bytes,
  } = once(() => compilePolicy(JSON.parse(text) as PolicySource, { version: 'bench' }));
  const clients = [0, 1, size - 1].map((i) => clientOf(policy, i));
  const [first, second, last] = clients as [Identified, Identified, Identified];
  const matcher = once(() => accessOf(policy, protocol, first));
  const next = once(() => accessOf(policy, protocol, second));
  const decide = accessOf(policy, protocol, last);
  const topics = { short: shortTopic(size - 1), long: longTopic(size - 1) };
  const ns = (run: (i: number) => unknown, begin?: number): string => `${perCall(run, begin).toFixed(0)} ns`;
  const lookUp = (i: number): string => {
    const facts = factsOf(i);
    return ns(() => policy.identify(STORE, facts));
  };
  return {
    'read and compile': `${ms.toFixed(1)} ms`,
    'memory, of each rule and identity': `${(bytes / size).toFixed(0)} B`,
    'first matcher of all': `${matcher.ms.toFixed(2)} ms`,
    'first matcher of another principal': `${next.ms.toFixed(2)} ms`,
    'memory of that matcher': `${(next.bytes / 1024).toFixed(1)} KiB`,
    'decision, cached, 26-byte topic': ns(asking(decide, [topics.short])),
    'decision, cached, 60-byte topic': ns(asking(decide, [topics.long])),
    'decision, not cached': ns(asking(decide, uncached(size)), 100),
    'identity look-up, first': lookUp(0),
    'identity look-up, last': lookUp(size - 1),
    'identity look-up, of nobody': lookUp(size),
  };
}

function clientOf(policy: Policy, i: number): Identified {
  const found = policy.identify(STORE, factsOf(i));
  if (!found.ok) throw new Error(found.reason);
  return found;
}

/** Decides about a topic by name. */
type Decide = (topic: Buffer) => number;

function accessOf(policy: Policy, protocol: 'mqtt' | 'kafka', who: Identified): Decide {
  if (protocol === 'mqtt') {
    const access = policy.mqtt(who);
    return (topic) => access.publish(topic, 0, topic.length, 0, false, 1024);
  }
  const access = policy.kafka(who, HOST);
  return (name) => access.topic('write', name, 0, name.length);
}

/** More topics than decisions are remembered, so that every one is decided. */
function uncached(size: number): string[] {
  return Array.from({ length: 131_072 }, (_, i) => `${shortTopic((i * 7919) % size)}-${i}`);
}

/** Asks about the topics in turn. All of them are allowed: who is refused is not asked twice. */
function asking(decide: Decide, topics: readonly string[]): (i: number) => unknown {
  const names = topics.map((topic) => [Buffer.from(topic), Buffer.from(kafkaName(topic))] as const);
  const [mqtt, kafka] = names[0] as (typeof names)[number];
  const which = decide(mqtt) > 0 ? 0 : 1;
  if (decide(which === 0 ? mqtt : kafka) === 0) throw new Error(`${topics[0]} is refused`);
  const asked = names.map((both) => both[which]);
  return (i) => decide(asked[i % asked.length] as Buffer);
}

function perCall(run: (i: number) => unknown, begin?: number): number {
  let calls = 0;
  return nsPerOp((n) => {
    for (let i = 0; i < n; i++) run(calls++);
  }, begin);
}

const collect = ((): (() => void) => {
  v8.setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

/** Milliseconds of one run, and the bytes that its result keeps. */
function once<T>(run: () => T): { readonly value: T; readonly ms: number; readonly bytes: number } {
  const used = (): number => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const start = performance.now();
  const value = run();
  const ms = performance.now() - start;
  return { value, ms, bytes: used() - before };
}

if (import.meta.main)
  console.log(largePolicyTable(process.argv.length > 2 ? process.argv.slice(2).map(Number) : SIZES));

/**
 * What large policies cost: to bring into force, to ask, to keep; also alone:
 * `node test/bench/micro/large-policy.ts 10 10000`.
 */
import v8 from 'node:v8';
import { runInNewContext } from 'node:vm';
import { checkPolicy, compilePolicy } from '../../../policies/policy.ts';
import type { PolicySource } from '../../../policies/source.ts';
import type { Identified, Policy } from '../../../policies/types.ts';
import { compileShared, sharePolicy } from '../../../proxy/shared/policy-part.ts';
import { table } from '../report.ts';
import { factsOf, kafkaName, largePolicy, longTopic, STORE, shortTopic } from './large-policy-source.ts';
import { nsPerOp } from './timing.ts';

const SIZES = [10, 1000, 10_000, 100_000];
const PROTOCOLS = ['mqtt', 'kafka'] as const;
/** More topics than decisions are remembered. */
const TOPICS = 131_072;
const HOST = '192.0.2.7';

type Protocol = (typeof PROTOCOLS)[number];
/** Decides about a topic by its name. */
type Decide = (name: Buffer) => number;
/** What it is -> the figure. */
type Costs = Readonly<Record<string, string>>;

/** A table of all sizes, for one protocol after the other. */
export async function largePolicyTable(sizes: readonly number[] = SIZES): Promise<string> {
  const tables: string[] = [];
  for (const protocol of PROTOCOLS) {
    const columns: Costs[] = [];
    for (const size of sizes) columns.push(await costsOf(size, protocol));
    const rows = Object.keys(columns[0] ?? {}).map((name) => [name, ...columns.map((costs) => costs[name] ?? '')]);
    tables.push(table([`${protocol}: rules = identities =`, ...sizes.map((size) => size.toLocaleString('en'))], rows));
  }
  return tables.join('\n\n');
}

async function costsOf(size: number, protocol: Protocol): Promise<Costs> {
  const source = largePolicy(size, protocol);
  const check = once(() => checkPolicy(source));
  const worker = await inWorker(source);
  const text = JSON.stringify(source);
  const { value: policy, bytes } = once(() => compilePolicy(JSON.parse(text) as PolicySource, { version: 'bench' }));
  const first = once(() => deciderOf(policy, protocol, 0));
  const second = once(() => deciderOf(policy, protocol, 1));
  const decide = deciderOf(policy, protocol, size - 1);
  const decision = (topics: readonly string[]): string => {
    const names = topics.map((topic) => Buffer.from(protocol === 'mqtt' ? topic : kafkaName(topic)));
    if (decide(names[0] as Buffer) <= 0) throw new Error(`${topics[0]} is refused`);
    return perCall((i) => decide(names[i % names.length] as Buffer));
  };
  const lookUp = (i: number): string => {
    const facts = factsOf(i);
    return perCall(() => policy.identify(STORE, facts));
  };
  return {
    'check, in the control plane': `${check.ms.toFixed(1)} ms`,
    'read and compile, in a worker': `${worker.ms.toFixed(1)} ms`,
    'longest turn of the worker meanwhile': `${worker.longest.toFixed(1)} ms`,
    'memory of an identity with a rule': `${(bytes / size).toFixed(0)} B`,
    'first matcher of all': `${first.ms.toFixed(2)} ms`,
    'first matcher of another principal': `${second.ms.toFixed(2)} ms`,
    'decision, cached, 26-byte topic': decision([shortTopic(size - 1)]),
    'decision, cached, 60-byte topic': decision([longTopic(size - 1)]),
    'decision, not cached': decision(Array.from({ length: TOPICS }, (_, i) => `${shortTopic((i * 7919) % size)}-${i}`)),
    'identity look-up, first': lookUp(0),
    'identity look-up, last': lookUp(size - 1),
    'identity look-up, of nobody': lookUp(size),
  };
}

/** Of the client of this number. */
function deciderOf(policy: Policy, protocol: Protocol, i: number): Decide {
  const who: Identified = clientOf(policy, i);
  if (protocol === 'mqtt') {
    const access = policy.mqtt(who);
    return (topic) => access.publish(topic, 0, topic.length, 0, false, 1024);
  }
  const access = policy.kafka(who, HOST);
  return (name) => access.topic('write', name, 0, name.length);
}

function clientOf(policy: Policy, i: number): Identified {
  const found = policy.identify(STORE, factsOf(i));
  if (!found.ok) throw new Error(found.reason);
  return found;
}

/** What a worker does with a policy: milliseconds in all, and of its longest turn of the event loop. */
async function inWorker(source: PolicySource): Promise<{ readonly ms: number; readonly longest: number }> {
  const { bytes, version } = sharePolicy(source);
  const start = performance.now();
  let last = start;
  let longest = 0;
  let done = false;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!done) setImmediate(look);
  };
  setImmediate(look);
  await compileShared(bytes, version);
  done = true;
  look();
  return { ms: performance.now() - start, longest };
}

function perCall(run: (i: number) => unknown): string {
  let calls = 0;
  const ns = nsPerOp((n) => {
    for (let i = 0; i < n; i++) run(calls++);
  }, 100);
  return `${ns.toFixed(0)} ns`;
}

/** Milliseconds of one run, and the bytes that its result keeps. */
function once<T>(run: () => T): { readonly value: T; readonly ms: number; readonly bytes: number } {
  const before = used();
  const start = performance.now();
  const value = run();
  const ms = performance.now() - start;
  return { value, ms, bytes: used() - before };
}

function used(): number {
  v8.setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

if (import.meta.main) {
  const asked = process.argv.slice(2).map(Number);
  console.log(await largePolicyTable(asked.length > 0 ? asked : SIZES));
}

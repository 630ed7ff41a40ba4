import type { Child } from './child.ts';
import { freePort } from './free-port.ts';
import { startGateProcess } from './gate.ts';
import type { GateOptions, Section } from './gate-config.ts';
import { type ObservedGate, startObservedGate } from './observed-gate.ts';
import { type Credentials, testPki } from './pki.ts';
import { accepts } from './port-open.ts';
import type { TempDir } from './temp-dir.ts';

export interface KafkaGateOptions {
  /** Loopback ports of the brokers to begin with. */
  readonly bootstrap: readonly number[];
  /** Node ids that get a port, from 1 on. Default 1. */
  readonly nodes?: number;
  /** `roles.erp`: default ERP. */
  readonly erp?: Section;
  /** Keys of the listener to add or replace. */
  readonly listener?: Section;
  readonly upstream?: Section;
  readonly more?: Section;
  readonly roles?: Section;
  readonly identities?: readonly Section[];
}

/** Certificates `O=Acme,CN=erp-…` are the principal of that name with these rights. */
export const ERP: Section = {
  kafka: {
    allow: [
      { topic: 'orders.', prefix: true, operations: ['create', 'read', 'write', 'delete', 'describeConfigs'] },
      { group: 'erp-', prefix: true, operations: ['read'] },
      { transactionalId: 'erp-', prefix: true, operations: ['write'] },
    ],
  },
};

export interface KafkaGate {
  readonly gate: ObservedGate;
  /** First port of the brokers: node id n is `nodePort + n - 1`. */
  readonly nodePort: number;
  /** Replaces the configuration file; `gate.gate.reload()` takes it up. */
  configure(changed: Partial<KafkaGateOptions>): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A gate before Apache Kafka, in this process. */
export async function startKafkaGate(options: KafkaGateOptions): Promise<KafkaGate> {
  const nodePort = await freeRange(options.nodes ?? 1);
  const gate = await startObservedGate(gateOptions(options, nodePort));
  return {
    gate,
    nodePort,
    configure: (changed) => gate.configure(gateOptions({ ...options, ...changed }, nodePort)),
    [Symbol.asyncDispose]: () => gate[Symbol.asyncDispose](),
  };
}

/** `headgate run` before Apache Kafka, once its `port` accepts connections. */
export async function startKafkaGateProcess(dir: TempDir, port: number, options: KafkaGateOptions): Promise<Child> {
  return startGateProcess(dir, { ...gateOptions(options, await freeRange(options.nodes ?? 1)), port });
}

function gateOptions(options: KafkaGateOptions, nodePort: number): GateOptions {
  const upstream = {
    bootstrap: options.bootstrap.map((port) => `127.0.0.1:${port}`),
    advertise: { host: 'localhost', ports: `${nodePort}-${nodePort + (options.nodes ?? 1) - 1}`, firstNodeId: 1 },
    ...options.upstream,
  };
  return {
    broker: 0,
    listener: { protocol: 'kafka', name: 'kafka', upstream, ...options.listener },
    identities: [
      {
        name: 'erp',
        when: { trust: 'devices', subject: { O: 'Acme', CN: 'erp-*' } },
        principal: '{CN}',
        roles: ['erp'],
      },
      ...(options.identities ?? []),
    ],
    roles: { erp: options.erp ?? ERP, ...options.roles },
    ...(options.more === undefined ? {} : { more: options.more }),
  };
}

/** The certificate of an ERP client. */
export async function erp(name: string): Promise<Credentials> {
  return (await testPki()).issue({ subject: `O=Acme,CN=${name}` });
}

/** So many ports in a row that nobody listens on. */
async function freeRange(n: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = await freePort();
    if (n === 1) return first;
    const taken = await Promise.all(Array.from({ length: n - 1 }, (_, i) => accepts(first + 1 + i)));
    if (!taken.includes(true)) return first;
  }
  throw new Error(`no ${n} free ports in a row`);
}

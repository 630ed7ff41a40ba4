import { APIS } from '../../../../adapters/kafka/apis/index.ts';
import type { KafkaBackend } from '../../../../adapters/kafka/backend.ts';
import { RequestHeader, readRequestHeader, readResponseHeader } from '../../../../adapters/kafka/codec/header.ts';
import { frameRequest, frameResponse, requestCodec, responseCodec } from '../../../../adapters/kafka/codec/message.ts';
import type { Api } from '../../../../adapters/kafka/codec/schema.ts';
import { FrameMemory } from '../../../../adapters/kafka/frame-memory.ts';
import type { KafkaOptions, KafkaTimeouts } from '../../../../adapters/kafka/options.ts';
import { createKafkaSession, type KafkaSession } from '../../../../adapters/kafka/session.ts';
import type { OnExceed } from '../../../../policies/limits/table.ts';
import type { EffectiveLimits, KafkaAccess } from '../../../../policies/types.ts';
import { type HostPlan, limitsOf, SeamRig } from '../../support/seam-rig.ts';
import { ALL, topologyOf } from './access.ts';

const MIB = 1024 * 1024;

export const OPTIONS: KafkaOptions = {
  maxFrameSize: 2 * MIB,
  maxRequestSize: 64 * 1024,
  maxInFlight: 4,
  memory: 4 * MIB,
  maxThrottle: 30_000,
  autoCreateTopics: false,
  hideApis: [],
};

export const TIMEOUTS: KafkaTimeouts = { connect: 5000, packet: 3000, upstream: 4000 };

export interface KafkaRigPlan extends HostPlan {
  access?: KafkaAccess;
  options?: Partial<KafkaOptions>;
  onExceed?: OnExceed;
  limits?: EffectiveLimits;
  /** Topic id -> name. */
  ids?: Readonly<Record<string, string>>;
  memory?: FrameMemory;
  principal?: string;
}

/** One decoded frame. */
export interface Seen<T = Record<string, unknown>> {
  readonly api: string;
  readonly version: number;
  readonly correlationId: number;
  readonly body: T;
}

/** A Kafka session with a fake host and a fake cluster, spoken to in decoded messages. */
export class KafkaRig extends SeamRig<KafkaSession> {
  /** Topic ids that were looked up, and the calls that say the look-up is over. */
  readonly lookUps: { readonly ids: readonly string[]; readonly done: () => void }[] = [];
  readonly memory: FrameMemory;
  released = 0;
  readonly #ids: Record<string, string>;

  constructor(plan: KafkaRigPlan = {}) {
    const ids: Record<string, string> = { ...plan.ids };
    const unknown = new Set<string>();
    const memory = plan.memory ?? new FrameMemory(plan.options?.memory ?? OPTIONS.memory);
    const hooks = { lookUp: (_ids: readonly string[], _done: () => void) => {}, released: () => {} };
    const backend: KafkaBackend = {
      topology: { ...topologyOf({}), nameOf: (id) => ids[id], isUnknown: (id) => unknown.has(id) },
      memory,
      resolveTopics: (asked, done) => {
        hooks.lookUp(asked, () => {
          for (const id of asked) if (ids[id] === undefined) unknown.add(id);
          done();
        });
      },
      describeAll: (done) => hooks.lookUp([], done),
      advertised: (node) => (node < 100 ? { host: 'gate.example.com', port: 9094 + node } : undefined),
      release: () => hooks.released(),
    };
    const client = {
      access: plan.access ?? ALL,
      principal: plan.principal ?? 'erp-1',
      limits: limitsOf(plan.onExceed, plan.limits),
    };
    super((host) => createKafkaSession(host, client, { ...OPTIONS, ...plan.options }, TIMEOUTS, backend), plan);
    this.memory = memory;
    this.#ids = ids;
    hooks.lookUp = (asked, done) => this.lookUps.push({ ids: asked, done });
    hooks.released = () => this.released++;
  }

  /** The cluster gets a topic. */
  learn(id: string, name: string): void {
    this.#ids[id] = name;
  }

  /** Sends one request; returns its frame. */
  ask(key: number, version: number, body: object, correlationId = 1, clientId: string | null = 'c-1'): Buffer {
    const frame = frameRequest(apiOf(key), version, correlationId, clientId, body);
    this.client(frame);
    return frame;
  }

  /** The broker answers; returns its frame. */
  reply(key: number, version: number, body: object, correlationId = 1): Buffer {
    const frame = frameResponse(apiOf(key), version, correlationId, body);
    this.broker(frame);
    return frame;
  }

  /** What reached the broker since the last call. */
  asked<T extends object = Record<string, unknown>>(): Seen<T>[] {
    return framesOf(this.take('broker')).map((frame) => {
      const header = new RequestHeader();
      const api = apiOf(frame.readInt16BE(0));
      readRequestHeader(api, frame, 0, frame.length, header);
      const body = requestCodec(api as Api<T>, header.version).read(frame, header.body, frame.length);
      return { api: api.name, version: header.version, correlationId: header.correlationId, body };
    });
  }

  /** What the client got since the last call, read as answers of one API and version. */
  answered<T extends object = Record<string, unknown>>(key: number, version: number): Seen<T>[] {
    const api = apiOf(key);
    return framesOf(this.take('client')).map((frame) => {
      const body = readResponseHeader(api, version, frame, 0, frame.length);
      return {
        api: api.name,
        version,
        correlationId: frame.readInt32BE(0),
        body: responseCodec(api as Api<object, T>, version).read(frame, body, frame.length),
      };
    });
  }

  /** The causes of what was rejected. */
  get causes(): string[] {
    return this.rejections.map(({ cause }) => cause);
  }
}

/** A session whose broker is there. */
export function openRig(plan: KafkaRigPlan = {}): KafkaRig {
  const rig = new KafkaRig(plan);
  // Any first bytes of a request make the session dial.
  rig.ask(18, 0, {}, 99);
  rig.session.brokerReady();
  rig.tick(0);
  rig.reply(18, 0, { apiKeys: [] }, 99);
  rig.take('broker');
  rig.take('client');
  return rig;
}

function apiOf(key: number): Api {
  const api = APIS.get(key);
  if (api === undefined) throw new Error(`no API ${key}`);
  return api;
}

/** Splits at the lengths; a rest that is no whole frame is an error. */
function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 4 + bytes.readInt32BE(at);
    if (end > bytes.length) throw new Error(`${bytes.length - at} bytes are no whole frame`);
    frames.push(Buffer.from(bytes.subarray(at + 4, end)));
    at = end;
  }
  return frames;
}

import { close } from './close.ts';
import type { RequestHeader } from './codec/header.ts';
import { frameRequest, frameResponse } from './codec/message.ts';
import type { Api } from './codec/schema.ts';
import { type ProduceRequest, produce } from './codec/schemas/produce.ts';
import { KafkaError } from './error.ts';
import type { Outcome } from './handler.ts';
import { chargeRecords, pauseFor } from './limits.ts';
import type { Pending } from './pending.ts';
import { HOLD, type KafkaState } from './state.ts';

/** Look-ups that one request may cause: what is still unknown then cannot be found out now. */
const MAX_LOOK_UPS = 2;

/** A place for the response to the request that goes to the broker now. */
export function expectResponse(
  s: KafkaState,
  api: Api,
  header: RequestHeader,
  brokerVersion = header.version,
): Pending {
  const pending = s.pending.push();
  pending.api = api;
  pending.correlationId = header.correlationId;
  pending.version = header.version;
  pending.brokerVersion = brokerVersion;
  pending.throttleMs = pauseOf(s);
  return pending;
}

/** Answers a request here: behind the responses to older ones. */
export function respond(s: KafkaState, api: Api, version: number, correlationId: number, body: object): void {
  const throttleMs = pauseOf(s);
  if (throttleMs > 0) (body as { throttleTimeMs?: number }).throttleTimeMs = throttleMs;
  const frame = frameResponse(api, version, correlationId, body);
  if (s.pending.length === 0) {
    s.out.toClient(frame);
  } else {
    const pending = s.pending.push();
    pending.api = api;
    pending.correlationId = correlationId;
    pending.version = version;
    pending.response = frame;
  }
  if (throttleMs > 0) pauseFor(s, throttleMs);
}

/** A request that was read in full. */
export interface DecidedRequest {
  readonly api: Api;
  readonly header: RequestHeader;
  readonly body: object;
}

/** Carries out what a handler decided of the request in the frame `[at, next)`. False: the request is to be looked at again. */
export function settle(
  s: KafkaState,
  { api, header, body }: DecidedRequest,
  outcome: Outcome<object, object>,
  at: number,
  next: number,
): boolean {
  if (outcome.kind === 'resolve' || outcome.kind === 'list-topics') {
    lookUp(s, outcome);
    return false;
  }
  // Produce with acks=0 is the one request without a response: what is refused closes the connection.
  const silent = api.key === produce.key && (body as ProduceRequest).acks === 0;
  if (outcome.kind === 'respond') {
    if (silent) close(s);
    else respond(s, api, header.version, header.correlationId, outcome.body);
    return true;
  }
  const brokerVersion = outcome.kind === 'send' ? (outcome.version ?? header.version) : header.version;
  s.charged = Math.max(s.charged, chargeRecords(s, outcome.records ?? 0));
  const wait = pauseOf(s);
  if (!silent) {
    const pending = expectResponse(s, api, header, brokerVersion);
    pending.rewrite = outcome.rewrite ?? null;
    pending.scan = outcome.scan === true;
  }
  if (outcome.kind === 'pass') {
    s.out.forward(at, next, outcome.permit);
  } else {
    const { correlationId, clientId } = header;
    s.out.toBroker(frameRequest(api, brokerVersion, correlationId, clientId, outcome.body), outcome.permit);
    if (silent && outcome.partial === true) close(s);
  }
  if (wait > 0) pauseFor(s, wait);
  return true;
}

/** Milliseconds that the client of the request at the front is asked to wait, and is not read. */
export function pauseOf(s: KafkaState): number {
  return Math.min(Math.ceil(Math.max(0, s.charged)), s.options.maxThrottle);
}

function lookUp(s: KafkaState, outcome: Extract<Outcome<object, object>, { kind: 'resolve' | 'list-topics' }>): void {
  s.lookUps++;
  if (s.lookUps > MAX_LOOK_UPS) {
    throw new KafkaError('upstream-down', 'the cluster cannot be asked for its topics now');
  }
  const done = (): void => s.host.run(() => s.release(HOLD.lookUp));
  s.hold(HOLD.lookUp);
  if (outcome.kind === 'resolve') s.backend.resolveTopics(outcome.ids, done);
  else s.backend.describeAll(done);
}

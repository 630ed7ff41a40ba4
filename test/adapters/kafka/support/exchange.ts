import { RequestHeader, readRequestHeader, readResponseHeader } from '../../../../adapters/kafka/codec/header.ts';
import { frameRequest, frameResponse, requestCodec, responseCodec } from '../../../../adapters/kafka/codec/message.ts';
import type { Api } from '../../../../adapters/kafka/codec/schema.ts';
import type { Context, Handler, Outcome } from '../../../../adapters/kafka/handler.ts';

/** What came of one request. Everything in it has been through the codec, as on the wire. */
export interface Exchange<Q, R> {
  readonly kind: Outcome<Q, R>['kind'];
  /** What the broker was sent; absent where it was not asked. */
  readonly toBroker?: Q;
  readonly brokerVersion?: number;
  /** What the client was sent; absent where something is looked up first. */
  readonly toClient?: R;
  /** `'same'`: the broker's response went on as it was. */
  readonly rewritten?: 'same' | 'changed';
  readonly outcome: Outcome<Q, R>;
}

/**
 * Lets a handler decide a request and treat the broker's response. `answer` is what the broker would
 * say to what it was sent; `later` the client as it is when the response passes.
 */
export function exchange<Q extends object, R extends object>(
  { api, request }: Handler<Q, R>,
  version: number,
  context: Context,
  body: Q,
  answer: (toBroker: Q) => R = () => ({}) as R,
  later: Context = context,
): Exchange<Q, R> {
  const asked = readRequest(api, version, body);
  const outcome = request(context, { version, clientId: 'client' }, asked);
  const { kind } = outcome;
  if (outcome.kind === 'respond') return { kind, outcome, toClient: readResponse(api, version, outcome.body) };
  if (outcome.kind === 'resolve' || outcome.kind === 'list-topics') return { kind, outcome };
  const brokerVersion = outcome.kind === 'send' ? (outcome.version ?? version) : version;
  const toBroker = readRequest(api, brokerVersion, outcome.kind === 'send' ? outcome.body : body);
  const answered = readResponse(api, brokerVersion, answer(toBroker));
  const result = outcome.rewrite?.(later, answered) ?? 'same';
  const toClient = readResponse(api, version, result === 'same' ? answered : result);
  const rewritten = result === 'same' ? 'same' : 'changed';
  return { kind, outcome, toBroker, brokerVersion, toClient, rewritten };
}

/** A request as it comes out of the codec: what it does not say has its default. */
export function readRequest<Q extends object>(api: Api<Q>, version: number, body: Q): Q {
  const frame = frameRequest(api, version, 1, 'client', body);
  const header = new RequestHeader();
  readRequestHeader(api, frame, 4, frame.length, header);
  return requestCodec(api, version).read(frame, header.body, frame.length);
}

/** The same of a response. */
export function readResponse<R extends object>(api: Api<object, R>, version: number, body: R): R {
  const frame = frameResponse(api, version, 1, body);
  return responseCodec(api, version).read(
    frame,
    readResponseHeader(api, version, frame, 4, frame.length),
    frame.length,
  );
}

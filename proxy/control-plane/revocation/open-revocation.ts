import type { RevocationQuery, RevocationResponse } from '../../shared/trust/revocation-query.ts';
import type { GateConfig } from '../config/model.ts';
import type { GenerationControl } from '../generations/generation-control.ts';
import type { Logger } from '../telemetry/log.ts';
import { OcspSource } from './ocsp-source.ts';
import { Revocations } from './revocations.ts';

/** The sources that workers query, by kind. */
type QueriedSources = {
  readonly [K in RevocationQuery['kind']]: (
    query: Extract<RevocationQuery, { readonly kind: K }>,
  ) => Promise<RevocationResponse>;
};

/** Revocation on the control plane. */
export interface Revocation {
  readonly revocations: Revocations;
  /** Responds to a query of a worker. Never rejects. */
  respond(query: RevocationQuery): Promise<RevocationResponse>;
}

/** Opens the state on disk; fetches nothing before the first generation. @throws StateError */
export function openRevocation(config: GateConfig, control: GenerationControl, logger: Logger): Revocation {
  const revocations = new Revocations(config, control, logger);
  const ocsp = new OcspSource({
    now: Date.now,
    onFailure: (url, reason) => logger.error({ url, reason }, 'an OCSP responder gave no answer that holds'),
    objection: (signer, query) => revocations.objectionToSigner(signer, query),
  });
  const sources: QueriedSources = {
    ocsp: (query) => ocsp.ask(query),
    crl: (query) => revocations.learn(query).then(() => null),
  };
  return { revocations, respond: (query) => respond(sources, query) };
}

function respond<K extends RevocationQuery['kind']>(
  sources: QueriedSources,
  query: Extract<RevocationQuery, { readonly kind: K }>,
): Promise<RevocationResponse> {
  return sources[query.kind as K](query);
}

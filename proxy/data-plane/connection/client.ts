import type { TLSSocket } from 'node:tls';
import type { CertificateSummary } from '../../../policies/event.ts';
import type { Identified } from '../../../policies/types.ts';
import type { ChainVerdict } from '../../shared/trust/chain-verdict.ts';
import type { OcspResult } from '../../shared/trust/ocsp-messages.ts';
import type { ClientHelloCapture } from '../accept/client-hello-capture.ts';
import type { Generation } from '../generation.ts';
import type { Listener } from '../listener.ts';
import { checkRevocation } from '../revocation/revocation-check.ts';
import { certificateSummary, summaryOf } from './certificate-summary.ts';
import { Refused } from './refused.ts';

export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** What is known of the client of one connection; it grows on the way from accept to session. */
export class Client {
  /** Of the generation by which the client was last authorized. */
  listener: Listener;
  /** Behind a load balancer the one that its PROXY header names. */
  peer: Peer;
  /** From its hello to its session: a refusal before that tells what it offered. */
  hello: ClientHelloCapture | null = null;
  /** Server name of the ClientHello. */
  sni: string | undefined;
  /** Once the handshake is done. */
  tls: TLSSocket | null = null;
  /** Certificates that the client presented, DER, its own first; until its session begins. */
  presented: readonly Buffer[] = [];
  /** By what the client is authorized, now and again with every later generation. */
  verified: ChainVerdict | null = null;
  /** Certificates that a client showed which was refused, its own first. */
  refused: readonly CertificateSummary[] = [];
  identified: Identified | null = null;

  constructor(listener: Listener, peer: Peer) {
    this.listener = listener;
    this.peer = peer;
  }

  captureHello(hello: ClientHelloCapture): void {
    this.hello = hello;
    this.sni = hello.sni;
  }

  /** What people are shown of its certificate. */
  get certificate(): CertificateSummary | undefined {
    const leaf = this.verified?.chain[0];
    return leaf === undefined
      ? this.refused[0]
      : certificateSummary((this.verified as ChainVerdict).facts, leaf.sha256);
  }

  /** Certificate -> principal; whether one of the two is revoked or denied. Throws Refused. */
  identify(verdict: ChainVerdict, ocsp: OcspResult | undefined, { policy, revocation }: Generation): Identified {
    this.verified = verdict;
    const { chain } = verdict;
    const store = this.listener.trust.stores.get(verdict.store);
    const objection = checkRevocation({ chain, store, principal: undefined, ocsp }, revocation, Date.now());
    if (objection !== undefined) throw new Refused(objection.cause, objection.message, 'handshake');
    const identified = policy.identify(verdict.store, verdict.facts, Date.now(), this.listener.plan.limits);
    if (!identified.ok) throw new Refused('no-identity', identified.reason, 'identify');
    this.identified = identified;
    const denied = revocation.denial(chain, identified.principal, Date.now());
    if (denied !== undefined) throw new Refused(denied.cause, denied.message, 'identify');
    return identified;
  }

  /** What only a refusal before the session tells is kept no longer. */
  forgetHandshake(): void {
    this.hello = null;
    this.presented = [];
  }

  /** Keeps the particulars of the certificates that a client showed that is refused. */
  noteRefused(): void {
    this.refused = this.presented.map(summaryOf);
  }
}

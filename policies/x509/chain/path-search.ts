import type { Anchors } from './anchors.ts';
import { Budget } from './budget.ts';
import { algorithmFinding, issuerFinding, leafFinding } from './certificate-rules.ts';
import type { ChainCertificate } from './chain-certificate.ts';
import { issuanceFinding } from './issuance-rules.ts';
import type { ValidationOptions } from './options.ts';
import { countedLength, pathFinding } from './path-rules.ts';
import { type ChainRefused, type ChainResult, type ChainTrusted, type Finding, refused, shownName } from './result.ts';
import { SignatureChecks } from './signatures.ts';

interface Fault extends Finding {
  /** Place of the certificate at fault in its path. */
  readonly index: number;
}

interface Candidate {
  readonly certificate: ChainCertificate;
  /** Name of the store where it is an anchor. */
  readonly store: string | undefined;
}

/** Signatures come after all rules: a path that failed there got further than any that broke a rule. */
const SIGNATURE_STAGE = 1000;

/**
 * Looks for paths from a leaf to the anchors, depth first. Everything that costs no cryptography is
 * judged on the way up. Signatures are checked from the anchor down, so that a stranger's
 * certificates cost one signature a path.
 */
export class PathSearch {
  readonly #pool: readonly ChainCertificate[];
  readonly #anchors: Anchors;
  readonly #options: ValidationOptions;
  readonly #budget: Budget;
  readonly #signatures: SignatureChecks;
  readonly #trusted: ChainTrusted[] = [];
  #failure: { readonly stage: number; readonly result: ChainRefused } | undefined;
  #deadEnd: readonly ChainCertificate[] = [];
  /** The leaf is revoked: no other path, nor another store, brings it back. */
  #leafRevoked: ChainRefused | undefined;

  /** `pool`: certificates that came with the leaf, in any order. */
  constructor(pool: readonly ChainCertificate[], anchors: Anchors, options: ValidationOptions) {
    this.#pool = pool;
    this.#anchors = anchors;
    this.#options = options;
    this.#budget = new Budget(options.limits);
    this.#signatures = new SignatureChecks(this.#budget, options.verdicts);
  }

  /** @throws TooCostly */
  run(leaf: ChainCertificate): ChainResult {
    const finding = leafFinding(leaf, this.#options) ?? this.#issuance(leaf, 'leaf');
    const fault = finding && { ...finding, index: 0 };
    for (const { certificate, store, partial } of this.#anchors.named(leaf.subject)) {
      if (partial && certificate.sha256 === leaf.sha256) this.#complete([certificate], store, fault);
    }
    this.#extend([leaf], fault);
    const [first, second] = this.#trusted;
    if (this.#leafRevoked !== undefined) return this.#leafRevoked;
    if (first === undefined) return this.#failure?.result ?? this.#unknown();
    return second === undefined ? first : ambiguous(first, second);
  }

  #extend(path: readonly ChainCertificate[], fault: Fault | undefined): void {
    const top = path.at(-1) as ChainCertificate;
    let extended = false;
    for (const { certificate, store } of this.#issuersOf(top, path)) {
      if (this.#settled) return;
      this.#budget.candidate();
      extended = true;
      const found = fault ?? this.#judge(certificate, path, store);
      const next = [...path, certificate];
      if (store !== undefined) this.#complete(next, store, found);
      // A broken path is followed, to tell what broke, only while no path to an anchor is known that got as far.
      else if (found === undefined || found.index > (this.#failure?.stage ?? -1)) this.#extend(next, found);
    }
    if (!extended && path.length > this.#deadEnd.length) this.#deadEnd = path;
  }

  /** Nothing more can come of the search: no further store could trust the leaf, or two do. */
  get #settled(): boolean {
    return this.#trusted.length >= Math.min(2, this.#anchors.stores.size);
  }

  /** Anchors first, then what was presented; those whose key identifier fits before the others. */
  #issuersOf(certificate: ChainCertificate, path: readonly ChainCertificate[]): Candidate[] {
    const { issuer, extensions } = certificate;
    const wanted = extensions.authorityKeyId?.keyId;
    const misfit = (other: ChainCertificate) => (wanted === other.extensions.subjectKeyId ? 0 : 1);
    const presented = this.#pool.filter(({ subject }) => subject === issuer);
    const others = [...presented, ...this.#anchors.helping(issuer)].map((other) => ({
      certificate: other,
      store: undefined,
    }));
    return [...this.#anchors.named(issuer), ...others]
      .filter((candidate) => !path.some((member) => sameAuthority(member, candidate.certificate)))
      .sort((a, b) => misfit(a.certificate) - misfit(b.certificate));
  }

  #judge(issuer: ChainCertificate, below: readonly ChainCertificate[], store: string | undefined): Fault | undefined {
    const index = below.length;
    const child = below.at(-1) as ChainCertificate;
    const above =
      issuerFinding(issuer, this.#options) ?? this.#issuance(issuer, store === undefined ? 'issuer' : 'anchor');
    if (above !== undefined) return { ...above, index };
    const signed = algorithmFinding(child, issuer, this.#options);
    if (signed !== undefined) return { ...signed, index: index - 1 };
    const path = pathFinding(issuer, below, this.#budget) ?? this.#tooLong([...below, issuer]);
    return path && { ...path, index };
  }

  #issuance(certificate: ChainCertificate, role: 'leaf' | 'issuer' | 'anchor'): Finding | undefined {
    return this.#options.issuance ? issuanceFinding(certificate, role) : undefined;
  }

  #tooLong(path: readonly ChainCertificate[]): Finding | undefined {
    const length = countedLength(path);
    const limit = this.#options.limits.chain;
    if (length <= limit) return undefined;
    return { cause: 'chain-too-long', rule: 'RFC 5280 6.1.4', reason: `the path has over ${limit} certificates` };
  }

  #complete(path: readonly ChainCertificate[], store: string, fault: Fault | undefined): void {
    if (fault !== undefined) {
      this.#fail(path, fault, fault.index);
      return;
    }
    if (this.#trusted.some((trusted) => trusted.store === store)) return;
    const broken = this.#brokenSignature(path) ?? this.#revoked(path, store);
    if (broken !== undefined) {
      this.#fail(path, broken, SIGNATURE_STAGE + path.length - broken.index);
      return;
    }
    this.#trusted.push({ ok: true, store, path });
    for (const intermediate of path.slice(1, -1)) this.#options.verdicts?.keep(intermediate);
  }

  #brokenSignature(path: readonly ChainCertificate[]): Fault | undefined {
    for (let index = path.length - 2; index >= 0; index--) {
      const [certificate, issuer] = path.slice(index) as [ChainCertificate, ChainCertificate];
      if (this.#signatures.holds(certificate, issuer)) continue;
      const reason = `its signature does not verify with the key of ${shownName(issuer.subjectText)}`;
      return { cause: 'bad-signature', rule: 'RFC 5280 6.1.3 (a) (1)', reason, index };
    }
    return undefined;
  }

  /** From the anchor down: what an intermediate says about others counts only while it is not revoked itself. */
  #revoked(path: readonly ChainCertificate[], store: string): Fault | undefined {
    for (let index = path.length - 2; index >= 0; index--) {
      const [certificate, issuer] = path.slice(index) as [ChainCertificate, ChainCertificate];
      const finding = this.#options.isRevoked?.(certificate, issuer, store);
      if (finding === undefined) continue;
      if (index === 0 && finding.cause === 'revoked') this.#leafRevoked = refused(finding, certificate);
      return { ...finding, index };
    }
    return undefined;
  }

  #fail(path: readonly ChainCertificate[], fault: Fault, stage: number): void {
    if (this.#failure !== undefined && this.#failure.stage >= stage) return;
    this.#failure = { stage, result: refused(fault, path[fault.index], fault.index) };
  }

  #unknown(): ChainRefused {
    const top = this.#deadEnd.at(-1) as ChainCertificate;
    const reason = top.selfIssued
      ? 'it is self-signed and in no trust store of this listener as an anchor'
      : `neither the client nor a trust store of this listener has its issuer ${shownName(top.issuerText)}`;
    const index = this.#deadEnd.length - 1;
    return refused({ cause: 'unknown-ca', rule: 'RFC 5280 6.1.1 (d)', reason }, top, index);
  }
}

/** RFC 4158 2.4.2: the same name with the same key again is a loop, whichever certificate says so. */
function sameAuthority(a: ChainCertificate, b: ChainCertificate): boolean {
  return a.subject === b.subject && a.keySha256 === b.keySha256;
}

function ambiguous(first: ChainTrusted, second: ChainTrusted): ChainRefused {
  const [leaf] = first.path;
  const reason = `it has paths to anchors of two trust stores, ${first.store} and ${second.store}`;
  return refused({ cause: 'ambiguous-trust', rule: 'RFC 5280 6.1.1 (d)', reason }, leaf);
}

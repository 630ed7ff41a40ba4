import type { Budget } from './budget.ts';
import type { ChainCertificate } from './chain-certificate.ts';
import { nameFault } from './name-constraints.ts';
import type { Finding } from './result.ts';

/**
 * What an issuer asks of the path below it (RFC 5280 6.1.3 (b) and (c), 6.1.4 (l) and (m)).
 * `below` begins with the leaf.
 * @throws TooCostly
 */
export function pathFinding(
  issuer: ChainCertificate,
  below: readonly ChainCertificate[],
  budget: Budget,
): Finding | undefined {
  return pathLengthFinding(issuer, below) ?? constraintsFinding(issuer, below, budget);
}

/** Certificates of a path that count for its length: all but the self-issued ones between leaf and anchor. */
export function countedLength(path: readonly ChainCertificate[]): number {
  return path.filter((certificate, index) => index === 0 || index === path.length - 1 || !certificate.selfIssued)
    .length;
}

function pathLengthFinding(issuer: ChainCertificate, below: readonly ChainCertificate[]): Finding | undefined {
  const allowed = issuer.extensions.basicConstraints?.pathLength;
  const between = below.slice(1).filter(({ selfIssued }) => !selfIssued).length;
  if (allowed === undefined || between <= allowed) return undefined;
  const reason = `${between} authorities stand between it and the leaf; its pathLenConstraint allows ${allowed}`;
  return { cause: 'path-length', rule: 'RFC 5280 4.2.1.9', reason };
}

/** Self-issued certificates above the leaf are exempt (RFC 5280 4.2.1.10). */
function constraintsFinding(
  issuer: ChainCertificate,
  below: readonly ChainCertificate[],
  budget: Budget,
): Finding | undefined {
  const constraints = issuer.extensions.nameConstraints;
  if (constraints === undefined) return undefined;
  for (const [index, certificate] of below.entries()) {
    if (index > 0 && certificate.selfIssued) continue;
    const fault = nameFault(certificate, constraints, budget);
    if (fault === undefined) continue;
    const whose = index === 0 ? 'the leaf' : `issuer ${index} of the path`;
    const reason = `its nameConstraints do not allow ${whose}: ${fault}`;
    return { cause: 'name-constraint', rule: 'RFC 5280 4.2.1.10', reason };
  }
  return undefined;
}

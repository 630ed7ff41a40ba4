import type { X509Certificate } from 'node:crypto';
import { stapleTarget } from '../stapling/staple-targets.ts';
import { type Path, quote, type Report } from './problem.ts';

/**
 * Warns where nobody can be asked for an OCSP answer to staple. Not an error: a certificate that names no responder any
 * more must not keep its predecessor in force.
 * @param chain the certificate `name` holds and what stands behind it
 * @param authorities of all trust stores
 */
export function checkStapling(
  stapling: string,
  name: string,
  [leaf, ...chain]: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  path: Path,
  report: Report,
): void {
  if (leaf === undefined) return;
  const target = stapleTarget(leaf, [...chain, ...authorities], stapling);
  if (typeof target === 'string') report.warning(path, `nothing can be stapled for ${quote(name)}: ${target}`);
}

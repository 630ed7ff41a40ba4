import { X509Certificate } from 'node:crypto';
import type { ListenerPlan } from '../../shared/listener-plan.ts';
import type { GateConfig } from '../config/model.ts';

/**
 * Why `next` must not replace `inForce` at `now` (milliseconds since the epoch): a listener would show an
 * expired certificate in the place of a valid one. A sentence each; none where nothing gets worse.
 */
export function expiredReplacements(next: GateConfig, inForce: GateConfig, now: number): string[] {
  return next.listeners.flatMap(({ plan: listener }) => {
    const previous = inForce.listeners.find(({ plan }) => plan.name === listener.name);
    if (previous === undefined) return [];
    const before = leaves(previous.plan);
    return leaves(listener).flatMap((leaf, i) => {
      const replaced = before[i];
      const known = before.some(({ fingerprint256 }) => fingerprint256 === leaf.fingerprint256);
      if (!isExpired(leaf, now) || known || replaced === undefined || isExpired(replaced, now)) return [];
      const { serialNumber, validToDate } = leaf;
      return [
        `listener ${listener.name}: the certificate ${serialNumber} expired on ${validToDate.toISOString()}; ` +
          `the one in force is valid until ${replaced.validToDate.toISOString()}`,
      ];
    });
  });
}

/** The certificates that clients are shown, in the order of the configuration. */
function leaves({ tls }: ListenerPlan): X509Certificate[] {
  return [tls, ...tls.certificates].map(({ certificate }) => new X509Certificate(certificate));
}

function isExpired({ validToDate }: X509Certificate, now: number): boolean {
  return validToDate.getTime() < now;
}

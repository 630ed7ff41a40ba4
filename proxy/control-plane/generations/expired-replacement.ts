import { X509Certificate } from 'node:crypto';
import type { GateConfig, ListenerConfig } from '../config/model.ts';
import type { Material } from './material.ts';

interface Content {
  readonly config: GateConfig;
  readonly material: Material;
}

/**
 * Why `next` must not replace `inForce` at `now` (milliseconds since the epoch): a listener would show an
 * expired certificate in the place of a valid one. A sentence each; none where nothing gets worse.
 */
export function expiredReplacements(next: Content, inForce: Content, now: number): string[] {
  return next.config.listeners.flatMap((listener) => {
    const previous = inForce.config.listeners.find(({ name }) => name === listener.name);
    if (previous === undefined) return [];
    const before = leaves(previous, inForce.material);
    return leaves(listener, next.material).flatMap((leaf, i) => {
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
function leaves({ tls }: ListenerConfig, material: Material): X509Certificate[] {
  return [tls, ...tls.certificates].map(({ certificate }) => new X509Certificate(material.get(certificate) as Buffer));
}

function isExpired({ validToDate }: X509Certificate, now: number): boolean {
  return validToDate.getTime() < now;
}

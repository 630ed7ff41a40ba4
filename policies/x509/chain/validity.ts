import type { CertificateFacts } from '../../types.ts';
import type { SkewSuspicion } from './options.ts';
import type { Finding } from './result.ts';

interface Clock {
  readonly now: number;
  readonly skew: number;
  readonly suspicion: SkewSuspicion;
}

/** RFC 5280 6.1.3 (a) (2): notBefore and notAfter belong to the validity, to the whole second. All in milliseconds. */
export function validityFault({ notBefore, notAfter }: CertificateFacts, clock: Clock): Finding | undefined {
  const now = Math.floor(clock.now / 1000) * 1000;
  const early = notBefore - now;
  const late = now - notAfter;
  if (early <= clock.skew && late <= clock.skew) return undefined;
  const rule = 'RFC 5280 4.1.2.5';
  if (early > clock.skew) {
    const suspected = early <= clock.suspicion.early;
    const reason = `it is not valid before ${date(notBefore)}, ${span(early)} from now`;
    if (!suspected) return { cause: 'not-yet-valid', rule, reason };
    return { cause: 'clock-skew-suspected', rule, reason: `${reason}: is a clock wrong?` };
  }
  const suspected = late <= clock.suspicion.late;
  const reason = `it expired on ${date(notAfter)}, ${span(late)} ago`;
  if (!suspected) return { cause: 'expired', rule, reason };
  return { cause: 'clock-skew-suspected', rule, reason: `${reason}: not renewed, or is a clock wrong?` };
}

function date(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}

function span(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

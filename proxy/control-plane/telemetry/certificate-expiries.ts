import { X509Certificate } from 'node:crypto';
import type { ListenerPlan } from '../../shared/listener-plan.ts';
import { certificatesOf } from '../../shared/trust/pem.ts';
import type { MetricSample } from './metrics.ts';

/** For each file of certificates in use: the earliest notAfter of what it holds, in seconds since the epoch. */
export function certificateExpiries(listeners: readonly ListenerPlan[]): readonly MetricSample[] {
  return listeners.flatMap(({ name, tls, stores, upstream }) => [
    ...[tls, ...tls.certificates].flatMap(({ certificate }) => expiry('listener', name, certificate)),
    ...Object.entries(stores).flatMap(([store, { certificates }]) => expiry('trust', store, certificates)),
    ...(upstream.tls?.certificate === undefined ? [] : expiry('upstream', name, upstream.tls.certificate)),
  ]);
}

/** None where the text holds no certificate. */
function expiry(kind: string, name: string, pem: string): MetricSample[] {
  const dates = certificatesOf(pem).map((der) => Date.parse(new X509Certificate(der).validTo));
  if (dates.length === 0) return [];
  const value = Math.min(...dates) / 1000;
  return [{ name: 'headgate_certificate_expiry_timestamp_seconds', labels: { kind, name }, value }];
}

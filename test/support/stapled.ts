import { X509Certificate } from 'node:crypto';
import { connect, type SecureVersion } from 'node:tls';
import { checkOcsp } from '../../policies/revocation/ocsp-check.ts';
import { askOcsp } from '../../policies/revocation/ocsp-question.ts';
import { readOcspResponse } from '../../policies/revocation/ocsp-response.ts';
import { parseCertificate } from '../../policies/x509/certificate.ts';
import { verifySignature } from '../../proxy/control-plane/revocation/verify-signature.ts';
import type { TestGate } from './gate.ts';
import type { Credentials } from './pki.ts';
import { nextEvent } from './wait.ts';

export interface Shown {
  /** Serial number of the certificate that was shown. */
  readonly serial: string;
  /** DER of what was stapled to it; null: nothing. */
  readonly staple: Buffer | null;
}

/** What the gate shows to a client that asks for an OCSP answer as well. */
export async function shownWithStaple(
  gate: TestGate,
  client: Credentials,
  { servername = 'localhost', maxVersion = 'TLSv1.3' }: { servername?: string; maxVersion?: SecureVersion } = {},
): Promise<Shown> {
  const { ca, cert, key } = client;
  const checkServerIdentity = () => undefined;
  const socket = connect({
    ...{ port: gate.port(), host: '127.0.0.1', servername, maxVersion, ca, cert, key, checkServerIdentity },
    requestOCSP: true,
  });
  let staple: Buffer | null = null;
  socket.on('OCSPResponse', (response: Buffer | null) => {
    staple = response;
  });
  try {
    await nextEvent(socket, 'secureConnect');
    return { serial: socket.getPeerX509Certificate()?.serialNumber ?? '', staple };
  } finally {
    socket.destroy();
  }
}

/** What a staple says of a certificate to a client that checks it; a reason where it does not hold. PEM. */
export function saidBy(staple: Uint8Array | null, certificate: string, issuer: string): string {
  if (staple === null) return 'nothing';
  const { facts } = parseCertificate(new X509Certificate(certificate).raw);
  const { der, subject, publicKey } = parseCertificate(new X509Certificate(issuer).raw);
  const name = der.subarray(subject.start, subject.end);
  const spki = der.subarray(publicKey.start, publicKey.end);
  const question = askOcsp({ issuerName: name, issuerSpki: spki, serial: Buffer.from(facts.serial, 'hex') });
  const now = Date.now();
  const check = { issuer: { name, spki }, now, skew: 1000, maxStaleness: 0, verify: verifySignature };
  const verdict = checkOcsp(readOcspResponse(staple), question, check);
  if (!verdict.ok) return verdict.reason;
  return verdict.freshUntil < now ? 'out of date' : verdict.status.kind;
}

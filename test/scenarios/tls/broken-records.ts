/** Clients whose records are cut up, oversized, forged or out of place. */
import { ecKey } from '../../policies/x509/chain/issue.ts';
import { extension, tlv } from '../../policies/x509/der-writer.ts';
import { oneByteRecords, RECORD, record, type Tamper } from '../../support/raw-tls.ts';
import { type Misbehaviour, SENT, TLS12, TLS13 } from './misbehaviour.ts';
import { paddedHello } from './padded-hello.ts';
import { anchor, device, shown } from './shown-chain.ts';

/** The client's record of that number becomes these, and no other follows. */
const insteadOf =
  (number: number, ...records: readonly Buffer[]): Tamper =>
  (whole, at) =>
    at < number ? [whole] : at === number ? records : [];
/** The record of that number has other bytes from `start` on. */
const overwritten =
  (number: number, start: number): Tamper =>
  (whole, at) => [at === number ? whole.fill(0x55, start) : whole];

const FATAL = 2;
const HANDSHAKE_FAILURE = 40;
const ALERT = record(RECORD.alert, Buffer.of(FATAL, HANDSHAKE_FAILURE));
const DATA = record(RECORD.applicationData, Buffer.alloc(64));
/** Where the first certificate begins in a Certificate message of TLS 1.2, and the signature in a CertificateVerify. */
const CERTIFICATE_AT = 15;
const SIGNATURE_AT = 13;
const WEAK = { ciphers: 'DEFAULT@SECLEVEL=0' };
/** Three certificates of 40 KB. */
const HEAVY = Array.from({ length: 3 }, () =>
  device(anchor, { extensions: [extension('1.3.6.1.4.1.55555.3', tlv(0x04, Buffer.alloc(40_000)))] }),
) as [ReturnType<typeof device>, ...ReturnType<typeof device>[]];

export const BROKEN_RECORDS: readonly Misbehaviour[] = [
  {
    what: 'TLS 1.3 in records of one byte as long as they are plain',
    options: TLS13,
    tamper: (whole) => (whole[0] === RECORD.handshake ? oneByteRecords(whole) : [whole]),
    outcome: 'let in',
  },
  {
    what: 'TLS 1.2 in records of one byte as long as they are plain',
    options: TLS12,
    tamper: (whole, at) => (at < SENT.tls12.changeCipherSpec ? oneByteRecords(whole) : [whole]),
    outcome: 'let in',
  },
  {
    what: 'a ClientHello of 16 KiB and one byte',
    options: TLS13,
    tamper: (whole, at) => (at === 0 ? paddedHello(whole, 16 * 1024 + 1) : []),
    outcome: ['client-hello', /announces 16385 bytes, more than 16384$/],
  },
  {
    what: 'a ClientHello of 60 KiB',
    options: TLS13,
    tamper: (whole, at) => (at === 0 ? paddedHello(whole, 60 * 1024) : []),
    outcome: ['client-hello', /announces 61440 bytes, more than 16384$/],
  },
  {
    what: 'a ClientHello with 30 KB of protocol names',
    options: { ...TLS13, ALPNProtocols: Array.from({ length: 300 }, (_, i) => `p${i}`.padEnd(100, 'x')) },
    outcome: ['client-hello', /announces \d+ bytes, more than 16384$/],
  },
  {
    what: 'a ClientHello that is changed on its way',
    options: TLS13,
    tamper: (whole, at) => (at === 0 ? paddedHello(whole, 12 * 1024) : [whole]),
    // The client cannot read what the gate answers, and says so.
    outcome: ['aborted-by-client', /alert/],
  },
  {
    what: 'a fatal alert in place of all that follows the ClientHello (TLS 1.3)',
    options: TLS13,
    tamper: insteadOf(SENT.tls13.changeCipherSpec, ALERT),
    outcome: ['aborted-by-client', /alert handshake failure/],
  },
  {
    what: 'a fatal alert in place of Finished (TLS 1.2)',
    options: TLS12,
    tamper: insteadOf(SENT.tls12.changeCipherSpec, ALERT),
    outcome: ['aborted-by-client', /alert handshake failure/],
  },
  {
    what: 'a fatal alert in place of Finished that is not encrypted (TLS 1.3)',
    options: TLS13,
    tamper: insteadOf(SENT.tls13.finished, ALERT),
    outcome: ['tls-error', /bad record type/],
  },
  {
    what: 'application data in place of the certificate (TLS 1.3)',
    options: TLS13,
    tamper: insteadOf(SENT.tls13.certificate, DATA),
    outcome: ['tls-error', /bad record mac/],
  },
  {
    what: 'application data in place of the certificate (TLS 1.2)',
    options: TLS12,
    tamper: insteadOf(SENT.tls12.certificate, DATA),
    outcome: ['tls-error', /unexpected record/],
  },
  {
    what: 'a Finished that was tampered with (TLS 1.3)',
    options: TLS13,
    tamper: overwritten(SENT.tls13.finished, 20),
    outcome: ['tls-error', /bad record mac/],
  },
  {
    what: 'a certificate of garbage',
    options: TLS12,
    tamper: overwritten(SENT.tls12.certificate, CERTIFICATE_AT),
    outcome: ['certificate-unreadable', /wrong tag/],
  },
  {
    what: 'certificates of more than 100 KB',
    options: { ...TLS13, ...shown(...HEAVY) },
    outcome: ['certificate-unreadable', /excessive message size/],
  },
  {
    what: 'a stolen certificate without its key',
    options: TLS12,
    tamper: overwritten(SENT.tls12.verify, SIGNATURE_AT),
    outcome: ['bad-signature', /signature/],
  },
  {
    what: 'a key exchange that was tampered with',
    options: TLS12,
    tamper: overwritten(SENT.tls12.keyExchange, 20),
    outcome: ['bad-signature', /signature/],
  },
  {
    what: 'a key on a curve that the profile leaves out (TLS 1.2)',
    options: { ...TLS12, ...WEAK, ...shown(device(anchor, { key: ecKey('secp224r1') })) },
    outcome: ['weak-key', /wrong curve/],
  },
  {
    what: 'plain text after the handshake (TLS 1.3)',
    options: TLS13,
    afterwards: ({ wire }) => void wire.write('GET / HTTP/1.1\r\n\r\n'),
    outcome: ['tls-error', /ERR_SSL_\w+/],
  },
  {
    what: 'a record that nobody encrypted after the handshake (TLS 1.3)',
    options: TLS13,
    afterwards: ({ wire }) => void wire.write(DATA),
    outcome: ['tls-error', /BAD_RECORD_MAC/],
  },
  {
    what: 'a record that nobody encrypted after the handshake (TLS 1.2)',
    options: TLS12,
    afterwards: ({ wire }) => void wire.write(DATA),
    outcome: ['tls-error', /ERR_SSL_\w+/],
  },
];

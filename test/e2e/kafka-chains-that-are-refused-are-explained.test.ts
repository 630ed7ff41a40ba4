/** Kafka has no words for a certificate that is refused: the client is closed without a byte, and the operator is told why. */
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import test from 'node:test';
import type { Cause } from '../../policies/causes.ts';
import { startKafkaGate } from '../support/kafka-gate.ts';
import { type Credentials, testPki } from '../support/pki.ts';
import { connectRaw } from '../support/raw-client.ts';
import { waitFor } from '../support/wait.ts';

const NOBODY = 1;
const pki = await testPki();
/** ApiVersions, version 0, of the client `test`. */
const API_VERSIONS = Buffer.from('0000000e 0012 0000 00000001 0004 74657374'.replaceAll(' ', ''), 'hex');

const REFUSED: readonly {
  readonly what: string;
  readonly chain: () => Promise<Partial<Credentials>>;
  readonly cause: Cause;
  readonly reason: RegExp;
}[] = [
  { what: 'expired', chain: () => pki.expired('erp-1'), cause: 'expired', reason: /RFC 5280 4\.1\.2\.5/ },
  { what: 'of another authority', chain: () => pki.foreigner('erp-1'), cause: 'unknown-ca', reason: /CN=Foreign CA/ },
  { what: 'of nobody', chain: () => pki.unmapped(), cause: 'no-identity', reason: /identit/ },
  { what: 'none', chain: async () => ({ ca: pki.ca }), cause: 'no-certificate', reason: /sent no certificate/ },
];

test('a client of a Kafka listener with a certificate that is refused', async (t) => {
  await using kafka = await startKafkaGate({ bootstrap: [NOBODY] });
  const { gate } = kafka;
  for (const { what, chain, cause, reason } of REFUSED) {
    for (const speaks of [true, false]) {
      await t.test(`${what}, and the client ${speaks ? 'asks' : 'says nothing'}: ${cause}`, async () => {
        const known = gate.gate.hub.query({ cause }).length;
        const { cert, key } = await chain();
        const tls = { ca: pki.ca, ...(cert !== undefined && key !== undefined && { cert, key }) };
        await using client = await connectRaw({ port: gate.port('kafka'), tls });
        if (speaks) await client.write(API_VERSIONS);
        assert.equal((await client.waitClosed()).length, 0);
        const [event] = await waitFor('the record', () => {
          const all = gate.gate.hub.query({ cause });
          return all.length > known && all;
        });
        assert.match(event?.reason ?? '', reason);
        assert.deepEqual(
          [event?.listener, event?.protocol, event?.sent, event?.count],
          ['kafka', 'kafka', undefined, 1],
        );
        const sha256 = cert && createHash('sha256').update(new X509Certificate(cert).raw).digest('hex');
        assert.equal(event?.certificate?.sha256, sha256);
        assert.equal(gate.metric('headgate_rejections_total', { cause, listener: 'kafka' }), known + 1);
        await gate.idle();
      });
    }
  }
});

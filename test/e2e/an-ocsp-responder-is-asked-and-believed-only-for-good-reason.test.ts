/**
 * Where a store asks OCSP, a client gets in by the word of the responder, and goes by it: one question for each
 * certificate however many clients show it, an answer believed only when its signature, its time and its subject hold.
 */
import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import test from 'node:test';
import type { Cause } from '../../policies/causes.ts';
import { startAedes } from '../support/aedes.ts';
import { ConnectError, connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import type { ObservedGate } from '../support/observed-gate.ts';
import { gateFor, lab, responder, standIn } from '../support/ocsp-lab.ts';
import type { Credentials } from '../support/pki.ts';
import { waitFor } from '../support/wait.ts';

const connect = (gate: ObservedGate, clientId: string, tls: Credentials): Promise<TestClient> =>
  connectMqtt({ port: gate.port(), clientId, version: 4, tls });

async function refused(gate: ObservedGate, tls: Credentials, cause: Cause): Promise<string> {
  const before = gate.rejections(cause);
  await assert.rejects(connect(gate, 'pump-1', tls), ConnectError);
  await waitFor(`a rejection with cause ${cause}`, () => gate.rejections(cause) > before);
  return (await waitFor('its record', () => gate.gate.hub.query({ cause })[0])).reason;
}

for (const delegated of [false, true]) {
  test(`good gets in, revoked does not, signed by ${delegated ? 'a delegate' : 'the authority'}`, async () => {
    await using pki = await lab();
    await using broker = await startAedes();
    const ocsp = await responder(pki, { delegated });
    try {
      await using gate = await gateFor(pki, broker.port, { ocsp: ocsp.url });
      const good = await pki.device('pump-2');
      await (await connect(gate, 'pump-2', good)).end();
      const bad = await pki.device('pump-1');
      await pki.revoke('pump-1');
      assert.match(
        await refused(gate, bad, 'revoked'),
        /the OCSP responder says that the certificate is revoked: since/,
      );
      await (await connect(gate, 'pump-2', good)).end();
    } finally {
      await ocsp.close();
    }
  });
}

test('a session ends when the answer that let it in runs out and the next one says revoked', async () => {
  await using pki = await lab();
  await using broker = await startAedes();
  const ocsp = await responder(pki, { validFor: 2500 });
  try {
    await using gate = await gateFor(pki, broker.port, { ocsp: ocsp.url });
    const device = await pki.device('pump-1');
    await using client = await connect(gate, 'pump-1', device);
    await pki.revoke('pump-1');
    await client.waitClosed(20_000);
    assert.equal((await gate.rejection('revoked')).principal, 'pump-1');
  } finally {
    await ocsp.close();
  }
});

/** What stands in for a responder, and what becomes of a client then. */
const FALSE: readonly (readonly [what: string, answer: RequestListener, words: RegExp])[] = [
  ['an error', (_request, response) => response.writeHead(500).end(), /HTTP status 500/],
  ['no answer', (request) => request.socket.destroy(), /fetch failed|terminated|socket/],
  ['another protocol', (_request, response) => response.end('<html>'), /at byte/],
  ['"try later"', (_request, response) => response.end(Buffer.from([0x30, 3, 0x0a, 1, 3])), /tryLater/],
];

for (const [what, answer, words] of FALSE) {
  test(`${what} in place of an answer: refused where it is required, accepted where it is not`, async () => {
    await using pki = await lab();
    await using broker = await startAedes();
    await using ocsp = await standIn(answer);
    await using gate = await gateFor(pki, broker.port, { ocsp: ocsp.url });
    const device = await pki.device('pump-1');
    assert.match(await refused(gate, device, 'revocation-unknown'), /no revocation list and no OCSP answer/);
    assert.match(JSON.stringify(gate.logged('an OCSP responder gave no answer that holds')), words);
    await using lenient = await gateFor(pki, broker.port, { ocsp: ocsp.url, mode: 'prefer' });
    await (await connect(lenient, 'pump-1', device)).end();
  });
}

test('the word of another authority’s responder is worth nothing', async () => {
  await using pki = await lab();
  await using other = await lab();
  await using broker = await startAedes();
  const ocsp = await responder(other);
  try {
    await using gate = await gateFor(pki, broker.port, { ocsp: ocsp.url });
    await refused(gate, await pki.device('pump-1'), 'revocation-unknown');
  } finally {
    await ocsp.close();
  }
});

test('with aia the certificate names the responder, if its host may be asked; one question for many clients', async () => {
  await using pki = await lab();
  await using broker = await startAedes();
  let asked = 0;
  const ocsp = await responder(pki);
  await using counting = await standIn(async (request, response) => {
    asked++;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const answer = await fetch(ocsp.url, { method: 'POST', body: Buffer.concat(chunks) });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  try {
    const device = await pki.device('pump-1', `${counting.url}/ocsp`);
    await using strangers = await gateFor(pki, broker.port, { ocsp: 'aia' });
    await refused(strangers, device, 'revocation-unknown');
    assert.equal(asked, 0, 'its host is on no list');
    await using gate = await gateFor(pki, broker.port, { ocsp: 'aia', ocspHosts: ['127.0.0.1'] });
    const clients = await Promise.all(Array.from({ length: 6 }, () => connect(gate, 'pump-1', device)));
    assert.equal(asked, 1);
    for (const client of clients) await client.end();
  } finally {
    await ocsp.close();
  }
});

/**
 * Where a store asks OCSP, a client gets in by the word of the responder, and goes by it: one question for each
 * certificate however many clients show it, an answer believed only when its signature, its time and its subject hold.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import type { Cause } from '../../policies/causes.ts';
import { initDirectory, issueInto, revokeIn } from '../../proxy/cli/pki/directory.ts';
import { type OcspResponder, startOcspResponder } from '../../proxy/cli/pki/ocsp/responder.ts';
import { startAedes } from '../support/aedes.ts';
import type { Section } from '../support/gate-config.ts';
import { ConnectError, connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { type Credentials, testPki } from '../support/pki.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

interface Lab {
  readonly dir: string;
  device(name: string, ocspUrl?: string): Promise<Credentials>;
  revoke(name: string): Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
}

async function lab(): Promise<Lab> {
  const dir = tempDir();
  const path = dir.file('pki');
  await initDirectory(path, { commonName: 'Lab CA' });
  return {
    dir: path,
    async device(name, ocspUrl) {
      const uri = [`spiffe://acme/p1/${name}`];
      await issueInto(
        path,
        name,
        { subject: `O=Acme,CN=${name}`, uri, ...(ocspUrl !== undefined && { ocspUrl: [ocspUrl] }) },
        true,
      );
      const read = (file: string) => readFileSync(join(path, file), 'utf8');
      return { cert: read(`${name}.pem`), key: read(`${name}.key`), ca: (await testPki()).ca };
    },
    revoke: (name) => revokeIn(path, name, 'keyCompromise'),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

const responder = (pki: Lab, more: object = {}): Promise<OcspResponder> =>
  startOcspResponder({ dir: pki.dir, host: '127.0.0.1', port: 0, delegated: false, validFor: 3_600_000, ...more });

/** A gate whose clients come from the lab. */
async function gateFor(pki: Lab, broker: number, revocation: Section): Promise<ObservedGate> {
  const more = { workers: 2, reloadInterval: '0s' };
  const gate = await startObservedGate({ broker, more });
  gate.dir.write('lab.pem', readFileSync(join(pki.dir, 'ca.pem'), 'utf8'));
  gate.configure({ broker, more: { ...more, trust: { devices: { ca: 'lab.pem', revocation } } } });
  const { ok, errors } = await gate.gate.reload();
  assert.deepEqual([ok, errors], [true, []]);
  return gate;
}

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
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const ocsp = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      await using gate = await gateFor(pki, broker.port, { ocsp });
      const device = await pki.device('pump-1');
      assert.match(await refused(gate, device, 'revocation-unknown'), /no revocation list and no OCSP answer/);
      assert.match(JSON.stringify(gate.logged('an OCSP responder gave no answer that holds')), words);
      await using lenient = await gateFor(pki, broker.port, { ocsp, mode: 'prefer' });
      await (await connect(lenient, 'pump-1', device)).end();
    } finally {
      server.closeAllConnections();
      server.close();
    }
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
  const counting = createServer(async (request, response) => {
    asked++;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const answer = await fetch(ocsp.url, { method: 'POST', body: Buffer.concat(chunks) });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => counting.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(counting.address() as AddressInfo).port}/ocsp`;
    const device = await pki.device('pump-1', url);
    await using strangers = await gateFor(pki, broker.port, { ocsp: 'aia' });
    await refused(strangers, device, 'revocation-unknown');
    assert.equal(asked, 0, 'its host is on no list');
    await using gate = await gateFor(pki, broker.port, { ocsp: 'aia', ocspHosts: ['127.0.0.1'] });
    const clients = await Promise.all(Array.from({ length: 6 }, () => connect(gate, 'pump-1', device)));
    assert.equal(asked, 1);
    for (const client of clients) await client.end();
  } finally {
    counting.closeAllConnections();
    counting.close();
    await ocsp.close();
  }
});

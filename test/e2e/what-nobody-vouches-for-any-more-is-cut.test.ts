/**
 * A list, an answer or a responder by which a session was let in may lose its worth while the session lives. Where the
 * store asks for certainty the session is judged again at that moment, and ended.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { openAuthority } from '../../proxy/cli/pki/authority.ts';
import { startAedes } from '../support/aedes.ts';
import type { Section } from '../support/gate-config.ts';
import { ConnectError, connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import type { ObservedGate } from '../support/observed-gate.ts';
import { delegateSays, gateFor, lab, responder, standIn } from '../support/ocsp-lab.ts';
import type { Credentials } from '../support/pki.ts';
import { waitFor } from '../support/wait.ts';

/** How far the clock of an authority may be off: a list counts so much longer than it says. */
const SKEW = 60_000;

const connect = (gate: ObservedGate, clientId: string, tls: Credentials): Promise<TestClient> =>
  connectMqtt({ port: gate.port(), clientId, version: 4, tls });

const FATES: readonly (readonly [what: string, revocation: Section, ends: boolean])[] = [
  ['required', {}, true],
  ['preferred', { mode: 'prefer' }, true],
  ['allowed', { onStale: 'allow' }, false],
];

for (const [what, revocation, ends] of FATES) {
  test(`a list that runs out, ${what}: sessions on both workers ${ends ? 'end' : 'go on'}`, async () => {
    await using pki = await lab();
    await using broker = await startAedes();
    const authority = await openAuthority(pki.dir);
    // Lists are dated to the second.
    const end = Math.ceil(Date.now() / 1000) * 1000 + 4000;
    const dates = { thisUpdate: new Date(end - 2 * SKEW), nextUpdate: new Date(end - SKEW) };
    const list = await authority.crl({ number: 1, revoked: [], ...dates });
    await using gate = await gateFor(pki, broker.port, { crl: 'list.crl', ...revocation }, { 'list.crl': list });
    await using stack = new AsyncDisposableStack();
    const clients: TestClient[] = [];
    for (let i = 0; i < 4; i++) {
      const client = await connect(gate, `pump-${i}`, await pki.device(`pump-${i}`));
      clients.push(stack.use(client));
    }
    assert.ok(Date.now() < end, 'they were let in by a list that counted');
    await waitFor('both workers to judge again', () => gate.logged('live sessions were judged again').length >= 4);
    assert.ok(Date.now() > end);
    if (!ends) {
      for (const [i, client] of clients.entries()) {
        assert.equal(await client.publish(`plant/p1/pump-${i}/t`, 'x', { qos: 1 }), 0);
      }
      return;
    }
    for (const client of clients) await client.waitClosed();
    assert.equal(gate.rejections('revocation-unknown'), 4);
    const { reason, action } = await gate.rejection('revocation-unknown');
    assert.match(
      `${action} ${reason}`,
      /^session the revocation list of the issuer has expired: .*list\.crl, number 1/,
    );
  });
}

test('an answer that runs out and a responder that is gone: the session ends', async () => {
  await using pki = await lab();
  await using broker = await startAedes();
  const ocsp = await responder(pki, { validFor: 2500 });
  await using gate = await gateFor(pki, broker.port, { ocsp: ocsp.url });
  await using client = await connect(gate, 'pump-1', await pki.device('pump-1'));
  await ocsp.close();
  await client.waitClosed(20_000);
  assert.match((await gate.rejection('revocation-unknown')).reason, /the OCSP response has expired/);
});

test('a responder whose own certificate is not known to be good is not believed', async () => {
  await using pki = await lab();
  await using broker = await startAedes();
  const authority = await openAuthority(pki.dir);
  await using ocsp = await standIn(delegateSays(await authority.issue({ subject: 'CN=Responder', eku: 'ocsp' })));
  const device = await pki.device('pump-1');
  await using gate = await gateFor(pki, broker.port, { ocsp: ocsp.url });
  await assert.rejects(connect(gate, 'pump-1', device), ConnectError);
  assert.match(
    JSON.stringify(gate.logged('an OCSP responder gave no answer that holds')),
    /may be revoked \(it has no id-pkix-ocsp-nocheck\), and no revocation list of the trust store devices covers it/,
  );
  await using lenient = await gateFor(pki, broker.port, { ocsp: ocsp.url, mode: 'prefer' });
  await (await connect(lenient, 'pump-1', device)).end();
});

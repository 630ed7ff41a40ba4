/** `tls.clientAuth`: who need not show a certificate is the anonymous identity, if there is one; a certificate that is shown is judged. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startAedes } from '../support/aedes.ts';
import { startTestGate, type TestGate } from '../support/gate.ts';
import type { Section } from '../support/gate-config.ts';
import { ConnectError, connectMqtt } from '../support/mqtt-client.ts';
import { testPki } from '../support/pki.ts';

const GUESTS = { name: 'guests', when: { anonymous: true }, principal: 'guest', roles: ['guest'] };
const GUEST = { mqtt: { clientId: 'any', allow: [{ publish: 'open/#' }] } };

function gate(broker: number, clientAuth: string, identities: readonly Section[] = [GUESTS]): Promise<TestGate> {
  const asked = clientAuth === 'none' ? {} : { clients: ['devices'] };
  const tls = { profile: 'mozilla-modern', certificate: 'server.pem', key: 'server.key', clientAuth, ...asked };
  return startTestGate({ broker, listener: { tls }, identities, roles: { guest: GUEST } });
}

const codeOf = (error: unknown): number | undefined => (error as ConnectError).reasonCode;

for (const clientAuth of ['optional', 'none']) {
  test(`clientAuth ${clientAuth}: a client without a certificate has the rights of the anonymous identity`, async () => {
    await using broker = await startAedes();
    await using g = await gate(broker.port, clientAuth);
    const { ca } = await testPki();
    await using guest = await connectMqtt({ port: g.port(), clientId: 'g-1', version: 4, tls: { ca } });
    assert.equal(await guest.publish('open/a', 'x', { qos: 1 }), 0);
    await guest.publish('plant/p1/pump-1/a', 'x', { qos: 1 });
    const { principal, identity, certificate } = await g.rejection('denied');
    assert.deepEqual([principal, identity, certificate], ['guest', 'guests', undefined]);
    assert.equal(g.gate.hub.query().length, 1);
  });
}

test('clientAuth optional: a certificate that is shown is what counts', async () => {
  await using broker = await startAedes();
  await using g = await gate(broker.port, 'optional');
  const pki = await testPki();
  await using device = await connectMqtt({
    port: g.port(),
    clientId: 'pump-1',
    version: 4,
    tls: await pki.device('pump-1'),
  });
  assert.equal(await device.publish('plant/p1/pump-1/a', 'x', { qos: 1 }), 0);
  await device.publish('open/a', 'x', { qos: 1 });
  assert.equal((await g.rejection('denied')).resource, 'open/a', 'not a guest as well');
  const foreign = { ...pki.foreign, ca: pki.ca };
  await assert.rejects(connectMqtt({ port: g.port(), clientId: 'x', version: 4, tls: foreign }), ConnectError);
  assert.equal((await g.rejection('unknown-ca')).principal, undefined);
});

test('without an anonymous identity, and where a certificate is required, it is refused', async () => {
  await using broker = await startAedes();
  const { ca } = await testPki();
  for (const [clientAuth, identities, cause] of [
    ['optional', [], 'no-identity'],
    ['none', [], 'no-identity'],
    ['required', [GUESTS], 'no-certificate'],
  ] as const) {
    await using g = await gate(broker.port, clientAuth, identities);
    const refused = connectMqtt({ port: g.port(), clientId: 'g-1', version: 4, tls: { ca } });
    await assert.rejects(refused, (error) => error instanceof ConnectError && codeOf(error) !== 0);
    assert.equal((await g.rejection(cause)).principal, undefined);
  }
});

test('a reload that asks for certificates ends the sessions of those that have none', async () => {
  await using broker = await startAedes();
  await using g = await gate(broker.port, 'optional');
  const { ca } = await testPki();
  await using guest = await connectMqtt({ port: g.port(), clientId: 'g-1', version: 4, tls: { ca } });
  g.configure({ broker: broker.port, identities: [GUESTS], roles: { guest: GUEST } });
  assert.equal((await g.gate.reload()).ok, true);
  await guest.waitClosed();
  assert.equal((await g.rejection('policy-changed')).principal, 'guest');
});

import assert from 'node:assert/strict';
import test from 'node:test';
import type { TlsOffer } from '../../../../policies/tls/offer.ts';
import { type AgreementDraft, AgreementFolder } from '../../../../proxy/shared/events/key-agreements.ts';

const OFFER: TlsOffer = { ja4: 't13', versions: ['TLS 1.3'], groups: ['x25519'], keyShares: [], alpn: ['\u202e'] };
const draft = (more: Partial<AgreementDraft> = {}): AgreementDraft => ({
  ...{ listener: 'mqtt', identity: 'devices', principal: 'pump-1', kind: 'hybrid' },
  offer: () => OFFER,
  ...more,
});
const nothing = (): void => {};

test('handshakes of one client are one entry; others are others', () => {
  const folder = new AgreementFolder(10);
  let offers = 0;
  const offer = (): TlsOffer => {
    offers++;
    return OFFER;
  };
  folder.add(draft(), 0, nothing);
  folder.add(draft({ kind: 'classic', offer }), 1000, nothing);
  folder.add(draft({ kind: 'classic', offer }), 2000, nothing);
  for (const more of [{ listener: 'x' }, { identity: 'x' }, { principal: 'x\n' }])
    folder.add(draft(more), 3000, nothing);
  const { agreements, lostAgreements } = folder.take();
  assert.deepEqual(
    agreements.map(({ listener, identity, principal, hybrid, classic }) => [
      listener,
      identity,
      principal,
      hybrid,
      classic,
    ]),
    [
      ['mqtt', 'devices', 'pump-1', 1, 2],
      ['x', 'devices', 'pump-1', 1, 0],
      ['mqtt', 'x', 'pump-1', 1, 0],
      ['mqtt', 'devices', 'x\\x0a', 1, 0],
    ],
  );
  assert.deepEqual([agreements[0]?.last, agreements[0]?.time], ['classic', '1970-01-01T00:00:02.000Z']);
  assert.deepEqual(agreements[0]?.offered, { ...OFFER, alpn: ['\\u202e'] });
  assert.equal(agreements[1]?.offered, undefined);
  assert.equal(offers, 1, 'what is offered is made once');
  assert.equal(lostAgreements, 0);
  assert.equal(folder.empty, true);
});

test('beyond its bound room is asked for, and what finds none is counted', () => {
  const folder = new AgreementFolder(2);
  let asked = 0;
  for (const principal of ['a', 'b', 'c', 'c', 'a']) folder.add(draft({ principal }), 0, () => asked++);
  assert.equal(asked, 2);
  assert.equal(folder.empty, false);
  const { agreements, lostAgreements } = folder.take();
  assert.deepEqual(
    agreements.map(({ principal, hybrid }) => [principal, hybrid]),
    [
      ['a', 2],
      ['b', 1],
    ],
  );
  assert.equal(lostAgreements, 2);
  let emptied = 0;
  for (const principal of ['a', 'b', 'c']) {
    folder.add(draft({ principal }), 0, () => {
      emptied += folder.take().agreements.length;
    });
  }
  assert.deepEqual([emptied, folder.take().lostAgreements], [2, 0]);
});

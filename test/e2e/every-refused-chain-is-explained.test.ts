/**
 * Every chain that the gate refuses after a real handshake: the client is told in MQTT's words and under which id, and
 * the operator finds under that id, in the records, the metrics, the log, the audit file and a span, which rule which
 * certificate broke, with all that was presented. No key is in any of it.
 */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { CAUSES } from '../../policies/causes.ts';
import type { RejectionEvent } from '../../policies/event.ts';
import { ask } from '../proxy/control-plane/admin/ask.ts';
import { otlpReceiver, plain } from '../proxy/control-plane/telemetry/otlp-receiver.ts';
import { CERTIFICATE_FAULTS } from '../scenarios/tls/certificate-faults.ts';
import { PATH_FAULTS } from '../scenarios/tls/path-faults.ts';
import { READING_FAULTS } from '../scenarios/tls/reading-faults.ts';
import { refusingGate } from '../scenarios/tls/refusing-gate.ts';
import { anchor, device, type RefusedChain, type ShownChain, shown } from '../scenarios/tls/shown-chain.ts';
import { certificatesIn, digests, writtenKey } from '../scenarios/tls/shown-text.ts';
import { STANDING_FAULTS } from '../scenarios/tls/standing-faults.ts';
import { startAedes } from '../support/aedes.ts';
import { ConnectError, connectMqtt, type TestClient } from '../support/mqtt-client.ts';
import { type ObservedGate, startObservedGate } from '../support/observed-gate.ts';
import { testPki } from '../support/pki.ts';
import { tempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait.ts';

process.env['OTEL_EXPORTER_OTLP_PROTOCOL'] = 'http/json';
process.env['OTEL_BSP_SCHEDULE_DELAY'] = '100';

const CASES = [...CERTIFICATE_FAULTS, ...PATH_FAULTS, ...READING_FAULTS, ...STANDING_FAULTS];
const NOT_AUTHORIZED = { 4: 5, 5: 0x87 } as const;
/** Of a client over TCP that names a host. */
const JA4 = /^t1[23]d\d{4}\w\w_[0-9a-f]{12}_[0-9a-f]{12}$/;
const pki = await testPki();

/** Shows the chain and sends a CONNECT. */
function connect(port: number, chain: ShownChain | undefined, version: 4 | 5, more = {}): Promise<TestClient> {
  return connectMqtt({ port, clientId: 'pump-1', version, tls: { ca: pki.ca, ...chain }, more });
}

/** Refuses the client of one case and gives the record of it. */
async function refuse(
  gate: ObservedGate,
  { listener = 'mqtt', cause, tls, reason, unreadable }: RefusedChain,
  chain: ShownChain | undefined,
  version: 4 | 5,
): Promise<RejectionEvent> {
  const labels = { listener, cause };
  const known = new Set(records(gate).map(({ id }) => id));
  const before = { this: gate.metric('headgate_rejections_total', labels), all: total(gate) };
  const error = await connect(gate.port(listener), chain, version, tls).then(
    () => assert.fail('it was let in'),
    (failure: unknown) => failure,
  );
  assert.ok(error instanceof ConnectError);
  assert.equal(error.reasonCode, NOT_AUTHORIZED[version], `CONNACK: ${error.message}`);
  const event = await waitFor('the record', () => records(gate).find(({ id }) => !known.has(id)));
  assert.equal(event.cause, cause, event.reason);
  assert.match(event.reason, reason);
  assert.equal(gate.metric('headgate_rejections_total', labels), before.this + 1);
  assert.equal(total(gate), before.all + 1, 'nothing else is counted');
  assert.deepEqual([event.count, event.listener, event.protocol], [1, listener, 'mqtt']);
  assert.equal(event.sent, version === 5 ? 'CONNACK 0x87' : 'CONNACK 5');
  assert.match(event.peer, /^127\.0\.0\.1:\d+$/);
  const { sni, version: spoken, offered } = event.tls ?? {};
  assert.deepEqual([sni, spoken], ['localhost', tls?.maxVersion ?? 'TLSv1.3']);
  assert.match(offered?.ja4 ?? '', JA4);
  assert.ok(offered?.groups.includes('X25519MLKEM768'));
  assert.equal(event.principal, undefined);
  if (version === 5) assert.match(error.connack?.properties?.reasonString ?? '', new RegExp(` ${event.id}$`));
  assertPresented(event, chain, unreadable === true);
  return event;
}

const total = (gate: ObservedGate): number => gate.metric('headgate_rejections_total');

const records = (gate: ObservedGate): RejectionEvent[] => gate.gate.hub.query({ limit: 1000 });

/** The record holds every certificate that was shown, in that order, with what its own bytes say. */
function assertPresented(
  { certificate, issuers = [] }: RejectionEvent,
  chain: ShownChain | undefined,
  unreadable: boolean,
): void {
  const told = certificate === undefined ? [] : [certificate, ...issuers];
  assert.deepEqual(
    told.map((one) => one.sha256),
    digests(chain),
  );
  if (certificate === undefined || unreadable) return;
  const { serialNumber, validToDate } = new X509Certificate(certificatesIn(chain?.cert ?? '')[0] as string);
  assert.deepEqual([certificate.serial, Date.parse(certificate.notAfter)], [serialNumber, validToDate.getTime()]);
  assert.match(certificate.subject, /CN=/);
  assert.match(certificate.issuer, /CN=/);
}

test('every chain that is refused is told to the client and explained to the operator', async (t) => {
  await using dir = tempDir();
  await using broker = await startAedes();
  await using collector = await otlpReceiver();
  const audit = dir.file('audit.jsonl');
  const more = {
    audit: { file: audit },
    admin: { socket: 'admin.sock' },
    telemetry: { endpoint: collector.endpoint, sampling: 0, metrics: false },
  };
  await using gate = await startObservedGate(await refusingGate({ broker: broker.port, more }, pki, dir));
  const events: RejectionEvent[] = [];
  const keys = writtenKey(await pki.server());

  await t.test('a chain without a fault is let in', async () => {
    await using client = await connect(gate.port(), shown(device(anchor)), 4);
    assert.equal(await client.publish('plant/p1/pump-1/t', 'x', { qos: 1 }), 0);
  });
  const packets = () => gate.metric('headgate_broker_packets_total');
  const before = packets();

  for (const [i, scenario] of CASES.entries()) {
    const { what, cause } = scenario;
    await t.test(`${what}: ${cause}`, async () => {
      const chain = await scenario.chain();
      if (chain !== undefined) keys.push(...writtenKey(chain));
      events.push(await refuse(gate, scenario, chain, i % 2 === 0 ? 5 : 4));
    });
  }

  await t.test('nobody of them reached the broker, and nothing of them is left', async () => {
    assert.equal(packets(), before);
    await gate.idle();
  });

  await t.test('the records are in /api/rejections, the log, the audit file and spans, and no key is', async () => {
    const { json, text } = await ask({
      socketPath: gate.dir.file('admin.sock'),
      path: '/api/rejections?limit=1000',
      headers: { host: 'localhost' },
    });
    const logged = gate.logged('rejected');
    const audited = () => readFileSync(audit, 'utf8').split('\n').slice(0, -1);
    await waitFor('the audit file', () => audited().length >= events.length);
    await waitFor('the spans', () => collector.spans.length >= events.length);
    assert.deepEqual(
      [json.rejections.length, logged.length, audited().length, collector.spans.length],
      Array(4).fill(events.length),
    );
    const kept = audited().map((line) => JSON.parse(line) as RejectionEvent);
    const spans = collector.spans.map(({ attributes }) => plain(attributes));
    for (const event of events) {
      const { id, cause, reason, certificate } = event;
      for (const place of [json.rejections, logged, kept] as RejectionEvent[][]) {
        const found = place.find((one) => one.id === id);
        assert.ok(found, `${id} is in each place`);
        assert.deepEqual(facts(found), facts(event));
      }
      const span = spans.find((attributes) => attributes['headgate.decision.id'] === id);
      assert.deepEqual(
        [span?.['headgate.cause'], span?.['headgate.reason'], span?.['tls.client.hash.sha256']],
        [cause, reason, certificate?.sha256],
      );
    }
    const all = [text, gate.logText.join(''), readFileSync(audit, 'utf8'), JSON.stringify(collector.spans)].join('\n');
    assert.doesNotMatch(all, /PRIVATE KEY/);
    assert.ok(keys.length > CASES.length);
    assert.deepEqual(
      keys.filter((key) => all.includes(key)),
      [],
    );
  });
});

/** What all places tell alike. */
const facts = ({ id, listener, peer, cause, reason, certificate, issuers, tls }: RejectionEvent): object => ({
  id,
  listener,
  peer,
  cause,
  reason,
  certificate,
  issuers,
  tls,
});

test('there is a scenario for every cause that a chain can be refused for', () => {
  const causes = Object.keys(CAUSES);
  const ofChains = causes.slice(causes.indexOf('no-certificate'), causes.indexOf('no-identity') + 1);
  assert.deepEqual([...new Set(CASES.map(({ cause }) => cause))].sort(), ofChains.sort());
});

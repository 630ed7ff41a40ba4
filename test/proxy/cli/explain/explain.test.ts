import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { CONFIG, explained, explainedData, workplace } from './support.ts';

test('a certificate is explained from its chain to what the client sees, with the place of every rule', async () => {
  await using dir = await workplace();
  const { code, out } = await explained(
    dir,
    '--cert',
    'DIR/pump.pem',
    '--mqtt',
    'publish',
    '--topic',
    'plant/pump-1/firmware/x',
    '--qos',
    '1',
  );
  assert.equal(code, 0);
  const text = out.join('\n');
  for (const part of [
    /subject +CN=pump-1,O=Acme$/m,
    /plant \(mqtt\) +accepted +the chain is accepted by the trust store "devices"$/m,
    /headgate\.yaml:\d+:5 +devices +matches/,
    /principal +pump-1$/m,
    /variables +\{CN\} = "pump-1"$/m,
    /headgate\.yaml:32:11 +roles\.device\.mqtt\.allow\[0\] +publish "plant\/pump-1\/#" with QoS 0 or 1, retain: false +applies: holds this topic$/m,
    /> +headgate\.yaml:35:11 +roles\.device\.mqtt\.deny\[0\] +publish "plant\/\+\/firmware\/#" +decides: holds this topic$/m,
    /^verdict: deny by roles\.device\.mqtt\.deny\[0\] \(denied\)$/m,
    /^ {2}MQTT 5: PUBACK 0x87$/m,
    /publish +50 per second, burst 50, throttle +roles\.device\.limits\.publish$/m,
  ]) {
    assert.match(text, part);
  }
});

/** Certificates, and why they get as far as they do. */
const CERTIFICATES: readonly (readonly [file: string, outcome: string, expected: object])[] = [
  ['pump.pem', 'accepted', { principal: 'pump-1' }],
  ['expired.pem', 'refused', { cause: 'expired' }],
  ['foreign.pem', 'refused', { cause: 'unknown-ca' }],
  ['other.pem', 'accepted', { cause: 'no-identity' }],
];

for (const [file, outcome, expected] of CERTIFICATES) {
  test(`the chain is validated as the listener would: ${file} is ${outcome}`, async () => {
    await using dir = await workplace();
    const { chains, client, refused } = await explainedData(dir, '--cert', `DIR/${file}`);
    assert.deepEqual(
      chains.map((one: { listener: string; outcome: string }) => [one.listener, one.outcome]),
      [
        ['plant', outcome],
        ['orders', outcome],
      ],
    );
    const { principal, cause } = { ...client, ...refused };
    assert.deepEqual(principal === undefined ? { cause } : { principal }, expected);
    if (refused !== undefined) assert.deepEqual(refused.sent.length, 3);
  });
}

test('only listeners of the protocol that is asked about are looked at', async () => {
  await using dir = await workplace();
  const judged = async (...question: string[]) => {
    const { chains } = await explainedData(dir, '--cert', 'DIR/pump.pem', ...question);
    return chains.map((one: { listener: string }) => one.listener);
  };
  assert.deepEqual(await judged('--mqtt', 'publish', '--topic', 'a'), ['plant']);
  assert.deepEqual(await judged('--kafka', 'write', '--topic', 'a'), ['orders']);
});

test('a pin of the trust store counts', async () => {
  await using dir = await workplace();
  dir.write('headgate.yaml', CONFIG.replace('ca: ca.pem', `ca: ca.pem, pins: [${'ab'.repeat(32)}]`));
  const { chains, refused } = await explainedData(dir, '--cert', 'DIR/pump.pem');
  assert.deepEqual([chains[0].outcome, refused.cause], ['refused', 'pin-mismatch']);
});

test('--trust says who accepted the chain, whatever is found of it here', async () => {
  await using dir = await workplace();
  const { chains, client } = await explainedData(dir, '--cert', 'DIR/foreign.pem', '--trust', 'devices');
  assert.equal(chains[0].cause, 'unknown-ca');
  assert.equal(client.principal, 'pump-1');
});

test('without the certificates of the trust store the chain is not checked, and the only store is taken', async () => {
  await using dir = await workplace();
  dir.write('headgate.yaml', CONFIG.replace('ca: ca.pem', 'ca: absent.pem'));
  const { chains, client } = await explainedData(dir, '--cert', 'DIR/pump.pem');
  assert.equal(chains[0].outcome, 'not-checked');
  assert.match(chains[0].reason, /absent\.pem does not exist/);
  assert.equal(client.identity, 'devices');
});

test('facts, principals and clients without a certificate are explained as well', async () => {
  await using dir = await workplace();
  const facts = await explainedData(dir, '--facts', 'DIR/pump.yaml');
  const principal = await explainedData(dir, '--principal', 'pump-1', '--identity', 'devices');
  assert.deepEqual(facts.client, principal.client);
  assert.deepEqual(facts.client, {
    identity: 'devices',
    principal: 'pump-1',
    roles: ['device'],
    variables: { CN: 'pump-1' },
  });
  const guest = await explainedData(dir, '--anonymous');
  assert.deepEqual([guest.client.identity, guest.store], ['guests', null]);
});

test('--at says when the certificate is shown', async () => {
  await using dir = await workplace();
  dir.write('headgate.yaml', CONFIG.replace('subject: { O: Acme } }', 'subject: { O: Acme }, age: { max: 30d } }'));
  const { validFromDate } = new X509Certificate(readFileSync(dir.file('pump.pem')));
  const identity = async (...at: string[]) =>
    (await explainedData(dir, '--cert', 'DIR/pump.pem', '--trust', 'devices', ...at)).client;
  const after = (days: number) => new Date(validFromDate.getTime() + days * 86_400_000).toISOString();
  assert.equal((await identity()).identity, 'devices');
  assert.equal((await identity('--at', after(29))).identity, 'devices');
  assert.equal(await identity('--at', after(31)), undefined);
  const { out } = await explained(dir, '--cert', 'DIR/pump.pem', '--trust', 'devices', '--at', after(31));
  assert.match(out.join('\n'), /the certificate is older than 2592000 s/);
});

test('several questions of a client: its client id comes first', async () => {
  await using dir = await workplace();
  const asked = [
    '--facts',
    'DIR/pump.yaml',
    '--mqtt',
    'subscribe',
    '--filter',
    'plant/pump-1/cmd/+',
    '--qos',
    '2',
    '--client-id',
    'pump-2',
  ];
  const { questions } = await explainedData(dir, ...asked);
  assert.deepEqual(
    questions.map((one: { request: { action: string }; verdict: string; granted?: number }) => [
      one.request.action,
      one.verdict,
      one.granted,
    ]),
    [
      ['connect', 'deny', undefined],
      ['subscribe', 'allow', 2],
    ],
  );
  const [, { rules }] = questions;
  assert.deepEqual(
    rules.map(({ path, line, column, outcome }: Record<string, unknown>) => [path, line, column, outcome]),
    [
      ['roles.device.mqtt.allow[0]', 32, 11, 'no'],
      ['roles.device.mqtt.allow[1]', 33, 11, 'decides'],
      ['roles.device.mqtt.deny[0]', 35, 11, 'no'],
    ],
  );
});

test('a Kafka question is decided from the address of the client', async () => {
  await using dir = await workplace();
  const ask = async (host: string) => {
    const { questions } = await explainedData(
      dir,
      '--facts',
      'DIR/pump.yaml',
      '--kafka',
      'write',
      '--topic',
      'orders.secret',
      '--host',
      host,
    );
    return [questions[0].verdict, questions[0].rules.map(({ outcome }: { outcome: string }) => outcome)];
  };
  assert.deepEqual(await ask('192.0.2.9'), ['deny', ['applies', 'decides']]);
  assert.deepEqual(await ask('198.51.100.9'), ['allow', ['decides', 'partly']]);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { CONFIG, explained, workplace } from './support.ts';

const WRONG: readonly (readonly [says: RegExp, ...argv: string[]])[] = [
  [/exactly one of --cert, --facts, --principal, --anonymous and --id names the client$/m],
  [/names the client, not --cert and --anonymous/, '--cert', 'x', '--anonymous'],
  [/--trust belongs to --cert/, '--anonymous', '--trust', 'devices'],
  [/--identity belongs to --principal/, '--anonymous', '--identity', 'devices'],
  [/--var is for --principal and --id/, '--anonymous', '--var', 'a=b'],
  [/--at is for --cert and --facts/, '--anonymous', '--at', '2026-11-24T08:00:00Z'],
  [/--at is an RFC 3339 time/, '--facts', 'DIR/pump.yaml', '--at', '2026-11-24'],
  [/--var is of the form NAME=VALUE/, '--principal', 'x', '--var', '=b'],
  [/absent\.pem does not exist/, '--cert', 'DIR/absent.pem'],
  [/headgate\.yaml contains no certificate/, '--cert', 'DIR/headgate.yaml'],
  [/no trust store "x": devices/, '--cert', 'DIR/pump.pem', '--trust', 'x'],
  [/there is no identity "device"; did you mean "devices"\?/, '--principal', 'x', '--identity', 'device'],
  [
    /several identities can have the principal "guest": guests, devices; choose with --identity/,
    '--principal',
    'guest',
  ],
  [/--mqtt publish needs --topic/, '--anonymous', '--mqtt', 'publish'],
  [/Unknown option '--nope'/, '--anonymous', '--nope'],
];

for (const [says, ...argv] of WRONG) {
  test(`wrong usage is reported: ${says}`, async () => {
    await using dir = await workplace();
    const { code, out, err } = await explained(dir, ...argv);
    assert.deepEqual([code, out], [2, []]);
    assert.match(err.join('\n'), says);
  });
}

test('faults of the configuration and of a facts file are told with their places', async () => {
  await using dir = await workplace();
  dir.write('bad.yaml', 'trust: devices\nsubject: { o: Acme }\n');
  const facts = await explained(dir, '--facts', 'DIR/bad.yaml');
  assert.equal(facts.code, 2);
  assert.match(facts.err.join('\n'), /^bad\.yaml:2:12: error: subject\.o: unknown subject attribute/);
  dir.write('headgate.yaml', 'listeners: 1\n');
  const config = await explained(dir, '--anonymous');
  assert.equal(config.code, 2);
  assert.match(config.err.join('\n'), /^headgate\.yaml:1:12: error: listeners/m);
});

test('what the rules are filled with and the principal does not tell is asked for', async () => {
  await using dir = await workplace();
  const text = CONFIG.replace(
    'subject: { O: Acme } }',
    'subject: { O: Acme }, san: { uri: "spiffe://acme/{plant}/{device}" } }',
  );
  dir.write('headgate.yaml', text.replace('"plant/{CN}/cmd/+"', '"{plant}/{CN}/cmd/+"'));
  const asked = [
    '--principal',
    'pump-1',
    '--identity',
    'devices',
    '--mqtt',
    'subscribe',
    '--filter',
    'p1/pump-1/cmd/x',
  ];
  const without = await explained(dir, ...asked);
  assert.equal(without.code, 2);
  assert.match(without.err.join('\n'), /does not determine all variables of the rules: add --var plant=VALUE$/m);
  const given = await explained(dir, ...asked, '--var', 'plant=p1');
  assert.equal(given.code, 0);
  assert.match(given.out.join('\n'), /^verdict: allow by roles\.device\.mqtt\.allow\[1\], QoS 0$/m);
});

test('a certificate where no listener asks for one', async () => {
  await using dir = await workplace();
  const text = CONFIG.replace('      clients: [devices]\n', '      clientAuth: none\n');
  dir.write('headgate.yaml', text);
  const { code, err } = await explained(dir, '--cert', 'DIR/pump.pem', '--mqtt', 'publish', '--topic', 'a');
  assert.equal(code, 2);
  assert.match(err.join('\n'), /no listener of this protocol requests certificates: its clients are --anonymous$/m);
});

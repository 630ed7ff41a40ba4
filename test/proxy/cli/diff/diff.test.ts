import assert from 'node:assert/strict';
import test from 'node:test';
import type { RejectionEvent } from '../../../../policies/event.ts';
import { diffCommand } from '../../../../proxy/cli/diff.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { edit } from '../../control-plane/config/support.ts';
import { draft } from '../../data-plane/draft.ts';
import { CONFIG } from '../explain/support.ts';
import { runCommand } from '../run-command.ts';

const DENY = '        - publish: "plant/+/firmware/#"\n';

/** Runs the command on CONFIG and another text. */
async function diffed(after: string, argv: readonly string[] = [], decisions?: readonly string[]) {
  await using dir = tempDir();
  const files = [dir.write('old.yaml', CONFIG), dir.write('new.yaml', after)];
  if (decisions !== undefined) files.push('--decisions', dir.write('audit.jsonl', decisions.join('\n')));
  const run = await runCommand(diffCommand, ...files, ...argv.map((one) => one.replace('DIR', dir.path)));
  const short = (lines: readonly string[]) => lines.map((line) => line.replaceAll(`${dir.path}/`, ''));
  return { code: run.code, out: short(run.out), err: short(run.err) };
}

test('two files that decide alike have no difference, however they are written', async () => {
  const { code, out } = await diffed(CONFIG.replace('qos: [0, 1]', 'qos: [1, 0]').replace('workers: 1', 'workers: 2'));
  assert.deepEqual([code, out], [0, ['no verdict changes']]);
});

test('a lost deny is a widening, told with both places', async () => {
  const { code, out } = await diffed(edit(`      deny:\n${DENY}`, '', CONFIG));
  assert.equal(code, 4);
  assert.deepEqual(out, [
    'clients of the identity devices (roles device)',
    '  + publish and will not retained with QoS 0 or 1 "plant/{CN}/firmware/#"',
    '      allowed by "plant/{CN}/#" (new.yaml:32:11 roles.device.mqtt.allow[0])',
    '      no longer denied by "plant/+/firmware/#" (old.yaml:35:11 roles.device.mqtt.deny[0])',
    'wider',
  ]);
});

test('a new deny and a lower limit are a narrowing', async () => {
  const { code, out } = await diffed(
    edit('publish: 50/s', 'publish: 40/s', edit(DENY, `${DENY}        - publish: "plant/+/secret"\n`, CONFIG)),
  );
  assert.equal(code, 3);
  assert.deepEqual(out, [
    'clients of the identity devices (roles device)',
    '  - publish and will not retained with QoS 0 or 1 "plant/{CN}/secret"',
    '      was allowed by "plant/{CN}/#" (old.yaml:32:11 roles.device.mqtt.allow[0])',
    '      denied by "plant/+/secret" (new.yaml:36:11 roles.device.mqtt.deny[1])',
    '  - limits.publish: 50 per second, burst 50 -> 40 per second, burst 40',
    'narrower',
  ]);
});

test('whom listeners take and identities are compared too', async () => {
  const listeners = await diffed(
    CONFIG.replace('      clients: [devices]\n', '      clients: [devices]\n      clientAuth: optional\n'),
  );
  assert.deepEqual([listeners.code, listeners.out[0]?.slice(0, 11)], [4, '~ listeners']);
  assert.equal(listeners.out.at(-1), 'wider, and narrower');
  const identities = await diffed(CONFIG.replace('O: Acme', 'O: Emca'));
  assert.equal(identities.code, 4);
  assert.equal(identities.out[0], '~ identity devices (new.yaml:23:5) changed: it matches other clients');
});

test('the same as data', async () => {
  const { code, out } = await diffed(
    edit('prefix: true, operations: [write]', 'prefix: true, operations: [write, read]', CONFIG),
    ['--json'],
  );
  assert.equal(code, 4);
  const { ok, widens, narrows, listeners, clients } = JSON.parse(out.join('\n'));
  assert.deepEqual([ok, widens, narrows, listeners], [true, true, false, false]);
  assert.equal(clients.length, 1);
  const [{ direction, asked, resource, certain }] = clients[0].rules;
  assert.deepEqual(
    [direction, asked, resource, certain],
    ['widened', { protocol: 'kafka', type: 'topic', operations: ['read'] }, 'orders.*', false],
  );
});

const event = (over: Partial<RejectionEvent> = {}): string =>
  JSON.stringify({
    ...draft({ principal: 'pump-1', resource: 'plant/pump-1/firmware/x' }),
    kind: 'rejection',
    id: 'd-1',
    time: '2026-11-24T12:00:00.000Z',
    count: 1,
    ...over,
  });

test('recorded rejections are asked of both: what would be allowed now, what not, what cannot be said', async () => {
  const decisions = [
    event({ count: 3 }),
    event({ peer: '192.0.2.7:40002' }),
    event({ resource: 'other/x' }),
    event({ resource: 'plant/pump-1/a' }),
    event({ principal: 'pump-2', sent: 'PUBREC 0x87' }),
    event({ cause: 'limit-publish' }),
    event({ identity: 'unknown' }),
    '{"kind":"rejection"}',
    'no json',
    '',
  ];
  const { code, out } = await diffed(edit(`      deny:\n${DENY}`, '', CONFIG), ['--json'], decisions);
  assert.equal(code, 4);
  const { decisions: replayed } = JSON.parse(out.join('\n'));
  assert.deepEqual(replayed.outcomes, {
    'still refused': 3,
    'allowed now': 0,
    'may be allowed now': 4,
    'allowed before': 0,
  });
  assert.deepEqual(replayed.changed, [
    {
      outcome: 'may be allowed now',
      principal: 'pump-1',
      identity: 'devices',
      action: 'publish',
      resource: 'plant/pump-1/firmware/x',
      count: 4,
    },
  ]);
});

test('a rejection is allowed now, or was before, only where every form of it is', async () => {
  const after = CONFIG.replace(`      deny:\n${DENY}`, '').replace(', retain: false', '');
  const subscribed = event({ action: 'subscribe', resource: 'plant/pump-1/cmd/+', sent: 'SUBACK 0x87' });
  const { out } = await diffed(after, [], [event(), event({ action: 'receive', resource: 'x' }), subscribed]);
  const from = out.findIndex((line) => line.startsWith('recorded rejections'));
  assert.deepEqual(out.slice(from), [
    'recorded rejections: 1 still refused, 1 allowed now, 0 may be allowed now, 1 allowed before',
    '  + allowed now: pump-1 (devices) publish "plant/pump-1/firmware/x"',
    '    allowed before: pump-1 (devices) subscribe "plant/pump-1/cmd/+"',
    'wider',
  ]);
});

test('what is left out is reported by reason', async () => {
  const lines = [event({ cause: 'limit-publish' }), event({ identity: 'unknown' }), '{"kind":"rejection"}', 'no json'];
  const { code, out } = await diffed(CONFIG, [], lines);
  assert.deepEqual(
    [code, out],
    [
      0,
      [
        'recorded rejections: 0 still refused, 0 allowed now, 0 may be allowed now, 0 allowed before',
        '    1 cannot be decided again: the cause limit-publish is not one of the policy’s rules',
        '    1 cannot be decided again: there is no such identity before',
        '    1 cannot be decided again: the line is not a rejection',
        '    1 cannot be decided again: the line is not JSON',
        'no verdict changes',
      ],
    ],
  );
});

test('of many different rejections so many are listed, and the others counted', async () => {
  const after = CONFIG.replace(`      deny:\n${DENY}`, '').replace(', retain: false', '');
  const lines = Array.from({ length: 1002 }, (_, i) => event({ resource: `plant/pump-1/firmware/${i}` }));
  const { out } = await diffed(after, ['--json'], [...lines, event({ resource: 'plant/pump-1/firmware/0', count: 5 })]);
  const { outcomes, changed, more } = JSON.parse(out.join('\n')).decisions;
  assert.deepEqual([outcomes['allowed now'], changed.length, changed[0].count, more], [1007, 1000, 6, 2]);
  const text = await diffed(after, [], lines);
  assert.equal(text.out.at(-2), '    902 more of these');
});

test('without a file that can be read nothing is compared', async () => {
  const broken = await diffed('listeners: 1\n');
  assert.equal(broken.code, 2);
  assert.match(broken.err.join('\n'), /^new\.yaml:1:12: error: listeners/m);
  const data = await diffed('listeners: 1\n', ['--json']);
  assert.equal(JSON.parse(data.out.join('\n')).ok, false);
  const absent = await diffed(CONFIG, ['--decisions', 'DIR/absent.jsonl']);
  assert.deepEqual([absent.code, absent.out], [2, []]);
  assert.match(absent.err.join('\n'), /--decisions: ENOENT/);
  const usage = await runCommand(diffCommand, 'one.yaml');
  assert.equal(usage.code, 2);
  assert.match(usage.err.join('\n'), /two configurations are required/);
});

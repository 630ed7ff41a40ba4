import assert from 'node:assert/strict';
import test from 'node:test';
import { startAdmin } from '../../../../proxy/control-plane/admin/server.ts';
import { paperDeps } from '../../control-plane/admin/deps.test.ts';
import { anonymous, draft } from '../../data-plane/draft.ts';
import { CONFIG, explained, explainedData, workplace } from './support.ts';

async function gate(dir: { file(name: string): string }) {
  const paper = paperDeps();
  const server = await startAdmin({ socket: dir.file('a.sock'), hosts: [] }, paper.deps);
  return { ...paper, at: server.address, [Symbol.asyncDispose]: () => server.close() };
}

test('a decision of the past is shown and asked again', async () => {
  await using dir = await workplace();
  await using it = await gate(dir);
  const id = it.reject(draft({ principal: 'pump-1', resource: 'plant/pump-1/firmware/x' }));
  const { decision, client, questions } = await explainedData(dir, '--id', id, '--admin', it.at);
  assert.deepEqual([decision.id, client.principal], [id, 'pump-1']);
  assert.deepEqual(questions[0].request, {
    action: 'publish',
    topic: 'plant/pump-1/firmware/x',
    qos: 1,
    retain: false,
  });
  assert.deepEqual([questions[0].verdict, questions[0].ruleId], ['deny', 'roles.device.mqtt.deny[0]']);
  const text = await explained(dir, '--id', id, '--admin', it.at);
  assert.match(
    text.out.join('\n'),
    /^decision\n +decision: +\S+\n(.*\n)+verdict: deny by roles\.device\.mqtt\.deny\[0\]/,
  );
});

test('what was not recorded is taken as it must have been for the same cause', async () => {
  await using dir = await workplace();
  dir.write(
    'headgate.yaml',
    CONFIG.replace(', retain: false', '').replace(
      '- publish: "plant/+/firmware/#"',
      '- { publish: "plant/+/firmware/#", retain: true }',
    ),
  );
  await using it = await gate(dir);
  const id = it.reject(draft({ principal: 'pump-1', resource: 'plant/pump-1/firmware/x' }));
  const { questions } = await explainedData(dir, '--id', id, '--admin', it.at);
  assert.deepEqual([questions[0].request.retain, questions[0].verdict], [true, 'deny']);
});

test('a decision about nobody, one that no rule gave, and one that is not known', async () => {
  await using dir = await workplace();
  await using it = await gate(dir);
  const nobody = await explained(dir, '--id', it.reject(anonymous()), '--admin', it.at);
  assert.equal(nobody.code, 0);
  assert.match(nobody.out.at(-1) ?? '', /^not decided again: the client was refused before it got an identity/);
  const limit = await explained(dir, '--id', it.reject(draft({ cause: 'limit-publish' })), '--admin', it.at);
  assert.match(limit.out.at(-1) ?? '', /^not decided again: the cause limit-publish/);
  const unknown = await explained(dir, '--id', 'd-none', '--admin', it.at);
  assert.equal(unknown.code, 1);
  assert.match(unknown.err[0] ?? '', /the gate knows no decision "d-none"/);
  const away = await explained(dir, '--id', 'x', '--admin', dir.file('none.sock'));
  assert.equal(away.code, 1);
  assert.match(away.err[0] ?? '', /there is no such socket/);
});

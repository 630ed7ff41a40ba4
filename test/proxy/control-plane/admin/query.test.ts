import assert from 'node:assert/strict';
import test from 'node:test';
import { HttpError } from '../../../../proxy/control-plane/admin/http.ts';
import { parseFilter } from '../../../../proxy/control-plane/admin/query.ts';
import { REJECTIONS } from '../../../../proxy/control-plane/api/rejections.ts';

const NOW = Date.UTC(2026, 10, 24, 8);
const parse = (query: string, keys: readonly string[] = REJECTIONS.query) =>
  parseFilter(new URLSearchParams(query), keys, NOW);

test('conditions are read by their kind', () => {
  assert.deepEqual(parse('principal=p&identity=i&listener=l&id=d&cause=denied&shadow=true&since=10m&limit=1000'), {
    principal: 'p',
    identity: 'i',
    listener: 'l',
    id: 'd',
    cause: 'denied',
    shadow: true,
    since: NOW - 600_000,
    limit: 1000,
  });
  assert.deepEqual(parse(''), {});
});

for (const [query, message] of [
  ['color=red', /^unknown query key "color"; known: principal, identity, cause, listener, id, shadow, since, limit$/],
  ['principal=a&principal=b', /^principal is given more than once$/],
  ['principal=', /^principal is empty$/],
  ['cause=toString', /^unknown cause; known: /],
  ['shadow=1', /^shadow is true or false$/],
  ['since=yesterday', /^since is a duration/],
  ['limit=0', /^limit is a number from 1 to 1000$/],
  ['limit=1001', /^limit is a number from 1 to 1000$/],
  ['limit=1e2', /^limit is a number from 1 to 1000$/],
] as const) {
  test(`?${query} is a 400 that says why`, () => {
    assert.throws(
      () => parse(query),
      (error: unknown) => error instanceof HttpError && error.status === 400 && message.test(error.message),
    );
  });
}

test('an unknown key is cut in the message', () => {
  assert.throws(
    () => parse(`${'k'.repeat(500)}=1`),
    (error: Error) => error.message.includes(`"${'k'.repeat(64)}"`),
  );
});

test('where no keys are known every query is refused', () => {
  assert.throws(() => parse('limit=1', []), /no query keys are known here/);
  assert.deepEqual(parse('', []), {});
});

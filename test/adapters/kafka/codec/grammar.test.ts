/** The grammar that stands above each schema names the fields of the schema, and no others. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { APIS } from '../../../../adapters/kafka/apis/index.ts';
import type { Field } from '../../../../adapters/kafka/codec/schema.ts';

const SCHEMAS = new URL('../../../../adapters/kafka/codec/schemas/', import.meta.url);

/** Those of the versions that are offered: a schema may know one more. */
function namesIn(fields: readonly Field[], [first, last]: readonly [number, number]): string[] {
  const here = fields.filter(({ versions }) => versions[0] <= last && versions[1] >= first);
  return here.flatMap(({ name, type }) => {
    const inner = typeof type !== 'string' && 'element' in type ? type.element : type;
    return typeof inner === 'string' ? [name] : [name, ...namesIn(inner.fields, [first, last])];
  });
}

for (const { name, versions, request, response } of APIS.values()) {
  test(`the grammar above ${name} is that of its schema`, () => {
    const file = `${name.replaceAll(/(?<!^)[A-Z]/g, '-$&').toLowerCase()}.ts`;
    const lines = readFileSync(new URL(file, SCHEMAS), 'utf8').split('\n');
    const drawn = lines.filter((line) => line.startsWith(' *     ')).join(' ');
    const [, asked = '', answered = ''] = / request (.*) response (.*)/.exec(drawn) ?? [];
    for (const [text, fields] of [
      [asked, request],
      [answered, response],
    ] as const) {
      assert.deepEqual((text.match(/\w+/g) ?? []).sort(), namesIn(fields, versions).sort());
    }
  });
}

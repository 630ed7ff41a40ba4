import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  fillFilter,
  fillTemplate,
  parseFilterTemplate,
  parseTemplate,
  TemplateError,
} from '../../../policies/acl/template.ts';
import { TopicFilterError } from '../../../policies/acl/topic-filter.ts';

test('templates are text and variables in turn', () => {
  assert.deepEqual(parseTemplate('a{b}c'), ['a', 'b', 'c']);
  assert.deepEqual(parseTemplate('{b}'), ['', 'b', '']);
  assert.deepEqual(parseTemplate('{a}{b-1}'), ['', 'a', '', 'b-1', '']);
  assert.deepEqual(parseTemplate('plain'), ['plain']);
});

test('stray braces and impossible names are refused', () => {
  for (const text of ['{', '}', 'a}', '{a', '{}', '{1a}', '{a b}', '{{a}}', '{a/b}', '{a}}', '{env:X}']) {
    assert.throws(() => parseTemplate(text), TemplateError, text);
  }
});

test('a filled template takes own variables only', () => {
  assert.equal(fillTemplate(parseTemplate('{device}-gw'), { device: 'd1' }), 'd1-gw');
  assert.equal(fillTemplate(parseTemplate('{device}'), {}), undefined);
  assert.equal(fillTemplate(parseTemplate('{device}'), { device: '' }), undefined);
  assert.equal(fillTemplate(parseTemplate('{constructor}'), {}), undefined);
});

test('values are not read as templates again', () => {
  assert.equal(fillTemplate(parseTemplate('{a}{b}'), { a: '{b}', b: 'x' }), '{b}x');
});

test('filters are filled level by level', () => {
  const cases: [template: string, variables: Record<string, string>, levels: string[] | undefined][] = [
    ['plant/{plant}/{device}/#', { plant: 'p', device: 'd' }, ['plant', 'p', 'd', '#']],
    ['a/dev-{x}/+', { x: '1' }, ['a', 'dev-1', '+']],
    ['a/{x}', { x: '$SYS' }, ['a', '$SYS']],
    ['{x}/a', { x: 'p' }, ['p', 'a']],
    ['{x}/a', { x: '$SYS' }, undefined],
    ['{x}{y}/a', { x: 'v', y: '$SYS' }, ['v$SYS', 'a']],
    ['v{x}/a', { x: '$SYS' }, ['v$SYS', 'a']],
    ['a/{x}', { x: '' }, undefined],
    ['a/{x}', { x: '+' }, undefined],
    ['a/{x}', { x: '#' }, undefined],
    ['a/{x}', { x: 'b/c' }, undefined],
    ['a/{x}', { x: 'b\0' }, undefined],
    ['a/{x}', { x: 'b#' }, undefined],
    ['a/{x}', { x: '\ud800' }, undefined],
    ['a/{x}', {}, undefined],
    ['$shar{x}/g/a', { x: 'e' }, undefined],
    ['a/b', {}, ['a', 'b']],
  ];
  for (const [template, variables, levels] of cases) {
    assert.deepEqual(
      fillFilter(parseFilterTemplate(template), variables),
      levels,
      `${template} ${JSON.stringify(variables)}`,
    );
  }
});

test('a filter without variables is made once and is the same for all clients', () => {
  const template = parseFilterTemplate('a/+/#');
  assert.deepEqual(template.constant, ['a', '+', '#']);
  assert.equal(fillFilter(template, {}), template.constant);
  assert.equal(parseFilterTemplate('a/{x}').constant, undefined);
});

test('filter templates keep the grammar of filters', () => {
  assert.doesNotThrow(() => parseFilterTemplate('$shar{e}/g/a'), 'the name of a variable is none of its text');
  for (const text of ['', 'a#', 'a/#/b', '+{x}', '{x}+', '{x}#', 'a\0', 'a\ud800', '$share/g/a', 'a/b+']) {
    assert.throws(() => parseFilterTemplate(text), TopicFilterError, text);
  }
  for (const text of ['a/{x', 'a}/b', '{a/b}']) assert.throws(() => parseFilterTemplate(text), TemplateError, text);
});

test('property: a filled filter has as many levels and the same wildcards as its template', () => {
  const value = fc.string({ unit: fc.constantFrom('a', '/', '+', '#', '$', '\0', '{x}', ''), maxLength: 6 });
  const template = parseFilterTemplate('p/{x}/+/v{y}/#');
  fc.assert(
    fc.property(value, value, (x, y) => {
      const filled = fillFilter(template, { x, y });
      if (filled === undefined) return;
      assert.equal(filled.length, 5);
      assert.equal(filled.join('/').split('/').length, 5);
      assert.deepEqual(
        filled.map((level) => /[+#\0]/.test(level)),
        [false, false, true, false, true],
      );
    }),
  );
});

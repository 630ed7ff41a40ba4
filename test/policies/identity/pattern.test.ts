import assert from 'node:assert/strict';
import test from 'node:test';
import { dnsPattern, emailPattern, subjectPattern, uriPattern } from '../../../policies/identity/pattern.ts';
import { ANY, parseTemplate } from '../../../policies/identity/template.ts';

test('texts are compared in their normal form: of a DNS name and the domain of an address without case', () => {
  assert.equal(subjectPattern('x').normal('Pump A'), 'Pump A');
  assert.equal(uriPattern('x').normal('SPIFFE://Acme/P'), 'SPIFFE://Acme/P');
  assert.equal(dnsPattern('x').normal('Pump.Example.COM'), 'pump.example.com');
  assert.equal(emailPattern('a@b').normal('Ann@Example.COM'), 'Ann@example.com');
});

test('a pattern without placeholders is the one text that it matches', () => {
  assert.equal(dnsPattern('Pump.Example').exact, 'pump.example');
  assert.equal(emailPattern('Ann@Example').exact, 'Ann@example');
  for (const pattern of [subjectPattern('pump-*'), subjectPattern('{a}'), dnsPattern('{a}.example')]) {
    assert.equal(pattern.exact, undefined, pattern.source);
  }
});

test('a template is text and placeholders in turn, without empty text', () => {
  assert.deepEqual(parseTemplate('{a}', false), [{ variable: 'a' }]);
  assert.deepEqual(parseTemplate('{a}-*', true), [{ variable: 'a' }, '-', ANY]);
  assert.deepEqual(parseTemplate('x{a}y', false), ['x', { variable: 'a' }, 'y']);
  assert.deepEqual(parseTemplate('x*', false), ['x*']);
});

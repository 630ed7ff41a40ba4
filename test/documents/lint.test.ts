import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { lintMarkdown } from '../../docs/make/lint.ts';
import { LINTS } from '../../policies/analysis/lint/catalogue.ts';

test('docs/lint.md is in step with the table of lints, and has each', () => {
  const text = readFileSync(new URL('../../docs/lint.md', import.meta.url), 'utf8');
  assert.equal(text, lintMarkdown());
  for (const id of Object.keys(LINTS)) assert.ok(text.includes(`\n## \`${id}\`\n`), id);
});

/**
 * Writes docs/lint.md from the table of lints: `node docs/make/lint.ts`; with
 * `--check` it only compares and exits 1 when the file is out of date.
 */
import { LINTS } from '../../policies/analysis/lint/catalogue.ts';
import { keepDocument } from './kept-document.ts';

const BEFORE = `# Lints

<!-- Generated from policies/analysis/lint/catalogue.ts by \`npm run docs\`; edits here are lost. -->

\`headgate lint --config FILE\` finds what is valid in a policy but probably a mistake. It reads only the configuration:
the certificates, keys and secrets that the file names need not exist. Exit code 0: no findings; 1: findings; 2: the
configuration has errors. \`--json\` prints one object for programs.

Only certain findings are reported. Rules are compared as sets of topics and names, for all clients that have them. What
depends on the content of a certificate is not reported. So a policy without findings may still be wrong; use
\`headgate test\` to check what it should do.

Silence an intended finding with a comment that gives the reason, at the end of its line or on a line above it:

\`\`\`yaml
- publish: "#"   # headgate-lint-disable-line allow-everything: the operators' console
# headgate-lint-disable-next-line redundant-rule, look-alike: see OPS-12
- publish: "plant/#"
\`\`\`
`;

/** The whole text of docs/lint.md. */
export function lintMarkdown(): string {
  const sections = Object.entries(LINTS).map(
    ([id, { what, why, fix }]) => `## \`${id}\`\n\n${what}\n\n- Why it matters: ${why}\n- What to do: ${fix}\n`,
  );
  return `${BEFORE}\n${sections.join('\n')}`;
}

if (import.meta.main) keepDocument('lint.md', lintMarkdown());

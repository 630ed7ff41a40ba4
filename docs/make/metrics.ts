/**
 * Writes docs/metrics.md from the catalogue: `node docs/make/metrics.ts`; with `--check`
 * it only compares and exits 1 when the file is out of date.
 */

import { CATALOGUE, METRIC_NAMES } from '../../proxy/control-plane/telemetry/catalogue.ts';
import { keepDocument } from './kept-document.ts';

/** The whole text of docs/metrics.md. */
export function metricsMarkdown(): string {
  const rows = METRIC_NAMES.map((name) => {
    const { type, unit, labels, help } = CATALOGUE[name];
    const shown = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | \`${unit}\` | ${shown} | ${help.replaceAll('|', '\\|')} |`;
  });
  return `# Metrics

Prometheus scrapes them from \`/metrics\` of the probe (text format 0.0.4). With \`telemetry\` configured, the same values are
exported over OTLP under the same names. Names, types and labels do not change without an entry in CHANGELOG.md.

No metric has a label for the principal, client id, topic or client address: clients could create an unbounded number of
them. For a single principal use \`headgate rejections --principal\` and the audit file.

| name | type | unit | labels | meaning |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

if (import.meta.main) keepDocument('metrics.md', metricsMarkdown());

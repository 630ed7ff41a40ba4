import { CATALOGUE, METRIC_NAMES, type MetricName } from './catalogue.ts';

/** One value of one metric. Labels as the catalogue names them. */
export interface MetricSample {
  readonly name: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Asked on every scrape and export; cheap, synchronous, without side effects. */
export type MetricSource = () => readonly MetricSample[];

/** Content type of the Prometheus text format. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Asks all sources. Samples with the same name and labels become one: counters are added up
 * (workers may report each for itself), of gauges the last holds. A source that throws is left
 * out and counted in `headgate_metric_sources_failed`.
 */
export function collect(sources: readonly MetricSource[]): MetricSample[] {
  const merged = new Map<string, { name: MetricName; labels: Readonly<Record<string, string>>; value: number }>();
  let failed = 0;
  const add = ({ name, labels, value }: MetricSample) => {
    const key = name + labelText(name, labels);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { name, labels, value });
    else known.value = CATALOGUE[name].type === 'counter' ? known.value + value : value;
  };
  for (const source of sources) {
    let samples: readonly MetricSample[];
    try {
      samples = source();
    } catch {
      failed++;
      continue;
    }
    for (const sample of samples) add(sample);
  }
  add({ name: 'headgate_metric_sources_failed', labels: {}, value: failed });
  return [...merged.values()];
}

/** Prometheus text format 0.0.4, metrics in the order of the catalogue. */
export function renderPrometheus(samples: readonly MetricSample[]): string {
  const byName = Map.groupBy(samples, (sample) => sample.name);
  let text = '';
  for (const name of METRIC_NAMES) {
    const group = byName.get(name);
    if (group === undefined) continue;
    const { type, help } = CATALOGUE[name];
    text += `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
    for (const { labels, value } of group) text += `${name}${labelText(name, labels)} ${valueText(value)}\n`;
  }
  return text;
}

function labelText(name: MetricName, labels: Readonly<Record<string, string>>): string {
  const names: readonly string[] = CATALOGUE[name].labels;
  if (names.length === 0) return '';
  return `{${names.map((label) => `${label}="${escapeLabel(labels[label] ?? '')}"`).join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function valueText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}

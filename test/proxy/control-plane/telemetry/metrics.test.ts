import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { COUNTER } from '../../../../adapters/seam.ts';
import { metricsMarkdown } from '../../../../docs/make/metrics.ts';
import { EventHub } from '../../../../proxy/control-plane/events/hub.ts';
import { CATALOGUE, METRIC_NAMES, type MetricSpec } from '../../../../proxy/control-plane/telemetry/catalogue.ts';
import { collect, renderPrometheus } from '../../../../proxy/control-plane/telemetry/metrics.ts';
import { counterMetric, hubSource, processSource } from '../../../../proxy/control-plane/telemetry/sources.ts';

const REJECTION = { listener: 'l', identity: '', role: '', cause: 'denied' };

test('the text has help, type and samples, in the order of the catalogue', () => {
  const text = renderPrometheus([
    { name: 'headgate_generation', labels: {}, value: 2 },
    { name: 'headgate_rejections_total', labels: REJECTION, value: 3 },
    { name: 'headgate_rejections_total', labels: { ...REJECTION, cause: 'expired' }, value: 0.5 },
  ]);
  assert.equal(
    text,
    `# HELP headgate_rejections_total ${CATALOGUE.headgate_rejections_total.help}
# TYPE headgate_rejections_total counter
headgate_rejections_total{listener="l",identity="",role="",cause="denied"} 3
headgate_rejections_total{listener="l",identity="",role="",cause="expired"} 0.5
# HELP headgate_generation ${CATALOGUE.headgate_generation.help}
# TYPE headgate_generation gauge
headgate_generation 2
`,
  );
});

test('label values are escaped, values that are no numbers are written as the format wants', () => {
  const name = 'headgate_reader_tier';
  const text = renderPrometheus([
    { name, labels: { tier: 'a"b\\c\nd' }, value: Number.NaN },
    { name, labels: { tier: 'up' }, value: Number.POSITIVE_INFINITY },
    { name, labels: { tier: 'down' }, value: Number.NEGATIVE_INFINITY },
  ]);
  assert.deepEqual(text.split('\n').slice(2, -1), [
    'headgate_reader_tier{tier="a\\"b\\\\c\\nd"} NaN',
    'headgate_reader_tier{tier="up"} +Inf',
    'headgate_reader_tier{tier="down"} -Inf',
  ]);
});

test('workers that report the same counter are added up, of gauges the last holds', () => {
  const worker = (packets: number, generation: number) => () => [
    { name: 'headgate_client_packets_total' as const, labels: { listener: 'l', identity: 'i' }, value: packets },
    { name: 'headgate_generation' as const, labels: {}, value: generation },
  ];
  assert.deepEqual(
    collect([worker(1, 5), worker(2, 6)]).map(({ value }) => value),
    [3, 6, 0],
  );
});

test('a source that throws is left out and counted', () => {
  const broken = () => {
    throw new Error('broken');
  };
  const samples = collect([broken, processSource('0.1.0')]);
  assert.equal(samples.find(({ name }) => name === 'headgate_metric_sources_failed')?.value, 1);
  assert.ok(samples.some(({ name }) => name === 'headgate_process_resident_memory_bytes'));
});

test('the catalogue keeps the conventions of names and labels', () => {
  for (const name of METRIC_NAMES) {
    const spec: MetricSpec = CATALOGUE[name];
    assert.match(name, /^headgate_[a-z]+(_[a-z]+)*$/);
    assert.equal(name.endsWith('_total'), spec.type === 'counter', name);
    assert.match(spec.help, /^[A-Z1].*\.$|^notAfter.*\.$/, name);
    for (const label of spec.labels) {
      assert.match(label, /^[a-z]+$/);
      assert.ok(!['principal', 'client', 'clientid', 'topic', 'peer'].includes(label), `${name} by ${label}`);
    }
  }
});

test('every counter of a session has a metric by listener and identity', () => {
  const names = Object.keys(COUNTER).map((key) => counterMetric(key as keyof typeof COUNTER)[0]);
  assert.equal(new Set(names).size, Object.keys(COUNTER).length);
  for (const name of names) assert.deepEqual(CATALOGUE[name].labels, ['listener', 'identity']);
  assert.deepEqual(counterMetric('throttledMs'), ['headgate_throttled_seconds_total', 0.001]);
});

test('what was lost on the way is in the metrics', () => {
  const hub = new EventHub();
  hub.receive(0, {
    events: [],
    samples: [],
    dropped: { denied: 4 },
    droppedSamples: 2,
    agreements: [],
    lostAgreements: 0,
  });
  assert.deepEqual(hubSource(hub)(), [
    { name: 'headgate_events_dropped_total', labels: { cause: 'denied' }, value: 4 },
    { name: 'headgate_samples_dropped_total', labels: {}, value: 2 },
    { name: 'headgate_subscriber_errors_total', labels: {}, value: 0 },
  ]);
});

test('docs/metrics.md is in step with the catalogue', () => {
  const file = new URL('../../../../docs/metrics.md', import.meta.url);
  assert.equal(readFileSync(file, 'utf8'), metricsMarkdown(), 'run: node docs/make/metrics.ts');
});

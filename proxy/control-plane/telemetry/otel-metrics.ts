import type { Meter, Observable } from '@opentelemetry/api';
import { CATALOGUE, METRIC_NAMES, type MetricName } from './catalogue.ts';
import { collect, type MetricSource } from './metrics.ts';

/** Shows the whole catalogue as observable instruments; the sources are asked once per collection. */
export function observeMetrics(meter: Meter, sources: readonly MetricSource[]): void {
  const instruments = new Map<MetricName, Observable>();
  for (const name of METRIC_NAMES) {
    const { type, unit, help } = CATALOGUE[name];
    const options = { unit, description: help };
    const instrument =
      type === 'counter' ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options);
    instruments.set(name, instrument);
  }
  meter.addBatchObservableCallback(
    (result) => {
      for (const { name, labels, value } of collect(sources)) {
        const instrument = instruments.get(name);
        if (instrument !== undefined) result.observe(instrument, value, labels);
      }
    },
    [...instruments.values()],
  );
}

/** Sources of metrics for what this room itself knows; the rest of the proxy adds its own. */
import type { COUNTER } from '../../../adapters/seam.ts';
import type { EventHub } from '../events/hub.ts';
import type { MetricName } from './catalogue.ts';
import type { MetricSource } from './metrics.ts';

const COUNTER_METRICS: { readonly [K in keyof typeof COUNTER]: readonly [MetricName, number] } = {
  clientPackets: ['headgate_client_packets_total', 1],
  clientBytes: ['headgate_client_bytes_total', 1],
  brokerPackets: ['headgate_broker_packets_total', 1],
  brokerBytes: ['headgate_broker_bytes_total', 1],
  publishForwarded: ['headgate_publishes_forwarded_total', 1],
  publishDelivered: ['headgate_messages_delivered_total', 1],
  deliveriesDropped: ['headgate_deliveries_dropped_total', 1],
  throttled: ['headgate_throttled_total', 1],
  throttledMs: ['headgate_throttled_seconds_total', 0.001],
};

/** The metric of a cell of `SessionHost.counters` and the factor from the cell to the metric's unit. */
export function counterMetric(key: keyof typeof COUNTER): readonly [MetricName, number] {
  return COUNTER_METRICS[key];
}

/** What the event path lost on its way to the sinks. Rejections themselves are counted in the workers. */
export function hubSource(hub: EventHub): MetricSource {
  return () => [
    ...Object.entries(hub.dropped).map(([cause, value]) => ({
      name: 'headgate_events_dropped_total' as const,
      labels: { cause },
      value,
    })),
    { name: 'headgate_samples_dropped_total', labels: {}, value: hub.droppedSamples },
    { name: 'headgate_subscriber_errors_total', labels: {}, value: hub.subscriberErrors },
  ];
}

/** Memory, CPU time and versions of this process. */
export function processSource(version: string): MetricSource {
  return () => {
    const memory = process.memoryUsage();
    const cpu = process.cpuUsage();
    const plain = (name: MetricName, value: number, labels: Readonly<Record<string, string>> = {}) => ({
      name,
      labels,
      value,
    });
    return [
      plain('headgate_build_info', 1, { version, node: process.version }),
      plain('headgate_process_start_timestamp_seconds', performance.timeOrigin / 1000),
      plain('headgate_process_cpu_seconds_total', cpu.user / 1e6, { mode: 'user' }),
      plain('headgate_process_cpu_seconds_total', cpu.system / 1e6, { mode: 'system' }),
      plain('headgate_process_resident_memory_bytes', memory.rss),
      plain('headgate_process_heap_bytes', memory.heapUsed),
      plain('headgate_process_external_memory_bytes', memory.external),
    ];
  };
}

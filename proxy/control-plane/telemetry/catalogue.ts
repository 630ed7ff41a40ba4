/**
 * Every metric that headgate has, as data: the source of the Prometheus text, of the OTLP
 * instruments and of docs/metrics.md. Names and labels are part of the exported surface.
 * No metric is labelled by principal, client id, topic or client address: those are without bound.
 */
export interface MetricSpec {
  readonly type: 'counter' | 'gauge';
  /** UCUM unit, as OpenTelemetry wants it. */
  readonly unit: string;
  readonly labels: readonly string[];
  readonly help: string;
}

const PER_CLIENT_KIND = ['listener', 'identity'] as const;

export const CATALOGUE = {
  // traffic
  headgate_client_packets_total: counter('{packet}', PER_CLIENT_KIND, 'Packets received from clients.'),
  headgate_client_bytes_total: counter('By', PER_CLIENT_KIND, 'Bytes received from clients, after decryption.'),
  headgate_broker_packets_total: counter('{packet}', PER_CLIENT_KIND, 'Packets received from brokers.'),
  headgate_broker_bytes_total: counter('By', PER_CLIENT_KIND, 'Bytes received from brokers, after decryption.'),
  headgate_publishes_forwarded_total: counter('{message}', PER_CLIENT_KIND, 'Messages of clients sent on to a broker.'),
  headgate_messages_delivered_total: counter('{message}', PER_CLIENT_KIND, 'Messages of brokers sent on to a client.'),
  headgate_deliveries_dropped_total: counter(
    '{message}',
    PER_CLIENT_KIND,
    'Messages of brokers that the policy does not let the client receive.',
  ),
  headgate_throttled_total: counter('{pause}', PER_CLIENT_KIND, 'Times that a client was paused by a limit.'),
  headgate_throttled_seconds_total: counter('s', PER_CLIENT_KIND, 'Time that clients were paused by limits.'),
  // decisions
  headgate_rejections_total: counter(
    '{rejection}',
    ['listener', 'identity', 'role', 'cause'],
    'Rejections by cause; identity and role are empty before they are known.',
  ),
  headgate_shadow_rejections_total: counter(
    '{rejection}',
    ['listener', 'identity', 'role', 'cause'],
    'What was let through because the rule, role or listener that refuses it is in shadow; by the cause that it would have.',
  ),
  headgate_events_dropped_total: counter(
    '{rejection}',
    ['cause'],
    'Rejections that left no record (log, audit, spans, answers) because too many came at once; headgate_rejections_total and headgate_shadow_rejections_total have them.',
  ),
  headgate_samples_dropped_total: counter('{sample}', [], 'Sampled forwards that found no place in a batch.'),
  headgate_subscriber_errors_total: counter('{error}', [], 'Faults of a consumer of events, each survived.'),
  // connections
  headgate_connections_accepted_total: counter('{connection}', ['listener'], 'Connections accepted.'),
  headgate_connections_empty_total: counter(
    '{connection}',
    ['listener'],
    'Connections closed by the peer before a single byte; load balancers check health like this.',
  ),
  headgate_connections_turned_away_total: counter(
    '{connection}',
    [],
    'Connections closed because no worker could take them.',
  ),
  headgate_connections: gauge('{connection}', ['worker'], 'Client connections that are open.'),
  headgate_sessions: gauge('{session}', ['worker'], 'Sessions that passed the handshake and an identity.'),
  headgate_handshakes_total: counter('{handshake}', ['listener'], 'TLS handshakes completed.'),
  headgate_key_agreements_total: counter(
    '{handshake}',
    ['listener', 'identity', 'kind'],
    'Handshakes of clients that were identified: kind is hybrid (post-quantum) or classic.',
  ),
  headgate_key_agreements_unattributed_total: counter(
    '{handshake}',
    [],
    'Handshakes on listeners with `pq: report` that are kept for no client, as there are too many.',
  ),
  headgate_handshakes_in_flight: gauge('{handshake}', [], 'TLS handshakes under way.'),
  headgate_accept_queue: gauge('{connection}', [], 'Accepted connections that wait for a handshake slot.'),
  // upstream
  headgate_upstream_dial_failures_total: counter(
    '{dial}',
    ['listener'],
    'Attempts to reach a broker that failed, each address counted.',
  ),
  headgate_kafka_control_answers_total: counter(
    '{answer}',
    ['listener'],
    'Metadata answers that the gate itself asked a Kafka cluster for.',
  ),
  headgate_kafka_control_failures_total: counter(
    '{failure}',
    ['listener', 'kind'],
    'Failures of the gate’s own connection to a Kafka cluster, by kind.',
  ),
  headgate_upstream_up: gauge('1', ['listener', 'address'], '1 when the last dial of this broker address succeeded.'),
  // generations
  headgate_generation: gauge('1', [], 'Generation in force; counts up with every reload that changed something.'),
  headgate_generation_failed: gauge(
    '1',
    [],
    '1 when the last reload was refused and the generation before it goes on.',
  ),
  headgate_generation_loaded_timestamp_seconds: gauge('s', [], 'When the generation in force was loaded.'),
  headgate_reloads_total: counter('{reload}', ['result'], 'Reloads by result: ok, unchanged or failed.'),
  headgate_generation_rolled_back: gauge(
    '1',
    [],
    '1 when a rollback brought back what is in force, and the files on disk say something else.',
  ),
  headgate_rollbacks_total: counter('{rollback}', ['result'], 'Rollbacks by result: ok, unchanged or failed.'),
  headgate_reload_last_attempt_timestamp_seconds: gauge('s', [], 'When a reload was last attempted.'),
  headgate_reload_last_success_timestamp_seconds: gauge('s', [], 'When a reload last succeeded.'),
  headgate_certificate_expiry_timestamp_seconds: gauge(
    's',
    ['kind', 'name'],
    'notAfter of a certificate in use: kind is listener, trust or upstream, name that of the listener or trust store; of several the earliest.',
  ),
  headgate_generation_enforcement_seconds: gauge(
    's',
    [],
    'From putting the generation in force to the last live session judged by it.',
  ),
  headgate_generation_activation_seconds: gauge(
    's',
    [],
    'From the call that asked for the generation, reading the files included, to the last live session judged by it.',
  ),
  headgate_crl_entries: gauge('{certificate}', ['store'], 'Entries of the revocation lists in force.'),
  headgate_crl_fresh_until_timestamp_seconds: gauge(
    's',
    ['store'],
    'Until when the revocation lists in force count as fresh; of several the earliest.',
  ),
  headgate_crl_distribution_points: gauge(
    '{place}',
    ['store'],
    'Distribution points of client chains that lists are fetched from (`crl: cdp`).',
  ),
  headgate_crl_distribution_points_refused_total: counter(
    '{place}',
    ['store'],
    'Times that a worker named a distribution point beyond those that are fetched.',
  ),
  headgate_crl_refused: gauge('{list}', [], 'Revocation lists that were read and cannot be used: see the log.'),
  headgate_staple_fresh_until_timestamp_seconds: gauge(
    's',
    ['listener'],
    'Until when the OCSP answers hold that are stapled to the certificates of a listener; of several the earliest, 0 where a certificate has none.',
  ),
  headgate_staples_missing: gauge(
    '{certificate}',
    ['listener'],
    'Certificates of a listener with `stapling` for which there is no OCSP answer to staple: see the log.',
  ),
  headgate_deny_entries: gauge('{entry}', [], 'Entries of `headgate deny`.'),
  // workers
  headgate_workers: gauge('{worker}', [], 'Data-plane workers that should run.'),
  headgate_workers_alive: gauge('{worker}', [], 'Data-plane workers whose heartbeat is fresh.'),
  headgate_worker_replacements_total: counter('{worker}', ['reason'], 'Workers replaced: exit or heartbeat.'),
  headgate_worker_errors_total: counter('{error}', ['worker'], 'Faults inside a worker that cost one connection.'),
  headgate_reader_tier: gauge('1', ['tier'], '1 for the tier of the read path in use: user-buffer, push or data.'),
  headgate_accept_tier: gauge('1', ['tier'], '1 for the tier of accepting in use: transfer, reuse-port or single.'),
  // limits
  headgate_limit_slots: gauge('{slot}', [], 'Slots of the shared table of limits.'),
  headgate_limit_slots_used: gauge('{slot}', [], 'Slots of the shared table of limits in use.'),
  // sinks
  headgate_audit_records_total: counter('{record}', [], 'Records written to the audit file.'),
  headgate_audit_dropped_total: counter(
    '{record}',
    [],
    'Records that found the audit queue full, or were lost on closing.',
  ),
  headgate_audit_errors_total: counter('{error}', [], 'Failed attempts to open or write the audit file.'),
  headgate_audit_queue: gauge('{record}', [], 'Records that wait to be written to the audit file.'),
  headgate_log_dropped_total: counter('{line}', [], 'Log lines dropped because standard output did not take them.'),
  headgate_otel_spans_total: counter('{span}', [], 'Spans handed to the OpenTelemetry SDK.'),
  headgate_otel_spans_dropped_total: counter(
    '{span}',
    [],
    'Spans that the SDK reports as dropped: its queue was full.',
  ),
  headgate_otel_errors_total: counter(
    '{error}',
    [],
    'Errors that the OpenTelemetry SDK reports, failed exports among them.',
  ),
  headgate_metric_sources_failed: gauge('{source}', [], 'Sources of metrics that failed in this collection.'),
  // process
  headgate_build_info: gauge('1', ['version', 'node'], 'Always 1; the labels tell the versions.'),
  headgate_process_start_timestamp_seconds: gauge('s', [], 'When the process started.'),
  headgate_process_cpu_seconds_total: counter('s', ['mode'], 'CPU time of all threads: user or system.'),
  headgate_process_resident_memory_bytes: gauge('By', [], 'Resident memory of the process.'),
  headgate_process_heap_bytes: gauge('By', [], 'JavaScript heap in use on the main thread.'),
  headgate_process_external_memory_bytes: gauge(
    'By',
    [],
    'Memory outside the heap that the main thread’s objects hold.',
  ),
} as const satisfies Record<string, MetricSpec>;

export type MetricName = keyof typeof CATALOGUE;

export const METRIC_NAMES = Object.keys(CATALOGUE) as MetricName[];

function counter(unit: string, labels: readonly string[], help: string): MetricSpec {
  return { type: 'counter', unit, labels, help };
}

function gauge(unit: string, labels: readonly string[], help: string): MetricSpec {
  return { type: 'gauge', unit, labels, help };
}

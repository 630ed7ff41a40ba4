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

/** Every metric, with its type, unit, labels and meaning; docs/metrics.md is made of it. */
export const CATALOGUE = {
  // traffic
  headgate_client_packets_total: counter('{packet}', PER_CLIENT_KIND, 'Packets received from clients.'),
  headgate_client_bytes_total: counter('By', PER_CLIENT_KIND, 'Bytes received from clients, after decryption.'),
  headgate_broker_packets_total: counter('{packet}', PER_CLIENT_KIND, 'Packets received from brokers.'),
  headgate_broker_bytes_total: counter('By', PER_CLIENT_KIND, 'Bytes received from brokers, after decryption.'),
  headgate_publishes_forwarded_total: counter(
    '{message}',
    PER_CLIENT_KIND,
    'Messages of clients forwarded to a broker.',
  ),
  headgate_messages_delivered_total: counter(
    '{message}',
    PER_CLIENT_KIND,
    'Messages of brokers forwarded to a client.',
  ),
  headgate_deliveries_dropped_total: counter(
    '{message}',
    PER_CLIENT_KIND,
    'Messages of brokers that the policy does not allow the client to receive.',
  ),
  headgate_throttled_total: counter('{pause}', PER_CLIENT_KIND, 'Times that a client was paused by a limit.'),
  headgate_throttled_seconds_total: counter('s', PER_CLIENT_KIND, 'Time that clients were paused by limits.'),
  // decisions
  headgate_rejections_total: counter(
    '{rejection}',
    ['listener', 'identity', 'role', 'cause'],
    'Rejections by cause; identity and role are empty if not known yet.',
  ),
  headgate_shadow_rejections_total: counter(
    '{rejection}',
    ['listener', 'identity', 'role', 'cause'],
    'Requests let through because the rule, role or listener that would refuse them is in shadow mode, by the cause of that refusal.',
  ),
  headgate_events_dropped_total: counter(
    '{rejection}',
    ['cause'],
    'Rejections without a record (log, audit, spans, admin interface) because too many came at once; headgate_rejections_total and headgate_shadow_rejections_total include them.',
  ),
  headgate_samples_dropped_total: counter('{sample}', [], 'Sampled packets dropped because a batch was full.'),
  headgate_subscriber_errors_total: counter('{error}', [], 'Errors of event consumers, each handled.'),
  // connections
  headgate_connections_accepted_total: counter('{connection}', ['listener'], 'Connections accepted.'),
  headgate_connections_empty_total: counter(
    '{connection}',
    ['listener'],
    'Connections closed by the peer before the first byte, as by health checks of load balancers.',
  ),
  headgate_connections_turned_away_total: counter(
    '{connection}',
    [],
    'Connections closed because no worker could take them.',
  ),
  headgate_connections: gauge('{connection}', ['worker'], 'Open client connections.'),
  headgate_sessions: gauge('{session}', ['worker'], 'Sessions with a completed handshake and an identity.'),
  headgate_handshakes_total: counter('{handshake}', ['listener'], 'TLS handshakes completed.'),
  headgate_key_agreements_total: counter(
    '{handshake}',
    ['listener', 'identity', 'kind'],
    'Handshakes of identified clients; kind is hybrid (post-quantum) or classic.',
  ),
  headgate_key_agreements_unattributed_total: counter(
    '{handshake}',
    [],
    'Handshakes on listeners with `pq: report` that are not attributed to a client, because there are too many clients.',
  ),
  headgate_handshakes_in_flight: gauge('{handshake}', [], 'TLS handshakes in progress.'),
  headgate_accept_queue: gauge('{connection}', [], 'Accepted connections waiting for a handshake slot.'),
  // upstream
  headgate_upstream_dial_failures_total: counter(
    '{dial}',
    ['listener'],
    'Failed attempts to connect to a broker; each address counts.',
  ),
  headgate_kafka_control_answers_total: counter(
    '{answer}',
    ['listener'],
    'Metadata responses received on the proxy’s own connection to a Kafka cluster.',
  ),
  headgate_kafka_control_failures_total: counter(
    '{failure}',
    ['listener', 'kind'],
    'Failures of the proxy’s own connection to a Kafka cluster, by kind.',
  ),
  headgate_upstream_up: gauge(
    '1',
    ['listener', 'address'],
    '1 if the last connection attempt to this broker address succeeded.',
  ),
  // generations
  headgate_generation: gauge(
    '1',
    [],
    'Number of the generation in force; incremented by every change of configuration, certificates, revocation or denials.',
  ),
  headgate_generation_failed: gauge(
    '1',
    [],
    '1 if the last reload was refused and the previous generation stays in force.',
  ),
  headgate_generation_loaded_timestamp_seconds: gauge('s', [], 'Time at which the generation in force was loaded.'),
  headgate_reloads_total: counter('{reload}', ['result'], 'Reloads by result: ok, unchanged or failed.'),
  headgate_generation_rolled_back: gauge(
    '1',
    [],
    '1 if the generation in force comes from a rollback and differs from the files on disk.',
  ),
  headgate_rollbacks_total: counter('{rollback}', ['result'], 'Rollbacks by result: ok, unchanged or failed.'),
  headgate_reload_last_attempt_timestamp_seconds: gauge('s', [], 'Time of the last attempted reload.'),
  headgate_reload_last_success_timestamp_seconds: gauge('s', [], 'Time of the last successful reload.'),
  headgate_certificate_expiry_timestamp_seconds: gauge(
    's',
    ['kind', 'name'],
    'Earliest notAfter of the certificates in use; kind is listener, trust or upstream, name is that of the listener or trust store.',
  ),
  headgate_generation_enforcement_seconds: gauge(
    's',
    [],
    'Time from commit of the generation until the last live session was reauthorized by it.',
  ),
  headgate_generation_activation_seconds: gauge(
    's',
    [],
    'Time from the request for the generation, reading of the files included, until the last live session was reauthorized by it.',
  ),
  headgate_crl_entries: gauge('{certificate}', ['store'], 'Entries of the CRLs in force.'),
  headgate_crl_fresh_until_timestamp_seconds: gauge(
    's',
    ['store'],
    'Earliest time at which a CRL in force becomes stale.',
  ),
  headgate_crl_distribution_points: gauge(
    '{place}',
    ['store'],
    'Distribution points of client chains from which CRLs are fetched (`crl: cdp`).',
  ),
  headgate_crl_distribution_points_refused_total: counter(
    '{place}',
    ['store'],
    'Times that a distribution point was not taken up because the store already has the maximum number.',
  ),
  headgate_crl_refused: gauge('{list}', [], 'CRLs that were read but cannot be used; see the log.'),
  headgate_staple_fresh_until_timestamp_seconds: gauge(
    's',
    ['listener'],
    'Earliest expiry of the OCSP responses stapled for the certificates of a listener; 0 if a certificate has none.',
  ),
  headgate_staples_missing: gauge(
    '{certificate}',
    ['listener'],
    'Certificates of a listener with `stapling` without an OCSP response to staple; see the log.',
  ),
  headgate_deny_entries: gauge('{entry}', [], 'Entries of `headgate deny`.'),
  // workers
  headgate_workers: gauge('{worker}', [], 'Configured data-plane workers.'),
  headgate_workers_alive: gauge('{worker}', [], 'Data-plane workers with a recent heartbeat.'),
  headgate_worker_replacements_total: counter('{worker}', ['reason'], 'Workers replaced; reason is exit or heartbeat.'),
  headgate_worker_errors_total: counter('{error}', ['worker'], 'Faults inside a worker; each ended one connection.'),
  headgate_reader_tier: gauge('1', ['tier'], '1 for the read tier in use: user-buffer, push or data.'),
  headgate_accept_tier: gauge('1', ['tier'], '1 for the accept tier in use: transfer, reuse-port or single.'),
  // limits
  headgate_limit_slots: gauge('{slot}', [], 'Slots of the shared limit table.'),
  headgate_limit_slots_used: gauge('{slot}', [], 'Slots in use of the shared limit table.'),
  // sinks
  headgate_audit_records_total: counter('{record}', [], 'Records written to the audit file.'),
  headgate_audit_dropped_total: counter(
    '{record}',
    [],
    'Records dropped because the audit queue was full, or lost on closing.',
  ),
  headgate_audit_errors_total: counter('{error}', [], 'Failed attempts to open or write the audit file.'),
  headgate_audit_queue: gauge('{record}', [], 'Records waiting to be written to the audit file.'),
  headgate_log_dropped_total: counter('{line}', [], 'Log lines dropped because standard output did not accept them.'),
  headgate_otel_spans_total: counter('{span}', [], 'Spans passed to the OpenTelemetry SDK.'),
  headgate_otel_spans_dropped_total: counter(
    '{span}',
    [],
    'Spans that the SDK reports as dropped because its queue was full.',
  ),
  headgate_otel_errors_total: counter(
    '{error}',
    [],
    'Errors reported by the OpenTelemetry SDK, including failed exports.',
  ),
  headgate_metric_sources_failed: gauge('{source}', [], 'Metric sources that failed in this collection.'),
  // process
  headgate_build_info: gauge('1', ['version', 'node'], 'Always 1; the labels hold the versions.'),
  headgate_process_start_timestamp_seconds: gauge('s', [], 'Start time of the process.'),
  headgate_process_cpu_seconds_total: counter('s', ['mode'], 'CPU time of all threads; mode is user or system.'),
  headgate_process_resident_memory_bytes: gauge('By', [], 'Resident memory of the process.'),
  headgate_process_heap_bytes: gauge('By', [], 'JavaScript heap in use on the main thread.'),
  headgate_process_external_memory_bytes: gauge(
    'By',
    [],
    'Memory outside the heap held by objects of the main thread.',
  ),
} as const satisfies Record<string, MetricSpec>;

export type MetricName = keyof typeof CATALOGUE;

/** The names of all metrics. */
export const METRIC_NAMES = Object.keys(CATALOGUE) as MetricName[];

function counter(unit: string, labels: readonly string[], help: string): MetricSpec {
  return { type: 'counter', unit, labels, help };
}

function gauge(unit: string, labels: readonly string[], help: string): MetricSpec {
  return { type: 'gauge', unit, labels, help };
}

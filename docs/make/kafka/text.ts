/** What docs/kafka.md says around its tables. */

export const BEFORE_TABLES = `# Kafka

<!-- Generated from the tables of adapters/kafka/ and docs/make/kafka/ by \`npm run docs\`; edits here are lost. -->

A Kafka listener speaks the protocol of Kafka 4 brokers. Each client connection has one connection to one broker. Every
request is authorized before any of it is forwarded. What is allowed is forwarded as the client’s own bytes; what is not
gets Kafka’s own error responses. Configuration keys: [configuration.md](configuration.md).

## What a client sees

- **Error codes** are those of a broker with ACLs: see the table. In a request for several topics each topic is authorized
  on its own, and the broker gets the allowed ones.
- **No hints.** A topic that the client has no right to describe gets the same response whether it exists or not, and is in
  no list, page or cursor. The rights in responses (AuthorizedOperations) are those of the client, not of the gate.
- **Closed without a response**, as by a broker: an API or version that is not offered (except ApiVersions, which gets 35),
  bytes that are not in Kafka’s canonical encoding, a request that is too large or too slow, too many connections, a broker
  that cannot be reached, a certificate that no identity matches. Kafka has no error codes for these; the operator finds
  them with \`headgate rejections\`.
- **Responses are in the order of the requests**, including the refusals of the gate.

## APIs

The rights are those of Kafka: read, write, delete and alter imply describe, and alterConfigs implies describeConfigs. A
client is offered the versions that both the gate and its broker support. Produce is advertised from version 0 on, because
older librdkafka does not compress otherwise; a request in a version below that of the table closes the connection.
`;

export const AFTER_TABLES = `## What is not offered

- **Transactions**: AddPartitionsToTxn, AddOffsetsToTxn, EndTxn and TxnOffsetCommit are not offered, so a transactional
  producer fails at its first transaction. Idempotent producers work.
- **Administration** beyond the table: ACLs, quotas, altering configurations, partitions and reassignments, deleting
  groups, records and offsets, SCRAM users, log directories, features.
- **SASL** and delegation tokens: clients are identified by their certificates.
- **Share groups, streams groups** and client telemetry (KIP-932, KIP-1071, KIP-714).
- The APIs between brokers and controllers.

\`kafka.hideApis\` removes further APIs. ApiVersions cannot be hidden, because clients learn of the others by it.

## Addresses

Clients never see a broker’s address. Metadata, FindCoordinator, DescribeCluster and the leaders in Produce and Fetch
responses hold addresses of the gate. They are computed from the node id, so every worker gives the same ones:

| \`upstream.advertise\` | address of broker n | what selects the broker |
|---|---|---|
| \`{ host: kafka.example.com, ports: 9094-9193 }\` | \`kafka.example.com:(9094 + n - firstNodeId)\` | the port of the connection |
| \`{ sni: "b{node}.kafka.example.com" }\` | \`bn.kafka.example.com\`, on one \`port\` | the server name (SNI) of the client |

- With \`bindPorts\` the gate listens on other ports than it advertises, one for one: for NAT, or a load balancer that maps
  ports.
- A broker whose node id is outside of \`ports\` is not advertised; a coordinator on it counts as not available (15). Make the
  range wide enough for future brokers.
- The addresses of \`listen\` are for bootstrapping: they lead to a broker of \`upstream.bootstrap\`. The server certificate must
  contain every advertised name.
- The gate learns brokers, topic ids and topics over its own connection to the cluster, every \`metadataInterval\` and when
  one is missing. A client of a broker that is not known yet waits for one round trip.

## The brokers behind it

Brokers see the gate, not the client. If they have ACLs, these must grant the gate (the certificate of \`upstream.tls\`) the
rights of all its clients together, and DESCRIBE on all topics, by which it learns the names of topic ids. Addresses in a
broker’s logs, quotas and \`clientHost\` are those of the gate. Clients must not be able to reach brokers in any other way.

## Where it differs from a broker

- **Fetch sessions** (KIP-227) are not passed to brokers: a client gets none and names its partitions in every Fetch.
  Clients do that automatically; a consumer of many partitions sends larger requests.
- **Regular expressions** of the newer consumer protocol (KIP-848) get 128: the broker would match them against all topics
  that the gate has the right to describe, and share the result among the members. Expressions that a client matches
  itself, as with the classic protocol, work.
- **Automatic topic creation** through Metadata happens only with \`autoCreateTopics\`, for a client with the right to create
  every topic that it names. Otherwise the request tells the broker not to create any, whatever its configuration.
- **Topic ids** (KIP-516) are authorized by the name that the cluster itself gives for them. A request with an unknown id
  waits for one look-up; an id that the cluster does not know gets 100. If the cluster cannot be reached, the connection is
  closed.
- **A changed policy** applies to later requests and to responses that are still to come. If a part of a response was
  already sent and its next topic is no longer readable, the connection is closed.
- **Settings with addresses** are masked in DescribeConfigs of brokers, as brokers mask secrets: \`value\` null, sensitive.
- **\`*\` as a name** means every name, as Kafka documents it. The authorizer of Kafka 4.3 and 4.4 does not apply it to longer
  names that begin with an asterisk: there, a deny of every group does not cover the group \`*a\`; here it does.
- **Rules whose name ends in \`*\`** are refused by \`headgate check\`: in Kafka they would match only that one name. Write
  \`prefix: true\`.

## Strictness

A proxy and a broker that read the same bytes differently allow a bypass. So only one encoding is accepted, the one that
Kafka’s clients write: minimal varints, ascending and unique tags, booleans of 0 and 1, valid UTF-8, no trailing bytes.
Anything else closes the connection with the cause \`malformed\`. Of records only the batch header is read: it must be one
whole batch of the current format, otherwise the partition gets 87. Records are never decompressed.

## Limits

| limit | counts |
|---|---|
| \`publish\` | records of allowed batches, as the batch headers state |
| \`bytes\` | bytes of all requests, including refused ones |
| \`bytesOut\` | bytes of all responses of the broker |
| \`requests\` | requests of every API, including refused ones |
| \`connections\` | connections of the principal on all workers; a client has at least one for each broker it talks to |

With \`onExceed: throttle\` the response has \`throttle_time_ms\` and the client is not read for that time (KIP-219), at most
\`maxThrottle\`. With \`reject\` the request gets 89 where its API has that error; otherwise the client waits. With \`disconnect\`
the connection is closed. Records are charged after they are allowed, so \`publish\` never refuses or disconnects: the client
waits.

With \`quota: kafka\` in the limits of the listener, \`bytes\`, \`bytesOut\` and \`requests\` are averaged over 11 samples of one
second and throttled by Kafka’s formula, \`(rate - quota) / quota * window\`: what exceeds the quota passes, then the client
waits. All workers share the samples. Unlike in Kafka, \`bytes\` counts requests of every API, \`bytesOut\` counts responses of
every API (a Fetch gets its full response, then its client waits), and \`requests\` counts requests, not their processing time.

## Sizes and memory

- A Produce request may have \`maxFrameSize\`, other requests \`maxRequestSize\`. A response of a broker may have \`maxFrameSize\`
  and 16 MiB, for what surrounds the records. The length is checked before anything is kept.
- A Produce request for one partition is forwarded while it arrives. Its last bytes are held until they were read, so a
  malformed request is never complete at the broker. A request for several partitions is buffered completely.
- Requests over 64 KiB reserve their length in \`kafka.memory\` before they are read; each worker has an equal share of it, but
  at least \`maxFrameSize\`. Without room the client is not read. A principal that already holds a reservation gets at most a
  quarter of the share. A request must arrive within \`timeouts.packet\` and one more second for each 64 KiB.
- A Fetch response is checked while it passes. Other responses that are changed are buffered completely and are not counted
  in \`kafka.memory\`.
- At most \`maxInFlight\` requests of a connection may wait for a response; with more, the connection is not read.

## Number of connections

Each client connection needs one connection to a broker. From one local address to one address of a broker Linux has about
28,000 ports (\`net.ipv4.ip_local_port_range\`). For more, use several listeners with an \`upstream.localAddress\` each, or widen
the range.
`;

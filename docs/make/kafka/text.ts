/** What docs/kafka.md says around its tables. */

export const BEFORE_TABLES = `# Kafka

<!-- Made from the tables of adapters/kafka/ and docs/make/kafka/ by \`npm run docs\`; edits here are lost. -->

A Kafka listener speaks the protocol of Kafka 4 brokers. Each client connection has one connection to one broker. Every
request is decided before any of it leaves, what is allowed goes on as the client’s own bytes, and what is not is answered
in Kafka’s own words. Keys of the configuration: [configuration.md](configuration.md).

## What a client sees

- **Error codes** are those of a broker with ACLs: see the table. A request about several topics is answered topic by
  topic; the broker is asked about those that are allowed.
- **No hints.** A topic that may not be described is answered alike whether it exists or not, and is in no list, page,
  cursor or coordinator. The rights in answers (AuthorizedOperations) are the client’s own, not the gate’s.
- **Closed without a word**, as a broker does: an API or version that is not offered (but for ApiVersions, which is
  answered with 35), bytes that are not Kafka’s canonical encoding, a request that is too large or too slow, too many
  connections, a broker that cannot be reached, a certificate that no identity matches. Kafka has no words for these; the
  operator finds them in \`headgate rejections\`.
- **Answers come in the order of the requests**, refusals made by the gate among them.

## APIs

The rights are those of Kafka: read, write, delete and alter grant describe, alterConfigs grants describeConfigs. A client
is offered the versions that both the gate and its broker have. Produce is told from version 0 on, since older librdkafka
does not compress otherwise; versions below the table’s are closed.
`;

export const AFTER_TABLES = `## What is not there

- **Transactions**: AddPartitionsToTxn, AddOffsetsToTxn, EndTxn and TxnOffsetCommit are not offered, so a transactional
  producer fails at its first transaction. Idempotent producers work.
- **Administration** beyond the table: ACLs, quotas, altering configurations, partitions and reassignments, deleting
  groups, records and offsets, SCRAM users, log directories, features.
- **SASL** and delegation tokens: clients are known by their certificates.
- **Share groups, streams groups** and client telemetry (KIP-932, KIP-1071, KIP-714).
- What is between brokers and controllers.

\`kafka.hideApis\` takes further APIs out. ApiVersions cannot be hidden: without it a client learns of no other.

## Addresses

Clients never see a broker’s address. Metadata, FindCoordinator, DescribeCluster and the leaders in Produce and Fetch
answers tell the gate’s, by arithmetic, so that every worker tells the same without asking:

| \`upstream.advertise\` | broker n is told as | whom a client means |
|---|---|---|
| \`{ host: kafka.example.com, ports: 9094-9193 }\` | \`kafka.example.com:(9094 + n - firstNodeId)\` | the port that it dialled |
| \`{ sni: "b{node}.kafka.example.com" }\` | \`bn.kafka.example.com\`, on one \`port\` | the name that it asks for in TLS |

- With \`bindPorts\` the gate listens on other ports than clients are told, one for one: for NAT, or a load balancer that
  maps ports.
- A broker whose node id lies outside \`ports\` is not told to clients at all, a coordinator on it counts as not available
  (15). Make the range wide enough for brokers to come.
- An address of \`listen\` is for bootstrapping: it leads to a broker of \`upstream.bootstrap\`. The server certificate must
  hold every name that clients are told.
- The gate learns brokers, topic ids and topics over a connection of its own to the cluster, every \`metadataInterval\` and
  when one is missing. A client of a broker that is not known yet waits for one round trip.

## The brokers behind it

Brokers see the gate, not the client: with ACLs of their own they must grant the gate (the certificate of \`upstream.tls\`)
what all its clients may do together, and DESCRIBE on all topics, by which it learns the names of topic ids. Addresses in a
broker’s logs, quotas and \`clientHost\` are the gate’s. Brokers must not be reachable by clients on another way.

## Where it differs from a broker

- **Fetch sessions** (KIP-227) are kept from brokers: a client gets none and names its partitions in every Fetch. Clients
  do that by themselves; a consumer of many partitions sends larger requests.
- **Regular expressions** of the newer consumer protocol (KIP-848) are answered with 128: the broker would match them
  against all topics that the gate may describe, and members share what was found. Expressions that a client matches
  itself, as with the classic protocol, work.
- **Topics come into being** through Metadata only with \`autoCreateTopics\`, for a client that may create every topic that
  it asks for. Otherwise the broker is told not to create any, whatever it is configured to do.
- **Topic ids** (KIP-516) are decided by the name that the cluster itself gave for them; a request with an unknown id waits
  for one look-up. An id that the cluster does not know is answered with 100. When the cluster cannot be asked, the
  connection is closed.
- **A policy that changes** holds for what is asked from then on and for answers that are still to come. An answer of which
  some has left already and whose next topic may no longer be read ends with the connection.
- **Settings with addresses** are masked in DescribeConfigs of brokers, as are secrets by brokers: \`value\` null, sensitive.
- **\`*\` as a name** means every name, as Kafka documents it. The authorizer of Kafka 4.3 and 4.4 passes over it for
  longer names that begin with an asterisk, so that there a deny of every group is none for the group \`*a\`; here it is one.
- **Rules whose name ends in \`*\`** are refused by \`headgate check\`: in Kafka they would match that one name only. Write
  \`prefix: true\`.

## Strictness

A proxy and a broker that read the same bytes differently are a way around the proxy. So one encoding is accepted, the one
that Kafka’s clients write: shortest varints, ascending and unique tags, booleans of 0 and 1, valid UTF-8, no bytes behind
the end. Anything else closes the connection with the cause \`malformed\`. Of records only the head of their batch is read:
it must be one whole batch of the present format, else the partition is answered with 87. Records are never unpacked.

## Limits

| limit | counts |
|---|---|
| \`publish\` | records, as their batches say, of what is allowed |
| \`bytes\` | bytes of all requests, refused ones too |
| \`requests\` | requests of every API, refused ones too |
| \`connections\` | connections of the principal, over all workers; a client has one for each broker it talks to, and more |

With \`onExceed: throttle\` the answer says \`throttle_time_ms\` and the client is not read for that time (KIP-219), at most
\`maxThrottle\`. With \`reject\` the request is refused with 89, where its API has that answer, and the client waits
otherwise. With \`disconnect\` it is closed. Records are charged once they are allowed, so \`publish\` never refuses: it makes
the client wait.

With \`quota: kafka\` in the limits of the listener \`bytes\`, \`bytesOut\` and \`requests\` are averaged over 11 samples of a second
and throttled by Kafka’s formula, \`(rate - quota) / quota * window\`: what goes beyond passes, then the client waits. The
samples are shared by all workers. Other than with Kafka \`bytes\` counts requests of every API, \`bytesOut\` answers of every
API (a Fetch is answered in full, then its client waits), \`requests\` their number, not the time that they take.

## Sizes and memory

- A Produce request and an answer of a broker may have \`maxFrameSize\` (answers 16 MiB more, for what surrounds records),
  other requests \`maxRequestSize\`. The length is looked at before anything is kept.
- A Produce request that writes to one partition is sent on while it arrives; its last bytes are held until they are read,
  so what is malformed never completes at the broker. One that writes to several is kept whole.
- Requests beyond 64 KiB reserve their length out of \`kafka.memory\` before they are read. Without room the client is not
  read until there is; a principal that holds something already gets no more than a quarter. A request must arrive within
  \`timeouts.packet\` and one second more for each 64 KiB.
- A Fetch answer is looked through as it passes. Other answers that are changed are kept whole, and they are not counted in
  \`kafka.memory\`.
- \`maxInFlight\` requests of a connection may wait for an answer; with more it is not read.

## How many connections

Each client connection is one connection to a broker. From one local address to one address of a broker Linux has about
28,000 ports (\`net.ipv4.ip_local_port_range\`). For more, have several listeners with an \`upstream.localAddress\` each, or
widen the range.
`;

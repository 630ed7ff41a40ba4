import { type Address, addressText } from './broker-address.ts';

/** An MQTT listener of the demo: its name, and the broker behind it. */
export interface Front {
  readonly listener: string;
  readonly broker: Address;
}

/** The Kafka listener of the demo. */
export interface KafkaFront {
  readonly listener: string;
  /** `host:port` of a broker. */
  readonly bootstrap: string;
  /** Smallest and largest node id. */
  readonly nodes: { readonly first: number; readonly last: number };
  /** Of the ports that stand for the nodes, in a row. */
  readonly firstPort: number;
}

/** The trust of every listener. */
const TLS = 'tls: { profile: mozilla-intermediate, certificate: server.pem, key: server.key, clients: [plant-ca] }';

/** The configuration as a user would write it. */
export function configuration(fronts: readonly Front[], kafka?: KafkaFront): string {
  return `# Made by \`headgate demo\`.
listeners:
${fronts.map(mqttListener).join('\n')}
${kafka === undefined ? '' : kafkaListener(kafka)}
trust:
  plant-ca: { ca: ca.pem }

identities:                      # first match wins, no match is refused
  - name: gateways
    when: { trust: plant-ca, subject: { O: Acme, OU: gateways }, san: { uri: "spiffe://acme/{plant}/{device}" } }
    principal: "{device}"
    roles: [bridge]
  - name: meters
    when: { trust: plant-ca, subject: { O: Acme, OU: meters }, san: { uri: "spiffe://acme/{plant}/{device}" } }
    principal: "{device}"
    roles: [meter]
  - name: devices
    when: { trust: plant-ca, subject: { O: Acme, OU: devices }, san: { uri: "spiffe://acme/{plant}/{device}" } }
    principal: "{device}"
    roles: [device]
${kafka === undefined ? '' : KAFKA_IDENTITIES}
roles:
  device:
    mqtt:
      clientId: "{device}"
      allow:
        - publish: "{plant}/{device}/#"
          qos: [0, 1]
        - subscribe: "{plant}/{device}/cmd/+"
        - will: "{plant}/{device}/#"
      deny:
        - publish: "+/+/firmware/#"
    limits: { publish: 50/s, bytes: 64KiB/s, burst: 5s }
  bridge:                        # sends commands to the devices of its plant
    mqtt:
      allow:
        - publish: "{plant}/+/cmd/+"
        - subscribe: "{plant}/#"
  meter:                         # ten messages an hour, all of them at once if it likes
    mqtt:
      allow:
        - publish: "{plant}/{device}/kwh"
    limits: { publish: 10/h, burst: 1h, onExceed: reject }
${kafka === undefined ? '' : KAFKA_ROLES}
workers: 2
drain: { deadline: 1s }
telemetry: { sampling: 1, traces: false, metrics: false }   # how the demo learns which rule allowed a packet
probe: { listen: "127.0.0.1:0" }
admin: { socket: headgate.sock }
`;
}

function mqttListener({ listener, broker }: Front): string {
  return `  - name: ${listener}
    protocol: mqtt
    listen: "127.0.0.1:0"
    ${TLS}
    upstream: { address: "${addressText(broker)}" }`;
}

function kafkaListener({ listener, bootstrap, nodes, firstPort }: KafkaFront): string {
  const lastPort = firstPort + nodes.last - nodes.first;
  return `  - name: ${listener}
    protocol: kafka
    listen: "127.0.0.1:0"
    ${TLS}
    upstream:
      bootstrap: ["${bootstrap}"]
      advertise: { host: localhost, ports: ${firstPort}-${lastPort}, firstNodeId: ${nodes.first} }   # a port for each node
`;
}

const KAFKA_IDENTITIES = `  - name: erp
    when: { trust: plant-ca, subject: { O: Acme, OU: erp, CN: "erp-*" } }
    principal: "{CN}"
    roles: [erp]
  - name: feeds
    when: { trust: plant-ca, subject: { O: Acme, OU: feeds, CN: "feed-*" } }
    principal: "{CN}"
    roles: [feed]
`;

const KAFKA_ROLES = `  erp:                           # what no rule allows is refused, and not even listed
    kafka:
      allow:
        - { topic: "orders.", prefix: true, operations: [read, write] }
        - { group: "erp-", prefix: true, operations: [read] }
        - { transactionalId: "erp-", prefix: true, operations: [write] }
      deny:
        - { topic: "orders.closed", prefix: true, operations: [write] }
  feed:                          # may be fast for a moment, then waits
    kafka:
      allow:
        - { topic: "orders.", prefix: true, operations: [write] }
    limits: { bytes: 64KiB/s, burst: 1s }
`;

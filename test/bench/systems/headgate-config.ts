import type { Protocol } from '../protocol.ts';
import type { Site } from './system.ts';

/** What is the protocol's own, as lines at the right depth. */
interface Parts {
  upstream(site: Site): string;
  readonly rights: string;
}

const PARTS: Record<Protocol, Parts> = {
  mqtt: {
    upstream: ({ sinkPort }) => `{ address: 127.0.0.1:${sinkPort} }`,
    rights: `
    mqtt:
      clientId: any
      allow:
        - publish: plant/+/temperature
        - publish: plant/+/pressure-in
        - publish: plant/+/#
        - subscribe: plant/+/#
        - receive: plant/+/#
      deny:
        - publish: plant/+/firmware/#`,
  },
  kafka: {
    // Brokers by name: no port of its own for the one that there is.
    upstream: ({ sinkPort }) =>
      `{ bootstrap: ["127.0.0.1:${sinkPort}"], advertise: { sni: "b{node}.localhost", port: 9094 } }`,
    rights: `
    kafka:
      allow:
        - { topic: plant.press-42.temperature, operations: [read, write] }
        - { topic: plant.press-42.pressure-in, operations: [read, write] }
        - { topic: plant., prefix: true, operations: [read, write] }
        - { group: plant., prefix: true, operations: [read] }
      deny:
        - { topic: plant.firmware., prefix: true, operations: [write] }`,
  },
};

/**
 * The configuration under test: the whole path is on, nothing of it ever refuses. The limits are
 * far above what one core can do, so every message is held against them and none is delayed.
 */
export function headgateYaml(site: Site, port: number): string {
  const { files } = site.material;
  const { upstream, rights } = PARTS[site.protocol];
  return `
listeners:
  - name: bench
    protocol: ${site.protocol}
    listen: 127.0.0.1:${port}
    tls: { profile: mozilla-modern, certificate: ${files.serverCert}, key: ${files.serverKey}, clients: [bench-ca] }
    upstream: ${upstream(site)}
    admission: { exempt: [127.0.0.0/8] }

trust:
  bench-ca: { ca: ${files.ca} }

identities:
  - name: load-generators
    when: { trust: bench-ca, subject: { O: Bench } }
    principal: "{CN}"
    roles: [generator]

roles:
  generator:${rights}
    limits: { publish: 100000000/s, bytes: 100000MiB/s, requests: 100000000/s, handshakes: 100000000/min, connections: 100000 }

workers: 1
log: { level: warn, format: json }
`;
}

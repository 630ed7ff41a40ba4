import type { Site } from './system.ts';

/**
 * The configuration under test: the whole path is on, nothing of it ever refuses. The limits are
 * far above what one core can do, so every packet is held against them and none is delayed.
 */
export function headgateYaml(site: Site, port: number): string {
  const { files } = site.material;
  return `
listeners:
  - name: bench
    protocol: mqtt
    listen: 127.0.0.1:${port}
    tls: { profile: mozilla-modern, certificate: ${files.serverCert}, key: ${files.serverKey}, clients: [bench-ca] }
    upstream: { address: 127.0.0.1:${site.sinkPort} }
    admission: { exempt: [127.0.0.0/8] }

trust:
  bench-ca: { ca: ${files.ca} }

identities:
  - name: load-generators
    when: { trust: bench-ca, subject: { O: Bench } }
    principal: "{CN}"
    roles: [generator]

roles:
  generator:
    mqtt:
      clientId: any
      allow:
        - publish: plant/+/temperature
        - publish: plant/+/pressure-in
        - publish: plant/+/#
        - subscribe: plant/+/#
        - receive: plant/+/#
      deny:
        - publish: plant/+/firmware/#
    limits: { publish: 100000000/s, bytes: 100000MiB/s, requests: 100000000/s, handshakes: 100000000/min, connections: 100000 }

workers: 1
log: { level: warn, format: json }
`;
}

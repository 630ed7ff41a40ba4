/** Identities and roles for the drills, as YAML that people would write. */

const LIMITS = '{ publish: 100000000/s, bytes: 100000MiB/s, handshakes: 100000000/min, connections: 100000 }';

/** One identity for each of these devices, all of one role. */
export function policyYaml(devices: readonly number[]): string {
  return yaml(devices.map((i) => identity(`device-${i}`, i)));
}

/** So many identities, and one role of so many rules; those of two editions have none in common. */
export function largePolicyYaml(count: number, edition: string): string {
  const each = (make: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => make(i));
  return yaml(
    each((i) => identity(`${edition}-${i}`, i)),
    each((i) => `        - publish: plant/press-${i}/${edition}/#`),
  );
}

function identity(name: string, device: number): string {
  return `  - name: ${name}
    when: { trust: bench-ca, subject: { O: Bench, CN: device-${device} } }
    principal: "{CN}"
    roles: [fleet]`;
}

function yaml(identities: readonly string[], rules: readonly string[] = []): string {
  return `
identities:
${identities.join('\n')}
roles:
  fleet:
    mqtt:
      clientId: any
      allow:
        - publish: plant/+/temperature
${rules.join('\n')}
    limits: ${LIMITS}
`;
}

/** Identities and roles for the drills, as YAML that people would write. */

const LIMITS = '{ publish: 100000000/s, bytes: 100000MiB/s, handshakes: 100000000/min, connections: 100000 }';

/** What a role may hold, but for the rule that all have. */
const RULES = 999;

/** One identity for each of these devices, all of one role. */
export function policyYaml(devices: readonly number[]): string {
  return yaml(
    devices.map((i) => identity(`device-${i}`, i, 'fleet-0')),
    [[]],
  );
}

/** So many identities, and as many rules in roles that are as large as they may be; those of two editions have none in common. */
export function largePolicyYaml(count: number, edition: string): string {
  const all = Array.from({ length: count }, (_, i) => i);
  const roles = Object.values(Object.groupBy(all, (i) => Math.floor(i / RULES))).filter((role) => role !== undefined);
  return yaml(
    all.map((i) => identity(`${edition}-${i}`, i, `fleet-${i % roles.length}`)),
    roles.map((rules) => rules.map((i) => `        - publish: plant/press-${i}/${edition}/#`)),
  );
}

function identity(name: string, device: number, role: string): string {
  return `  - name: ${name}
    when: { trust: bench-ca, subject: { O: Bench, CN: device-${device} } }
    principal: "{CN}"
    roles: [${role}]`;
}

function yaml(identities: readonly string[], roles: readonly (readonly string[])[]): string {
  const role = (rules: readonly string[], i: number): string => `  fleet-${i}:
    mqtt:
      clientId: any
      allow:
        - publish: plant/+/temperature
${rules.join('\n')}
    limits: ${LIMITS}`;
  return `
identities:
${identities.join('\n')}
roles:
${roles.map(role).join('\n')}
`;
}

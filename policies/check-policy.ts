/** What is wrong with a policy source: everything at once, for `headgate check` and for `compilePolicy`. */
import { checkMode, type RoleUser } from './acl/check-text.ts';
import { checkIdentities, identityVariables } from './identity/identity.ts';
import { limitsStated } from './limits/blocks.ts';
import { checkGroups, checkLimits } from './limits/check-limits.ts';
import type { Problem } from './problem.ts';
import { ofSections, PROTOCOLS } from './protocols.ts';
import type { PolicySource } from './source.ts';

/** Paths are those of the configuration file: `identities[0].roles[1]`, `roles.device.mqtt.allow[0].publish`. */
export function checkPolicy(source: PolicySource): Problem[] {
  const problems = [...checkIdentities(source.identities, (role) => Object.hasOwn(source.roles, role))];
  if (source.limits !== undefined) problems.push(...checkLimits(source.limits, 'limits'));
  for (const [i, { name, limits }] of source.identities.entries()) {
    if (limits !== undefined) problems.push(...checkLimits(limits, `identities[${i}].limits`));
    problems.push(...checkGroups(limitsStated(source, i), `identities[${i}].roles`, `a client of ${name}`));
  }
  const users = usersByRole(source, problems);
  for (const [name, role] of Object.entries(source.roles)) {
    const own = users.get(name) ?? [];
    checkMode(role.mode, 'deny', `roles.${name}.mode`, problems);
    problems.push(
      ...ofSections(role, (protocol, section) => PROTOCOLS[protocol].check(section, `roles.${name}.${protocol}`, own)),
    );
    if (role.limits !== undefined) problems.push(...checkLimits(role.limits, `roles.${name}.limits`));
  }
  return problems;
}

/** Who uses which role. What an identity with a faulty pattern captures is not known, so it is left out. */
function usersByRole(source: PolicySource, problems: readonly Problem[]): Map<string, RoleUser[]> {
  const faulty = new Set(problems.map(({ path }) => /^identities\[(\d+)\]\.when\b/.exec(path)?.[1]));
  const users = new Map<string, RoleUser[]>();
  for (const [i, identity] of source.identities.entries()) {
    if (faulty.has(String(i))) continue;
    const user = { identity: identity.name, variables: new Set(identityVariables(identity)) };
    for (const role of new Set(identity.roles)) {
      const list = users.get(role);
      if (list === undefined) users.set(role, [user]);
      else list.push(user);
    }
  }
  return users;
}

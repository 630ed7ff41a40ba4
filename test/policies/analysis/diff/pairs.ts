/** Random pairs of policies that have much in common. */
import fc from 'fast-check';
import type { MqttRuleSource, PolicySource, RoleSource } from '../../../../policies/source.ts';
import { rolesOf, sourceOf } from '../lint/soundness-support.ts';

/** A policy, and one in which some lists of rules are others. */
export function pairs<T>(
  rule: fc.Arbitrary<T>,
  section: 'mqtt' | 'kafka',
): fc.Arbitrary<readonly [PolicySource, PolicySource]> {
  const roles = rolesOf(rule, section);
  const keep = fc.record({ allow: fc.boolean(), deny: fc.boolean() });
  return fc.tuple(roles, roles, keep, keep, fc.boolean()).map(([old, other, r, s, both]) => {
    const mixed = (role: 'r' | 's', kept: { allow: boolean; deny: boolean }) => {
      const [was, is] = [old[role]?.[section], other[role]?.[section]];
      return { [section]: { allow: (kept.allow ? was : is)?.allow, deny: (kept.deny ? was : is)?.deny } } as RoleSource;
    };
    return [sourceOf(old, both), sourceOf({ r: mixed('r', r), s: mixed('s', s) }, both)] as const;
  });
}

const SIZES = [undefined, undefined, 10, 100];

/** The same for MQTT, with sizes of payloads and denies that filter. */
export function mqttPairs(rule: fc.Arbitrary<MqttRuleSource>): fc.Arbitrary<readonly [PolicySource, PolicySource]> {
  const extras = fc.record({
    sizes: fc.array(fc.constantFrom(...SIZES), { minLength: 4, maxLength: 4 }),
    denyOverlap: fc.constantFrom(undefined, 'reject' as const, 'filter' as const),
  });
  const add = (
    role: RoleSource,
    { sizes, denyOverlap }: { sizes: (number | undefined)[]; denyOverlap: 'reject' | 'filter' | undefined },
  ) => {
    const allow = (role.mqtt?.allow ?? []).map((one, i) => {
      const size = one.publish === undefined && one.will === undefined ? undefined : sizes[i];
      return size === undefined ? one : { ...one, size };
    });
    return { mqtt: { ...role.mqtt, allow, ...(denyOverlap && { denyOverlap }) } };
  };
  const withExtras = ({ identities, roles }: PolicySource, [first, second]: readonly Parameters<typeof add>[1][]) => ({
    identities,
    roles: Object.fromEntries(
      Object.entries(roles).map(([name, role]) => [
        name,
        add(role, (name === 'r' ? first : second) as Parameters<typeof add>[1]),
      ]),
    ),
  });
  const side = fc.tuple(extras, extras);
  return fc
    .tuple(pairs(rule, 'mqtt'), side, side, fc.boolean())
    .map(
      ([[before, after], old, now, same]) => [withExtras(before, old), withExtras(after, same ? old : now)] as const,
    );
}

/** Of no rule and of no other value. */
export const FRESH = { plant: 'fresh-plant', device: 'fresh-device' };

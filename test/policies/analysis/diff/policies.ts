import type { RuleChange } from '../../../../policies/analysis/diff/rule-change.ts';
import type { IdentitySource, MqttRoleSource, PolicySource, RoleSource } from '../../../../policies/source.ts';

export const PUMPS: IdentitySource = {
  name: 'pumps',
  when: { trust: 'ca', subject: { OU: 'pumps' }, san: { uri: 'spiffe://acme/{plant}/{device}' } },
  principal: '{device}',
  roles: ['r'],
};
export const SERVERS: IdentitySource = {
  name: 'servers',
  when: { trust: 'ca', subject: { CN: 'srv-*' } },
  principal: '{CN}',
  roles: ['s'],
};
export const PARTNERS: IdentitySource = {
  name: 'partners',
  when: { trust: 'partner-ca' },
  principal: 'partner',
  roles: ['s'],
};

export function policy(
  r: RoleSource,
  identities: readonly IdentitySource[] = [PUMPS],
  s: RoleSource = {},
): PolicySource {
  return { identities, roles: { r, s } };
}

export function mqtt(parts: MqttRoleSource): RoleSource {
  return { mqtt: parts };
}

/** A change in one line: sign, resource, exceptions. */
export function short({ direction, resource, within, also, except, certain }: RuleChange): string {
  const sign = direction === 'widened' ? '+' : '-';
  const where = resource ?? `${within.text} and ${also?.text}`;
  return `${sign} ${where}${except.map(({ text }) => ` but ${text}`).join('')}${certain ? '' : ' perhaps'}`;
}

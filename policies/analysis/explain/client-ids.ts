/** The client ids that the roles of a client allow, held against the one that it uses. */
import { ClientIds, compileClientId } from '../../acl/client-id.ts';
import type { PolicySource } from '../../source.ts';
import type { Identified } from '../../types.ts';
import { type RuleLook, ruleLook } from './rule-look.ts';

/** What each role says of the client id; where none says anything, the first with an mqtt section stands for the principal. */
export function lookAtClientIds(
  source: PolicySource,
  client: Identified,
  clientId: string,
  ruleId: string,
): RuleLook[] {
  const compiled = [...new Set(client.roles)].flatMap((role) => {
    const mqtt = source.roles[role]?.mqtt;
    return mqtt === undefined ? [] : [compileClientId(role, mqtt)];
  });
  const stated = compiled.filter(({ text }) => text !== undefined);
  return (stated.length > 0 ? stated : compiled.slice(0, 1)).map((rule) => {
    const { decision } = new ClientIds([rule], client.principal, client.variables).decide(clientId);
    const says = rule.text === undefined ? 'client id: the principal' : `client id ${JSON.stringify(rule.text)}`;
    const outcome = decision.verdict === 'allow' ? 'applies' : 'no';
    const texts = { says, filled: undefined };
    return ruleLook({ ...rule, effect: 'allow' }, texts, { outcome, reason: decision.reason }, ruleId);
  });
}

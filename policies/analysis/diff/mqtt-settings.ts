/** Settings of mqtt sections, beside their rules, before and after. */
import { ANY_CLIENT_ID } from '../../acl/client-id.ts';
import type { MqttAccess } from '../../types.ts';
import { symbols } from '../lint/clients.ts';
import { rateChange, type SettingChange, type SettingSide, wordChange } from './setting-changes.ts';

const ANY = 'any';
const PRINCIPAL = 'the principal';

/** Settings of a role's MQTT section that differ. */
export function mqttSettingChanges(before: SettingSide, after: SettingSide): SettingChange[] {
  const [old, now] = [accessOf(before), accessOf(after)];
  return [
    wordChange('mqtt.onDeny', old.onDeny, now.onDeny, ['ack-drop', 'disconnect']),
    rateChange('mqtt.denialBudget', old.denialBudget, now.denialBudget),
    clientIdChange(clientIdsOf(before), clientIdsOf(after)),
  ].filter((one) => one !== undefined);
}

function accessOf({ policy, book, roles, limits }: SettingSide): Pick<MqttAccess, 'onDeny' | 'denialBudget'> {
  const variables = symbols(book.rules('mqtt', roles));
  return policy.mqtt({ ok: true, identity: '', principal: 'x', roles, variables, limits });
}

/** Client ids that roles allow, as they are written; none: none may be used. */
function clientIdsOf({ source, roles, open }: SettingSide): string[] {
  if (open) return [ANY_CLIENT_ID];
  const sections = roles.flatMap((name) => source.roles[name]?.mqtt ?? []);
  const stated = sections.flatMap(({ clientId }) => clientId ?? []);
  return stated.length > 0 || sections.length === 0 ? [...new Set(stated)].sort() : [PRINCIPAL];
}

function clientIdChange(before: readonly string[], after: readonly string[]): SettingChange | undefined {
  const holds = (outer: readonly string[], inner: readonly string[]) =>
    outer.includes(ANY) || inner.every((text) => outer.includes(text));
  const [more, less] = [holds(after, before), holds(before, after)];
  if (more && less) return undefined;
  const direction = more ? 'widened' : less ? 'narrowed' : 'unclear';
  const text = (ids: readonly string[]) => (ids.length === 0 ? 'none' : ids.join(' or '));
  return { setting: 'mqtt.clientId', direction, before: text(before), after: text(after) };
}

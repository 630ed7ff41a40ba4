import { isUtf8 } from 'node:buffer';
import type { KafkaAccess } from '../../../../policies/types.ts';

/** An access that allows what `allows` says, asked with `operation type:name`. */
export function accessThat(allows: (what: string) => boolean): KafkaAccess {
  const authorize = (operation: string, type: string, name: string) => (allows(`${operation} ${type}:${name}`) ? 7 : 0);
  const explain = (operation: string, type: string, name: string) => ({
    verdict: authorize(operation, type, name) > 0 ? ('allow' as const) : ('deny' as const),
    action: operation as 'read',
    resource: `${type}:${name}`,
    ruleId: 'default-deny',
    role: '',
    reason: 'no rule allows it',
  });
  return {
    authorize,
    topic: (operation, buf, start, end) => {
      const bytes = buf.subarray(start, end);
      return isUtf8(bytes) ? authorize(operation, 'topic', Buffer.from(bytes).toString('utf8')) : 0;
    },
    authorizeByType: (operation, type) => authorize(operation, type, '*'),
    explain,
    explainByType: (operation, type) => explain(operation, type, '*'),
    authorizedOperations: () => 0,
    explainPermit: (_permit, action, resource) => ({ ...explain('read', 'topic', ''), action, resource }),
  };
}

export const ALL = accessThat(() => true);
export const NONE = accessThat(() => false);

/** Knows these ids and no others. */
export function topologyOf(names: Readonly<Record<string, string>>) {
  return {
    nameOf: (id: string) => (Object.hasOwn(names, id) ? names[id] : undefined),
    isUnknown: () => true,
    topics: null,
  };
}

import type { MqttRuleSource } from '../../../policies/source.ts';
import { readTerms, type Statement, type Term } from './erlang-terms.ts';
import type { Place } from './imported.ts';

/** A rule of EMQX (`emqx_authz_rule`), as far as it can be said here. */
export interface EmqxRule extends Place {
  readonly effect: 'allow' | 'deny';
  /** Names of users; `all`: every client. */
  readonly clients: 'all' | readonly string[];
  readonly actions: readonly EmqxAction[];
  readonly topics: readonly EmqxTopic[];
  /** What of the line is missing, or denied too much. */
  readonly reasons: readonly string[];
}

export interface EmqxAction {
  readonly action: 'publish' | 'subscribe';
  readonly narrowing: Pick<MqttRuleSource, 'qos' | 'retain'>;
}

export interface EmqxTopic {
  readonly filter: string;
  /** `{eq, Filter}`: the filter itself, not the topics in it. */
  readonly exact: boolean;
}

/** A rule, or why there is none. */
export type ReadRule = EmqxRule | (Place & { readonly none: string });

/** @throws ImportError where the text is none of Erlang's */
export function readEmqxRules(text: string): readonly ReadRule[] {
  return readTerms(text).map(ruleOf);
}

function ruleOf({ term, line, text }: Statement): ReadRule {
  const none = (reason: string) => ({ line, text, none: reason });
  const [permission, clients, action, topics, more] = term.kind === 'tuple' ? term.items : [];
  const effect = atomOf(permission);
  if (effect !== 'allow' && effect !== 'deny') return none('a rule begins with allow or deny');
  if (clients === undefined || more !== undefined) return none('a rule has two or four parts');
  if (action === undefined) {
    if (atomOf(clients) !== 'all') return none('a rule with two parts ends with all');
    const actions = [plainAction('publish'), plainAction('subscribe')];
    return { line, text, effect, clients: 'all', actions, topics: [{ filter: '#', exact: false }], reasons: [] };
  }
  const read = topicsOf(topics);
  if (read === undefined) return none('the topics cannot be read');
  const known = clientsOf(clients);
  const reasons: string[] = [];
  if (!known.complete) {
    if (effect === 'allow' && known.users.length === 0) return none(`${CONDITION}, which a rule cannot test`);
    reasons.push(
      effect === 'allow'
        ? `left out for some clients: ${CONDITION}, which a rule cannot test`
        : `narrower: denied for everyone, because ${CONDITION}, which a rule cannot test`,
    );
  }
  const everyone = known.all || (effect === 'deny' && !known.complete);
  const actions = actionsOf(action, effect);
  if (typeof actions === 'string') return none(actions);
  return { line, text, effect, clients: everyone ? 'all' : known.users, actions, topics: read, reasons };
}

const CONDITION = 'the client id, an address or a pattern decides';

interface Who {
  readonly all: boolean;
  readonly users: readonly string[];
  /** False where there are clients that cannot be distinguished here. */
  readonly complete: boolean;
}

const UNKNOWN: Who = { all: false, users: [], complete: false };

function clientsOf(term: Term): Who {
  if (atomOf(term) === 'all') return { all: true, users: [], complete: true };
  const [kind, value] = term.kind === 'tuple' ? term.items : [];
  const name = atomOf(kind);
  if ((name === 'user' || name === 'username') && value?.kind === 'string') {
    return { all: false, users: [value.value], complete: true };
  }
  if (value?.kind !== 'list') return UNKNOWN;
  const parts = value.items.map(clientsOf);
  if (name === 'and' && parts.length === 1) return parts[0] ?? UNKNOWN;
  if (name !== 'or') return UNKNOWN;
  return {
    all: parts.some(({ all }) => all),
    users: parts.flatMap(({ users }) => users),
    complete: parts.every(({ complete }) => complete),
  };
}

/** The actions, or why there are none. */
function actionsOf(term: Term, effect: 'allow' | 'deny'): readonly EmqxAction[] | string {
  const [kind, list] = term.kind === 'tuple' ? term.items : [term];
  const names = ACTIONS[atomOf(kind) ?? ''];
  if (names === undefined) return 'the action is not publish, subscribe or all';
  if (list === undefined) return names.map(plainAction);
  const options = list.kind === 'list' ? optionsOf(list.items) : undefined;
  if (options === undefined) return 'the options of the action cannot be read';
  const { qos, retain } = options;
  if (effect === 'allow' && retain === true && names.includes('publish')) {
    return 'a rule cannot allow retained messages alone';
  }
  return names.map((action) => ({
    action,
    narrowing: {
      ...(qos.length === 0 ? {} : { qos }),
      ...(retain === undefined || action === 'subscribe' ? {} : { retain }),
    },
  }));
}

const ACTIONS: Readonly<Record<string, readonly EmqxAction['action'][]>> = {
  publish: ['publish'],
  subscribe: ['subscribe'],
  all: ['publish', 'subscribe'],
  pubsub: ['publish', 'subscribe'],
};

function plainAction(action: EmqxAction['action']): EmqxAction {
  return { action, narrowing: {} };
}

interface Options {
  readonly qos: readonly (0 | 1 | 2)[];
  readonly retain: boolean | undefined;
}

function optionsOf(items: readonly Term[]): Options | undefined {
  const qos = new Set<0 | 1 | 2>();
  let retain: boolean | undefined;
  for (const item of items) {
    const [key, value] = item.kind === 'tuple' ? item.items : [];
    if (value === undefined) return undefined;
    if (atomOf(key) === 'qos') {
      for (const one of value.kind === 'list' ? value.items : [value]) {
        if (one.kind !== 'number' || (one.value !== 0 && one.value !== 1 && one.value !== 2)) return undefined;
        qos.add(one.value);
      }
    } else if (atomOf(key) === 'retain' && ['true', 'false', 'all'].includes(atomOf(value) ?? '')) {
      const name = atomOf(value);
      retain = name === 'all' ? undefined : name === 'true';
    } else return undefined;
  }
  return { qos: [...qos].sort(), retain };
}

function topicsOf(term: Term | undefined): readonly EmqxTopic[] | undefined {
  if (term?.kind !== 'list') return undefined;
  const topics: EmqxTopic[] = [];
  for (const item of term.items) {
    const [key, value] = item.kind === 'tuple' ? item.items : [];
    if (item.kind === 'string') {
      const exact = item.value.startsWith('eq ');
      topics.push({ filter: exact ? item.value.slice('eq '.length) : item.value, exact });
    } else if (atomOf(key) === 'eq' && value?.kind === 'string') topics.push({ filter: value.value, exact: true });
    else return undefined;
  }
  return topics;
}

function atomOf(term: Term | undefined): string | undefined {
  return term?.kind === 'atom' ? term.name : undefined;
}

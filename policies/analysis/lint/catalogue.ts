/** The lints: what each is about, why it matters and what to do. docs/lint.md is made from this table. */

interface Lint {
  /** What is reported. */
  readonly what: string;
  /** Why that is hardly meant. */
  readonly why: string;
  readonly fix: string;
}

export const LINTS = {
  'shadowed-by-deny': {
    what: 'An allow rule of which denies leave nothing: all that it names is denied to every client that has it.',
    why: 'A deny wins, whatever its place and role. The rule reads like a right and is none.',
    fix: 'Remove the allow, or make the deny narrower.',
  },
  'redundant-rule': {
    what: 'A rule of a role that decides nothing which other rules of the role with the same effect do not decide.',
    why: 'It never is the reason for an answer. Who changes it later changes nothing, and may not notice.',
    fix: 'Remove the rule, or make the one that holds it narrower.',
  },
  'never-matches': {
    what: 'A rule that no request can match: its filter has more levels than every listener lets through, or its hosts are admitted by none.',
    why: 'An allow of this kind grants nothing, a deny protects nothing.',
    fix: 'Correct the filter or the hosts, or raise `maxTopicLevels`.',
  },
  'allow-everything': {
    what: 'An allow rule for every topic, for reading or writing every Kafka topic, or for everything that can be asked of a group, a transactional id or the cluster.',
    why: 'Each new topic is open to these clients on the day it is made. That is right for an administrator and wrong for a device.',
    fix: 'Name the topics, with variables where each client has its own; or silence the finding and say who needs this.',
  },
  'evaded-deny': {
    what: 'A deny that leaves a way to the same messages: a deny of some qualities of service, where a (wildcard) subscription is granted with a lower one; or a deny that begins with a wildcard, beside an allow of topics that begin with `$`.',
    why: 'A deny of some qualities of service lowers what is granted and stops no delivery. A wildcard on the first level holds no topic that begins with `$` (MQTT 5.0, 4.7.2).',
    fix: 'Leave `qos` out of the deny, or deny `receive`; name the topics that begin with `$` in a deny of their own.',
  },
  'unused-section': {
    what: 'Rules for a protocol that none of the role’s clients can speak: no listener of that protocol takes a trust store of theirs.',
    why: 'The rules are never asked. Often a listener lacks a name under `tls.clients`.',
    fix: 'Add the trust store to a listener, or remove the section.',
  },
  'unused-role': {
    what: 'A role that no identity has.',
    why: 'Its rules hold for nobody; a deny in it protects nothing.',
    fix: 'Give it to an identity, or remove it.',
  },
  'unused-store': {
    what: 'A trust store that no listener takes clients of.',
    why: 'Nobody with a certificate of this store can connect.',
    fix: 'Name it under `tls.clients` of a listener, or remove it.',
  },
  'store-without-identity': {
    what: 'A trust store that listeners take, and no identity names; or clients without a certificate that a listener takes, and no identity is for.',
    why: 'These clients pass the handshake, and each of them is refused after it.',
    fix: 'Add an identity with `when: { trust: … }` or `when: { anonymous: true }`; or remove the store from `tls.clients`, and `clientAuth`.',
  },
  'unreachable-identity': {
    what: 'An identity that no certificate can get: no listener takes its trust store, an earlier identity takes every certificate that it matches, or its patterns exclude each other.',
    why: 'The first identity that matches wins. What this one grants is granted to nobody, and what it denies is denied to nobody.',
    fix: 'Put the narrower identity first; correct the patterns; name the trust store under `tls.clients`.',
  },
  'shared-principal': {
    what: 'Two identities of different trust stores that can give the same principal.',
    why: 'The authority behind either store can issue a certificate for the other’s clients: in logs and audit the two are one.',
    fix: 'Put something into the principal that tells the stores apart, such as "partner:{CN}".',
  },
  'limit-never-binds': {
    what: 'A limit that another one always meets first: a stricter one among the roles of each client that has it, or `maxConnections`; a `burst` or an `onExceed` beside which the role has no rate that takes it; a limit on MQTT for clients without any right over MQTT.',
    why: 'It reads like a limit and is none.',
    fix: 'Remove it, or correct the number.',
  },
  'look-alike': {
    what: 'Text that does not read as it is: invisible characters, letters of another script that look like Latin ones beside Latin ones, full-width forms, accents that are not composed (not NFC), or two texts that look alike and differ.',
    why: 'Brokers and this proxy compare bytes. A deny with a Cyrillic “о” in it denies another topic than the one that is read.',
    fix: 'Type the text anew on a Latin keyboard; or silence the finding where the characters are meant.',
  },
  'bad-silencer': {
    what: 'A comment that should silence a lint and does not: the lint is unknown, or the reason is missing.',
    why: 'Who reads it believes that someone looked and decided.',
    fix: 'Write `# headgate-lint-disable-line LINT: the reason`.',
  },
  'unused-silencer': {
    what: 'A comment that silences a finding which is not there.',
    why: 'It would hide the next one of its kind.',
    fix: 'Remove the comment, or move it to the line of the finding.',
  },
} as const satisfies Readonly<Record<string, Lint>>;

export type LintId = keyof typeof LINTS;

export function isLintId(word: string): word is LintId {
  return Object.hasOwn(LINTS, word);
}

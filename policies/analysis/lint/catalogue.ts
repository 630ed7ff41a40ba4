/** The lints: what each reports, why it matters and what to do. docs/lint.md is generated from this table. */

interface Lint {
  /** What is reported. */
  readonly what: string;
  /** Why it is probably a mistake. */
  readonly why: string;
  readonly fix: string;
}

/** The lints by id, each with its severity, meaning and fix; docs/lint.md is made of it. */
export const LINTS = {
  'shadowed-by-deny': {
    what: 'An allow rule without effect: denies cover everything that it names, for every client that has it.',
    why: 'A deny wins, whatever its position and role. The rule looks like a right but grants nothing.',
    fix: 'Remove the allow, or make the deny narrower.',
  },
  'redundant-rule': {
    what: 'A rule of a role whose decisions are all made by other rules of the role with the same effect.',
    why: 'The rule never decides. Changing it later has no effect, and that may go unnoticed.',
    fix: 'Remove the rule, or make the rule that covers it narrower.',
  },
  'never-matches': {
    what: 'A rule that no request can match: its filter has more levels than any listener accepts, or no listener admits its hosts.',
    why: 'Such an allow grants nothing, and such a deny protects nothing.',
    fix: 'Correct the filter or the hosts, or raise `maxTopicLevels`.',
  },
  'allow-everything': {
    what: 'An allow rule for every topic, for reading or writing every Kafka topic, or for all operations on a group, a transactional id or the cluster.',
    why: 'Every new topic is open to these clients from the moment it is created. That may be right for an administrator, but not for a device.',
    fix: 'Name the topics, with variables where each client has its own; or silence the finding and say who needs this.',
  },
  'evaded-deny': {
    what: 'A deny that leaves another way to the same messages: a deny with `qos`, where a (wildcard) subscription is granted with a lower QoS; or a deny that begins with a wildcard, beside an allow of topics that begin with `$`.',
    why: 'A deny with `qos` lowers the granted QoS and stops no delivery. A wildcard at the first level does not match topics that begin with `$` (MQTT 5.0, 4.7.2).',
    fix: 'Remove `qos` from the deny, or deny `receive`; deny the topics that begin with `$` by a rule of their own.',
  },
  'unused-section': {
    what: 'Rules for a protocol that none of the role’s clients can use: no listener of that protocol accepts their trust stores.',
    why: 'The rules are never used. Often a name is missing under `tls.clients` of a listener.',
    fix: 'Add the trust store to a listener, or remove the section.',
  },
  'unused-role': {
    what: 'A role that no identity has.',
    why: 'Its rules apply to no client; a deny in it protects nothing.',
    fix: 'Assign it to an identity, or remove it.',
  },
  'unused-store': {
    what: 'A trust store that no listener uses.',
    why: 'Clients with a certificate of this store cannot connect.',
    fix: 'Name it under `tls.clients` of a listener, or remove it.',
  },
  'store-without-identity': {
    what: 'A trust store that a listener uses but no identity names; or a listener that accepts clients without a certificate, for which there is no identity.',
    why: 'These clients complete the handshake, and then every one of them is refused.',
    fix: 'Add an identity with `when: { trust: … }` or `when: { anonymous: true }`; or remove the store from `tls.clients`, or change `clientAuth`.',
  },
  'unreachable-identity': {
    what: 'An identity that no certificate can get: no listener uses its trust store, an earlier identity matches every certificate that it matches, or its patterns exclude each other.',
    why: 'The first identity that matches wins. What this one grants and denies applies to no client.',
    fix: 'Put the narrower identity first; correct the patterns; name the trust store under `tls.clients`.',
  },
  'shared-principal': {
    what: 'Two identities of different trust stores that can produce the same principal.',
    why: 'The CA behind either store can issue a certificate for clients of the other; log and audit cannot tell the two apart.',
    fix: 'Add something to the principal that distinguishes the stores, such as "partner:{CN}".',
  },
  'limit-never-binds': {
    what: 'A limit that is never reached, because another one is always reached first: a stricter one among the roles of each client that has it, or `maxConnections`; a `burst` or an `onExceed` for which the role has no rate; an MQTT limit for clients without MQTT rights.',
    why: 'It looks like a limit but has no effect.',
    fix: 'Remove it, or correct the number.',
  },
  'look-alike': {
    what: 'Text that differs from what it looks like: invisible characters, letters of another script that resemble Latin ones beside Latin ones, full-width forms, accents that are not composed (not NFC), or two texts that look alike and differ.',
    why: 'Brokers and this proxy compare bytes. A deny with a Cyrillic “о” denies a different topic than the one it seems to name.',
    fix: 'Retype the text on a Latin keyboard; or silence the finding where the characters are intended.',
  },
  'bad-silencer': {
    what: 'A comment that should silence a lint but does not: the lint is unknown, or the reason is missing.',
    why: 'Readers believe that the finding was reviewed.',
    fix: 'Write `# headgate-lint-disable-line LINT: the reason`.',
  },
  'unused-silencer': {
    what: 'A comment that silences a finding that does not exist.',
    why: 'It would hide the next finding of this kind.',
    fix: 'Remove the comment, or move it to the line of the finding.',
  },
} as const satisfies Readonly<Record<string, Lint>>;

/** Id of a lint. */
export type LintId = keyof typeof LINTS;

/** Is the text the id of a lint? */
export function isLintId(word: string): word is LintId {
  return Object.hasOwn(LINTS, word);
}

import { KAFKA, kafkaRules, testLint } from './support.ts';

testLint('shadowed-by-deny', [
  {
    about: 'a prefix of the name',
    found: kafkaRules(
      [{ topic: 'orders.new', operations: ['write'] }],
      [{ topic: 'orders.', prefix: true, operations: ['all'] }],
    ),
    at: ['roles.r.kafka.allow[0].topic'],
    message: /^roles\.r\.kafka\.deny\[0\] denies every operation/,
    near: kafkaRules(
      [{ topic: 'orders.', prefix: true, operations: ['write'] }],
      [{ topic: 'orders.new', operations: ['all'] }],
    ),
  },
  {
    about: 'every operation that is named must be denied',
    found: kafkaRules(
      [{ group: 'g', operations: ['read', 'describe'] }],
      [
        { group: '*', operations: ['read'] },
        { group: 'g', operations: ['describe'] },
      ],
    ),
    at: ['roles.r.kafka.allow[0].group'],
    near: kafkaRules([{ group: 'g', operations: ['read', 'describe'] }], [{ group: '*', operations: ['read'] }]),
  },
  {
    about: 'a name with variables',
    found: kafkaRules(
      [{ topic: 'p-{plant}-x', operations: ['read'] }],
      [{ topic: 'p-{plant}', prefix: true, operations: ['read'] }],
    ),
    at: ['roles.r.kafka.allow[0].topic'],
    near: kafkaRules(
      [{ topic: 'p-{plant}-x', operations: ['read'] }],
      [{ topic: 'p-{device}', prefix: true, operations: ['read'] }],
    ),
  },
  {
    about: 'another type of resource is another resource',
    found: kafkaRules(
      [{ transactionalId: 'erp', operations: ['write'] }],
      [{ transactionalId: '*', operations: ['write'] }],
    ),
    at: ['roles.r.kafka.allow[0].transactionalId'],
    near: kafkaRules([{ transactionalId: 'erp', operations: ['write'] }], [{ topic: '*', operations: ['write'] }]),
  },
  {
    about: 'the deny holds for all addresses of the allow',
    found: kafkaRules(
      [{ topic: 't', operations: ['read'], hosts: ['10.1.0.0/16', '192.0.2.7'] }],
      [{ topic: 't', operations: ['read'], hosts: ['10.0.0.0/8', '192.0.2.0/24'] }],
    ),
    at: ['roles.r.kafka.allow[0].topic'],
    near: kafkaRules(
      [{ topic: 't', operations: ['read'] }],
      [{ topic: 't', operations: ['read'], hosts: ['10.0.0.0/8', '192.0.2.0/24'] }],
    ),
  },
]);

testLint('redundant-rule', [
  {
    about: 'a wider allow of the same operations',
    found: kafkaRules([
      { topic: 'a.', prefix: true, operations: ['read', 'write'] },
      { topic: 'a.b', operations: ['write'] },
    ]),
    at: ['roles.r.kafka.allow[1].topic'],
    near: kafkaRules([
      { topic: 'a.', prefix: true, operations: ['read'] },
      { topic: 'a.b', operations: ['write'] },
    ]),
  },
  {
    about: 'what only follows does not count: it is not asked for by type (KIP-679)',
    found: kafkaRules([
      { topic: 'a', operations: ['describe', 'read'] },
      { topic: 'a', operations: ['describe'] },
    ]),
    at: ['roles.r.kafka.allow[1].topic'],
    near: kafkaRules([
      { topic: 'a', operations: ['read'] },
      { topic: 'a', operations: ['describe'] },
    ]),
  },
  {
    about: 'fewer addresses hold less',
    found: kafkaRules([
      { topic: 'a', operations: ['read'] },
      { topic: 'a', operations: ['read'], hosts: ['fd00::1'] },
    ]),
    at: ['roles.r.kafka.allow[1].topic'],
    near: kafkaRules([
      { topic: 'a', operations: ['read'], hosts: ['fd00::/64'] },
      { topic: 'a', operations: ['read'], hosts: ['fd01::1'] },
    ]),
  },
  {
    about: 'a deny inside of another one',
    found: kafkaRules(
      [],
      [
        { group: '*', operations: ['all'] },
        { group: 'x', prefix: true, operations: ['read'] },
      ],
    ),
    at: ['roles.r.kafka.deny[1].group'],
    near: kafkaRules(
      [],
      [
        { group: 'y', prefix: true, operations: ['all'] },
        { group: 'x', prefix: true, operations: ['read'] },
      ],
    ),
  },
]);

const admitting = (...admits: string[]) => ({ listeners: [{ ...KAFKA, admits }] });

testLint('never-matches', [
  {
    about: 'addresses that no listener admits',
    found: {
      ...kafkaRules([], [{ topic: 't', operations: ['read'], hosts: ['192.0.2.0/24'] }]),
      ...admitting('10.0.0.0/8'),
    },
    at: ['roles.r.kafka.deny[0].hosts'],
    near: {
      ...kafkaRules([], [{ topic: 't', operations: ['read'], hosts: ['0.0.0.0/0'] }]),
      ...admitting('10.0.0.0/8'),
    },
  },
  {
    about: 'a listener that admits everyone',
    found: { ...kafkaRules([{ topic: 't', operations: ['read'], hosts: ['192.0.2.7'] }]), ...admitting('10.0.0.0/8') },
    at: ['roles.r.kafka.allow[0].hosts'],
    near: kafkaRules([{ topic: 't', operations: ['read'], hosts: ['192.0.2.7'] }]),
  },
]);

testLint('allow-everything', [
  {
    about: 'reading every topic',
    found: kafkaRules([{ topic: '*', operations: ['read'] }]),
    at: ['roles.r.kafka.allow[0].topic'],
    near: kafkaRules([{ topic: '*', operations: ['describe'] }]),
  },
  {
    about: 'everything of the cluster',
    found: kafkaRules([{ cluster: true, operations: ['all'] }]),
    at: ['roles.r.kafka.allow[0].cluster'],
    near: kafkaRules([{ cluster: true, operations: ['describe', 'create'] }]),
  },
]);

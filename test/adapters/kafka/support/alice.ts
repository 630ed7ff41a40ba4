import type { KafkaRuleSource } from '../../../../policies/source.ts';

/** The rules of a client of a broker whose responses are known: see README of the vectors. */
export const ALICE: readonly KafkaRuleSource[] = [
  { topic: 'allowed', operations: ['read', 'write'] },
  { topic: 'readonly', operations: ['read'] },
  { topic: 'writeonly', operations: ['write'] },
  { topic: 'descr', operations: ['describe'] },
  { topic: 'missing-ok', operations: ['read', 'write'] },
  { topic: 'deletable', operations: ['delete'] },
  { topic: 'mk-', prefix: true, operations: ['create'] },
  { topic: 'mkd-', prefix: true, operations: ['create', 'describeConfigs'] },
  { group: 'g-ok', operations: ['read'] },
  { group: 'g-del', operations: ['read', 'delete'] },
  { transactionalId: 'tx-ok', operations: ['write'] },
];

/** Ids of the topics that exist there; `missing-ok` does not. */
export const IDS = {
  allowed: '23LoKm_8S9yPpBSXC-YxSg',
  deletable: 'my7fm28gSRCHJJqCrdoEkg',
  descr: 'gU2m829JTM6rDm__tdPlaw',
  readonly: 'R-okiXCZTi6W399D5CIkSw',
  secret: 'iflb-nVQRG-YLanvX3noZQ',
  secret2: 'ZMhIY07tRJqqZ1ljLfjvcw',
  writeonly: 'nsJ3XURMT4GXiyv_8PZ2wg',
} as const;

/** An id that no topic has. */
export const UNKNOWN_ID = 'dW5rbm93bi10b3BpYy1pZA';

import { ANONYMOUS } from '../../../../policies/identity/anonymous.ts';
import { device, KAFKA, MQTT, testLint } from './support.ts';

testLint('unused-role', [
  {
    about: 'no identity has it',
    found: { roles: { idle: {}, spare: {} }, identities: [device()] },
    at: ['roles.spare'],
    near: { roles: { idle: {}, spare: {} }, identities: [device(), device({ name: 'other', roles: ['spare'] })] },
  },
]);

testLint('unused-store', [
  {
    about: 'no listener takes it',
    found: { stores: ['ca', 'old-ca'] },
    at: ['trust.old-ca'],
    near: { stores: ['ca', 'old-ca'], listeners: [MQTT, { ...KAFKA, clients: ['old-ca'] }] },
  },
]);

testLint('store-without-identity', [
  {
    about: 'listeners take it and no identity names it',
    found: { stores: ['ca', 'new-ca'], listeners: [{ ...MQTT, clients: ['ca', 'new-ca'] }] },
    at: ['trust.new-ca'],
    near: {
      stores: ['ca', 'new-ca'],
      listeners: [{ ...MQTT, clients: ['ca', 'new-ca'] }],
      identities: [device(), { ...device({ name: 'new' }), when: { trust: 'new-ca' }, principal: '{CN}' }],
    },
  },
  {
    about: 'clients without a certificate',
    found: { listeners: [KAFKA, { ...MQTT, clients: ['ca', ANONYMOUS] }] },
    at: ['listeners[1].tls.clientAuth'],
    near: {
      listeners: [KAFKA, { ...MQTT, clients: ['ca', ANONYMOUS] }],
      identities: [device(), device({ name: 'guests', when: { anonymous: true }, principal: 'guest/' })],
    },
  },
]);

const rules = {
  mqtt: { allow: [{ publish: 'a' }] },
  kafka: { allow: [{ topic: 'a', operations: ['read'] as const }] },
};

testLint('unused-section', [
  {
    about: 'no listener of the protocol takes the clients',
    found: { roles: { r: rules }, listeners: [MQTT, { ...KAFKA, clients: ['other'] }], stores: ['ca', 'other'] },
    at: ['roles.r.kafka'],
    near: { roles: { r: rules }, listeners: [MQTT, { ...KAFKA, clients: ['other', 'ca'] }], stores: ['ca', 'other'] },
  },
  {
    about: 'one of several identities is enough',
    found: { roles: { r: rules }, listeners: [KAFKA] },
    at: ['roles.r.mqtt'],
    near: {
      roles: { r: rules },
      listeners: [KAFKA, { ...MQTT, clients: ['b'] }],
      stores: ['ca', 'b'],
      identities: [
        device({ roles: ['r'] }),
        { ...device({ name: 'b', roles: ['r'] }), when: { trust: 'b' }, principal: 'b' },
      ],
    },
  },
  {
    about: 'of clients that nobody takes at all the trust store is told',
    found: { roles: { r: rules }, listeners: [MQTT] },
    at: ['roles.r.kafka'],
    near: { roles: { r: rules }, listeners: [{ ...MQTT, clients: ['other'] }], stores: ['ca', 'other'] },
  },
]);

import { device, mqttRules, testLint } from './support.ts';

testLint('look-alike', [
  {
    about: 'a Cyrillic letter among Latin ones',
    found: mqttRules([], [{ publish: 'plant/c\u043entrol' }]),
    at: ['roles.r.mqtt.deny[0].publish'],
    message: /holds U\+043E among Latin letters, which looks like "o"/,
    near: mqttRules([], [{ publish: 'plant/\u0437\u0430\u0432\u043e\u0434' }]),
  },
  {
    about: 'an invisible character',
    found: mqttRules([{ publish: 'plant/a\u200bb' }]),
    at: ['roles.r.mqtt.allow[0].publish'],
    message: /invisible character U\+200B/,
    near: mqttRules([{ publish: 'plant/a b' }]),
  },
  {
    about: 'a full-width form',
    found: mqttRules([{ subscribe: '\uff50lant/a' }]),
    at: ['roles.r.mqtt.allow[0].subscribe'],
    message: /U\+FF50, which looks like "p"/,
    near: mqttRules([{ subscribe: '\u690d\u7269/a' }]),
  },
  {
    about: 'an accent that is not composed',
    found: mqttRules([{ publish: 'caf\u0065\u0301' }]),
    at: ['roles.r.mqtt.allow[0].publish'],
    near: mqttRules([{ publish: 'caf\u00e9' }]),
  },
  {
    about: 'a whole word of look-alikes beside the Latin one',
    found: mqttRules([{ publish: 'cap' }], [{ publish: '\u0441\u0430\u0440' }]),
    at: ['roles.r.mqtt.deny[0].publish'],
    message: /looks like the other text "cap"/,
    near: mqttRules([{ publish: 'cat' }], [{ publish: '\u0441\u0430\u0440' }]),
  },
  {
    about: 'a pattern of an identity',
    found: {
      identities: [device({ when: { trust: 'ca', subject: { O: ['Acme', '\u0410cme'] } }, principal: '{CN}' })],
    },
    at: ['identities[0].when.subject.O[1]'],
    near: {
      identities: [device({ when: { trust: 'ca', subject: { O: ['Acme', 'M\u00fcller'] } }, principal: '{CN}' })],
    },
  },
]);

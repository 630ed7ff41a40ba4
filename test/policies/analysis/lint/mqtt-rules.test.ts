import { device, MQTT, mqttRules, testLint } from './support.ts';

testLint('shadowed-by-deny', [
  {
    about: 'a wider deny of the same action',
    found: mqttRules([{ publish: 'plant/{plant}/fw' }], [{ publish: 'plant/#' }]),
    at: ['roles.r.mqtt.allow[0].publish'],
    message: /^roles\.r\.mqtt\.deny\[0\] denies all of it$/,
    near: mqttRules([{ publish: 'plant/#' }], [{ publish: 'plant/{plant}/fw' }]),
  },
  {
    about: 'the same variables in both',
    found: mqttRules([{ subscribe: 'a/{plant}/{device}' }], [{ subscribe: 'a/{plant}/+' }]),
    at: ['roles.r.mqtt.allow[0].subscribe'],
    near: mqttRules([{ subscribe: 'a/{plant}/{device}' }], [{ subscribe: 'a/{device}/+' }]),
  },
  {
    about: 'a deny of will leaves publishing',
    found: mqttRules([{ will: 'gone/{device}' }], [{ will: 'gone/#' }]),
    at: ['roles.r.mqtt.allow[0].will'],
    near: mqttRules([{ publish: 'gone/{device}' }], [{ will: 'gone/#' }]),
  },
  {
    about: 'several denies share the qualities of service',
    found: mqttRules(
      [{ publish: 'a/b' }],
      [
        { publish: 'a/+', qos: [0] },
        { publish: 'a/#', qos: [1, 2] },
      ],
    ),
    at: ['roles.r.mqtt.allow[0].publish'],
    message: /deny\[0\] and roles\.r\.mqtt\.deny\[1\] deny/,
    near: mqttRules(
      [{ publish: 'a/b' }],
      [
        { publish: 'a/+', qos: [0] },
        { publish: 'a/#', qos: [1] },
      ],
    ),
  },
  {
    about: 'a deny of retained messages',
    found: mqttRules([{ publish: 'a/b', retain: false }], [{ publish: 'a/#', retain: false }]),
    at: ['roles.r.mqtt.allow[0].publish'],
    near: mqttRules([{ publish: 'a/b', retain: true }], [{ publish: 'a/#', retain: true }]),
  },
  {
    about: 'deliveries are left by a deny of some qualities of service',
    found: mqttRules([{ subscribe: 'a/b' }], [{ subscribe: 'a/#' }]),
    at: ['roles.r.mqtt.allow[0].subscribe'],
    near: mqttRules([{ subscribe: 'a/b', qos: [2] }], [{ subscribe: 'a/#', qos: [2] }]),
  },
  {
    about: 'a deny in another role counts where every client has that role too',
    found: {
      roles: { r: { mqtt: { allow: [{ publish: 'a/b' }] } }, s: { mqtt: { deny: [{ publish: '#' }] } } },
    },
    at: ['roles.r.mqtt.allow[0].publish'],
    near: {
      roles: { r: { mqtt: { allow: [{ publish: 'a/b' }] } }, s: { mqtt: { deny: [{ publish: '#' }] } } },
      identities: [device({ roles: ['r', 's'] }), device({ name: 'free', roles: ['r'] })],
    },
  },
  {
    about: 'a wildcard on the first level does not hold topics with $',
    found: mqttRules([{ subscribe: '$SYS/broker/load' }], [{ subscribe: '$SYS/#' }]),
    at: ['roles.r.mqtt.allow[0].subscribe'],
    near: mqttRules([{ subscribe: '$SYS/broker/load' }], [{ subscribe: '#' }]),
  },
  {
    about: 'a prefix of a level is no variable',
    found: mqttRules([{ publish: 'a/x-{device}/b' }], [{ publish: 'a/x-{device}/#' }]),
    at: ['roles.r.mqtt.allow[0].publish'],
    near: mqttRules([{ publish: 'a/x-{device}/b' }], [{ publish: 'a/{device}/#' }]),
  },
]);

testLint('redundant-rule', [
  {
    about: 'an earlier, wider allow',
    found: mqttRules([{ publish: 'a/#' }, { publish: 'a/{plant}/b' }]),
    at: ['roles.r.mqtt.allow[1].publish'],
    message: /^roles\.r\.mqtt\.allow\[0\] decides all that it is about$/,
    near: mqttRules([{ publish: 'a/+' }, { publish: 'a/{plant}/b' }]),
  },
  {
    about: 'a later, wider deny',
    found: mqttRules([], [{ publish: 'a/b' }, { publish: 'a/#' }]),
    at: ['roles.r.mqtt.deny[0].publish'],
    near: mqttRules([], [{ publish: 'a/b' }, { publish: 'a/#', qos: [0] }]),
  },
  {
    about: 'of two that say the same the first stays',
    found: mqttRules([{ subscribe: 'a/b' }, { subscribe: 'a/b' }]),
    at: ['roles.r.mqtt.allow[1].subscribe'],
    near: mqttRules([{ subscribe: 'a/b' }, { publish: 'a/b' }]),
  },
  {
    about: 'who may publish may leave a will',
    found: mqttRules([{ publish: 'a/#' }, { will: 'a/b' }]),
    at: ['roles.r.mqtt.allow[1].will'],
    near: mqttRules([{ will: 'a/#' }, { publish: 'a/b' }]),
  },
  {
    about: 'who may subscribe may receive',
    found: mqttRules([{ receive: 'a/b' }, { subscribe: 'a/#' }]),
    at: ['roles.r.mqtt.allow[0].receive'],
    near: mqttRules([{ receive: 'a/#' }, { subscribe: 'a/b' }]),
  },
  {
    about: 'deliveries have no quality of service',
    found: mqttRules([{ subscribe: 'a/#', qos: [1] }, { receive: 'a/b' }]),
    at: ['roles.r.mqtt.allow[1].receive'],
    near: mqttRules([{ subscribe: 'a/#', qos: [1] }, { subscribe: 'a/b' }]),
  },
  {
    about: 'an allow without retained messages holds less',
    found: mqttRules([{ publish: 'a/#' }, { publish: 'a/b', retain: false }]),
    at: ['roles.r.mqtt.allow[1].publish'],
    near: mqttRules([{ publish: 'a/#', retain: false }, { publish: 'a/b' }]),
  },
  {
    about: 'qualities of service add up',
    found: mqttRules([{ publish: 'a/#', qos: [0] }, { publish: 'a/+', qos: [1, 2] }, { publish: 'a/b' }]),
    at: ['roles.r.mqtt.allow[2].publish'],
    message: /allow\[0\] and roles\.r\.mqtt\.allow\[1\] decide/,
    near: mqttRules([{ publish: 'a/#', qos: [0] }, { publish: 'a/+', qos: [1] }, { publish: 'a/b' }]),
  },
  {
    about: 'an allow of larger payloads holds more',
    found: mqttRules([
      { publish: 'a/#', size: 9 },
      { publish: 'a/b', size: 9 },
    ]),
    at: ['roles.r.mqtt.allow[1].publish'],
    near: mqttRules([
      { publish: 'a/#', size: 5 },
      { publish: 'a/b', size: 9 },
    ]),
  },
  {
    about: 'nothing is said where a text could be taken for the value of a variable',
    found: mqttRules([{ publish: 'a/+' }, { publish: 'a/{plant}' }]),
    at: ['roles.r.mqtt.allow[1].publish'],
    near: mqttRules([{ publish: 'a/\ue000plant\ue001' }, { publish: 'a/{plant}' }]),
  },
]);

testLint('never-matches', [
  {
    about: 'more levels than the listener lets through',
    found: mqttRules([{ publish: '1/2/3/4/5/6/7/8/9' }]),
    at: ['roles.r.mqtt.allow[0].publish'],
    message: /more than 8 levels/,
    near: mqttRules([{ publish: '1/2/3/4/5/6/7/8/#' }]),
  },
  {
    about: 'the most generous listener counts',
    found: mqttRules([], [{ subscribe: '1/2/3/4/5/6/7/8/+' }]),
    at: ['roles.r.mqtt.deny[0].subscribe'],
    near: { ...mqttRules([], [{ subscribe: '1/2/3/4/5/6/7/8/+' }]), listeners: [MQTT, { ...MQTT, maxTopicLevels: 9 }] },
  },
]);

testLint('allow-everything', [
  {
    about: 'every topic',
    found: mqttRules([{ publish: '#' }]),
    at: ['roles.r.mqtt.allow[0].publish'],
    near: mqttRules([{ publish: 'plant/#' }], [{ publish: '#', qos: [2] }]),
  },
  {
    about: 'another way to write it',
    found: mqttRules([{ receive: '+/#' }]),
    at: ['roles.r.mqtt.allow[0].receive'],
    near: mqttRules([{ receive: '+/+' }]),
  },
]);

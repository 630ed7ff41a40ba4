import { mqttRules, testLint } from './support.ts';

testLint('evaded-deny', [
  {
    about: 'a lower quality of service brings the same messages',
    found: mqttRules([{ subscribe: 'plant/#' }], [{ subscribe: 'plant/secret', qos: [1, 2] }]),
    at: ['roles.r.mqtt.deny[0].subscribe'],
    message: /"plant\/#" \(roles\.r\.mqtt\.allow\[0\]\) is granted with quality of service 0/,
    near: mqttRules([{ subscribe: 'plant/#' }], [{ subscribe: 'plant/secret' }]),
  },
  {
    about: 'nothing is granted where all qualities of service are denied in turn',
    found: mqttRules([{ subscribe: '+/a' }], [{ subscribe: 'b/+', qos: [0] }]),
    at: ['roles.r.mqtt.deny[0].subscribe'],
    near: mqttRules(
      [{ subscribe: '+/a' }],
      [
        { subscribe: 'b/+', qos: [0] },
        { subscribe: 'b/a', qos: [1, 2] },
      ],
    ),
  },
  {
    about: 'other topics are no evasion',
    found: mqttRules([{ subscribe: 'a/+' }], [{ subscribe: 'a/b', qos: [2] }]),
    at: ['roles.r.mqtt.deny[0].subscribe'],
    near: mqttRules([{ subscribe: 'a/+' }], [{ subscribe: 'b/b', qos: [2] }]),
  },
  {
    about: 'a deny of everything does not hold topics with $',
    found: mqttRules([{ subscribe: '$SYS/#' }], [{ subscribe: '#' }]),
    at: ['roles.r.mqtt.deny[0].subscribe'],
    message: /holds no topic that begins with \$, which roles\.r\.mqtt\.allow\[0\] allows/,
    near: mqttRules([{ subscribe: '$SYS/#' }], [{ publish: '#' }]),
  },
  {
    about: 'topics without $ are held',
    found: mqttRules([{ publish: '$a/b' }], [{ publish: '+/b' }]),
    at: ['roles.r.mqtt.deny[0].publish'],
    near: mqttRules([{ publish: 'a/#' }], [{ publish: '+/b' }]),
  },
]);

import type { ConfigProtocol } from './entry.ts';

export const MQTT: ConfigProtocol<'mqtt'> = {
  quotas: false,
  check({ upstream, mqtt }, path, report) {
    if (upstream.password !== undefined && upstream.username === undefined) {
      report.error(
        [...path, 'upstream', 'password'],
        'a password without a user name is never sent',
        'add "username"',
        'key',
      );
    }
    if (upstream.passthrough && upstream.username !== undefined) {
      report.error([...path, 'upstream', 'passthrough'], '"passthrough" and "username" exclude each other', 'keep one');
    }
    if (mqtt.maxConnectSize > mqtt.maxPacketSize) {
      report.error([...path, 'mqtt', 'maxConnectSize'], 'must not be above "maxPacketSize"');
    }
  },
  furtherPorts: () => undefined,
  topicLevels: ({ mqtt }) => mqtt.maxTopicLevels,
};

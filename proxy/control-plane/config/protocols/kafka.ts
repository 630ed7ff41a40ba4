import type { PortRange } from '../../../../adapters/kafka/advertise.ts';
import type { ConfigProtocol } from './entry.ts';

export const KAFKA: ConfigProtocol<'kafka'> = {
  quotas: true,
  check({ upstream, kafka }, path, report) {
    const { ports, bindPorts } = upstream.advertise;
    if (ports !== undefined && bindPorts !== undefined && portCount(ports) !== portCount(bindPorts)) {
      const message = `must have as many ports as "ports": ${portCount(ports)}, not ${portCount(bindPorts)}`;
      report.error([...path, 'upstream', 'advertise', 'bindPorts'], message);
    }
    if (kafka.maxRequestSize > kafka.maxFrameSize) {
      report.error([...path, 'kafka', 'maxRequestSize'], 'must not be above "maxFrameSize"');
    }
    if (kafka.memory < kafka.maxFrameSize) {
      report.error([...path, 'kafka', 'memory'], 'must not be below "maxFrameSize": the largest frame would never fit');
    }
  },
  /** Each stands for one broker. */
  furtherPorts({ upstream: { advertise } }) {
    const { ports, bindPorts } = advertise;
    const bound = bindPorts ?? ports;
    const key = bindPorts === undefined ? 'ports' : 'bindPorts';
    return bound && { ports: bound, path: ['upstream', 'advertise', key] };
  },
  topicLevels: () => undefined,
};

function portCount({ first, last }: PortRange): number {
  return last - first + 1;
}

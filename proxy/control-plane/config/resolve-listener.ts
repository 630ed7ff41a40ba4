/** A listener as the proxy works with it: one of two kinds, names of files absolute. */
import type { Advertise, PortRange } from '../../../adapters/kafka/advertise.ts';
import { parseRate, perSecond } from '../../../policies/limits/rate.ts';
import type { FileReader } from './files.ts';
import type {
  CommonListenerConfig,
  CommonUpstreamConfig,
  KafkaUpstreamConfig,
  KeyPairConfig,
  ListenerConfig,
  MqttUpstreamConfig,
  UpstreamTlsConfig,
} from './model.ts';
import type { KafkaListener, Listener, MqttListener } from './schema/listeners.ts';
import type { UpstreamTls } from './schema/upstream.ts';

export function resolveListener(listener: Listener, files: FileReader): ListenerConfig {
  const common = resolveCommon(listener, files);
  if (listener.protocol === 'mqtt') {
    const { protocol, mqtt } = listener;
    return { ...common, protocol, upstream: mqttUpstream(listener.upstream, files), mqtt };
  }
  const { protocol, upstream, kafka } = listener;
  const advertise = resolveAdvertise(upstream.advertise);
  return { ...common, protocol, upstream: kafkaUpstream(upstream, files), advertise, kafka };
}

function resolveCommon(listener: Listener, files: FileReader): CommonListenerConfig {
  const { name, listen, mode, proxyProtocol, tls, admission, timeouts, limits } = listener;
  const { perAddress, burst, ...rest } = admission;
  return {
    name,
    listen,
    mode,
    proxyProtocol,
    tls: {
      ...tls,
      ...resolvePair(tls, files),
      certificates: tls.certificates.map((pair) => ({ ...pair, ...resolvePair(pair, files) })),
      clients: tls.clients ?? [],
    },
    admission: { ...rest, perAddress: { perSecond: perSecond(parseRate(perAddress)), burst } },
    timeouts,
    ...(limits && { limits }),
  };
}

function resolvePair(
  { certificate, key }: KeyPairConfig,
  files: FileReader,
): Pick<KeyPairConfig, 'certificate' | 'key'> {
  return { certificate: files.absolute(certificate), key: files.absolute(key) };
}

function mqttUpstream(upstream: MqttListener['upstream'], files: FileReader): MqttUpstreamConfig {
  const { address, addresses, username, password, passthrough } = upstream;
  return {
    addresses: addresses ?? (address === undefined ? [] : [address]),
    passthrough,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...commonUpstream(upstream, files),
  };
}

function kafkaUpstream(upstream: KafkaListener['upstream'], files: FileReader): KafkaUpstreamConfig {
  const { bootstrap, localAddress, metadataInterval } = upstream;
  return {
    bootstrap,
    metadataInterval,
    ...(localAddress !== undefined && { localAddress }),
    ...commonUpstream(upstream, files),
  };
}

function commonUpstream({ tls, connectTimeout }: Listener['upstream'], files: FileReader): CommonUpstreamConfig {
  return { connectTimeout, ...(tls && { tls: upstreamTls(tls, files) }) };
}

function upstreamTls({ ca, certificate, key, ...rest }: UpstreamTls, files: FileReader): UpstreamTlsConfig {
  return {
    ...rest,
    ca: files.absolute(ca),
    ...(certificate !== undefined && { certificate: files.absolute(certificate) }),
    ...(key !== undefined && { key: files.absolute(key) }),
  };
}

function resolveAdvertise(written: KafkaListener['upstream']['advertise']): Advertise {
  const { sni, port, firstNodeId = 0 } = written;
  if (sni !== undefined) return { sni, ...(port !== undefined && { port }) };
  // Without `sni` the schema has asked for both.
  const host = written.host as string;
  const ports = written.ports as PortRange;
  return { host, ports, bindPorts: written.bindPorts ?? ports, firstNodeId };
}

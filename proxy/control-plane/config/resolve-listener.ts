/** From a listener as written to the plan that data planes get: content of files in place of their names. */
import type { Advertise, PortRange } from '../../../adapters/kafka/advertise.ts';
import { parseRate, perSecond } from '../../../policies/limits/rate.ts';
import type {
  CommonListenerPlan,
  KafkaUpstream,
  KeyPair,
  MqttListenerPlan,
  StorePlan,
  UpstreamTarget,
} from '../../shared/listener-plan.ts';
import type { FileReader } from './files.ts';
import type { ResolvedListener, ResolvedStore } from './model.ts';
import type { KafkaListener, Listener, MqttListener } from './schema/listeners.ts';
import type { UpstreamTls } from './schema/upstream.ts';

/** The files of the listener were checked already. */
export function resolveListener(
  listener: Listener,
  trust: Readonly<Record<string, ResolvedStore>>,
  files: FileReader,
): ResolvedListener {
  const { listen } = listener;
  const common = resolveCommon(listener, trust, files);
  if (listener.protocol === 'mqtt') {
    const { protocol, mqtt } = listener;
    return { listen, plan: { ...common, protocol, upstream: mqttUpstream(listener.upstream, files), mqtt } };
  }
  const { protocol, upstream, kafka } = listener;
  const advertise = resolveAdvertise(upstream.advertise);
  return { listen, plan: { ...common, protocol, upstream: kafkaUpstream(upstream, files), advertise, kafka } };
}

function resolveCommon(
  { name, mode, proxyProtocol, tls, admission, timeouts, limits }: Listener,
  trust: Readonly<Record<string, ResolvedStore>>,
  files: FileReader,
): CommonListenerPlan {
  const { perAddress, burst, ...rest } = admission;
  const { profile, pq, stapling, clientAuth, eku, clockSkew, clients = [] } = tls;
  const stores = Object.fromEntries(clients.map((store): [string, StorePlan] => [store, planOf(store, trust)]));
  return {
    name,
    mode,
    proxyProtocol,
    tls: {
      ...{ profile, pq, clientAuth, eku, clockSkew },
      ...readPair(tls, files),
      certificates: tls.certificates.map((pair) => readPair(pair, files)),
      ...(stapling !== undefined && { stapling }),
      ca: Object.values(stores).map(({ certificates }) => certificates),
    },
    stores,
    admission: { ...rest, perAddress: { perSecond: perSecond(parseRate(perAddress)), burst } },
    timeouts,
    ...(limits && { limits }),
  };
}

/** That the store is there was checked. */
function planOf(store: string, trust: Readonly<Record<string, ResolvedStore>>): StorePlan {
  return (trust[store] as ResolvedStore).plan;
}

function readPair({ certificate, key, passphrase }: KeyPair, files: FileReader): KeyPair {
  return {
    certificate: textOf(certificate, files),
    key: textOf(key, files),
    ...(passphrase !== undefined && { passphrase }),
  };
}

function textOf(name: string, files: FileReader): string {
  return files.content(name).toString('utf8');
}

function mqttUpstream(upstream: MqttListener['upstream'], files: FileReader): MqttListenerPlan['upstream'] {
  const { address, addresses, username, password, passthrough } = upstream;
  return {
    addresses: addresses ?? (address === undefined ? [] : [address]),
    passthrough,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...commonUpstream(upstream, files),
  };
}

function kafkaUpstream(upstream: KafkaListener['upstream'], files: FileReader): KafkaUpstream {
  const { bootstrap, localAddress, metadataInterval } = upstream;
  return {
    bootstrap,
    metadataInterval,
    ...(localAddress !== undefined && { localAddress }),
    ...commonUpstream(upstream, files),
  };
}

function commonUpstream(
  { tls, connectTimeout }: Listener['upstream'],
  files: FileReader,
): Pick<UpstreamTarget, 'tls' | 'connectTimeout'> {
  return { connectTimeout, ...(tls && { tls: upstreamTls(tls, files) }) };
}

function upstreamTls(
  { ca, certificate, key, ...rest }: UpstreamTls,
  files: FileReader,
): NonNullable<UpstreamTarget['tls']> {
  return {
    ...rest,
    ca: textOf(ca, files),
    ...(certificate !== undefined && { certificate: textOf(certificate, files) }),
    ...(key !== undefined && { key: textOf(key, files) }),
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

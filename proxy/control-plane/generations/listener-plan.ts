import type {
  CommonListenerPlan,
  KeyPair,
  ListenerPlan,
  StorePlan,
  UpstreamTarget,
} from '../../shared/listener-plan.ts';
import type { KeyPairConfig, ListenerConfig, TrustConfig, UpstreamTlsConfig } from '../config/model.ts';
import type { Material } from './material.ts';

type Read = (file: string) => string;

/** A listener with bytes where its configuration has names of files. */
export function planListener(
  listener: ListenerConfig,
  trust: Readonly<Record<string, TrustConfig>>,
  material: Material,
): ListenerPlan {
  const read = (file: string): string => {
    const bytes = material.get(file);
    if (bytes === undefined) throw new Error(`${file} was not read with the configuration`);
    return bytes.toString('utf8');
  };
  const common = planCommon(listener, trust, read);
  if (listener.protocol === 'mqtt') {
    const { protocol, upstream, mqtt } = listener;
    return { ...common, protocol, upstream: withMaterial(upstream, read), mqtt };
  }
  const { protocol, upstream, advertise, kafka } = listener;
  return { ...common, protocol, upstream: withMaterial(upstream, read), advertise, kafka };
}

function planCommon(
  { name, mode, proxyProtocol, tls, admission, timeouts, limits }: ListenerConfig,
  trust: Readonly<Record<string, TrustConfig>>,
  read: Read,
): CommonListenerPlan {
  const stores = Object.fromEntries(tls.clients.map((store) => [store, planStore(trust[store] as TrustConfig, read)]));
  return {
    name,
    mode,
    proxyProtocol,
    tls: {
      profile: tls.profile,
      pq: tls.pq,
      ...readPair(tls, read),
      certificates: tls.certificates.map((pair) => readPair(pair, read)),
      ...(tls.stapling !== undefined && { stapling: tls.stapling }),
      clientAuth: tls.clientAuth,
      eku: tls.eku,
      clockSkew: tls.clockSkew,
      ca: Object.values(stores).map(({ certificates }) => certificates),
    },
    stores,
    admission,
    timeouts,
    ...(limits && { limits }),
  };
}

function readPair({ certificate, key, passphrase }: KeyPairConfig, read: Read): KeyPair {
  const pair = { certificate: read(certificate), key: read(key) };
  return passphrase === undefined ? pair : { ...pair, passphrase };
}

function planStore({ ca, anchors, pins, revocation }: TrustConfig, read: Read): StorePlan {
  const { mode, crlHosts, ocsp, ocspHosts, maxStaleness, onStale } = revocation;
  const certificates = ca.map(read).join('\n');
  return {
    certificates,
    anchors,
    pins,
    revocation: {
      mode,
      ocspHosts,
      maxStaleness,
      onStale,
      ...(crlHosts !== undefined && { crlHosts }),
      ...(ocsp !== undefined && { ocsp }),
    },
  };
}

function withMaterial<T extends { readonly tls?: UpstreamTlsConfig }>(
  { tls, ...upstream }: T,
  read: Read,
): Omit<T, 'tls'> & Pick<UpstreamTarget, 'tls'> {
  return { ...upstream, ...(tls === undefined ? {} : { tls: upstreamTls(tls, read) }) };
}

function upstreamTls(
  { ca, certificate, key, ...rest }: UpstreamTlsConfig,
  read: Read,
): NonNullable<UpstreamTarget['tls']> {
  return {
    ...rest,
    ca: read(ca),
    ...(certificate === undefined ? {} : { certificate: read(certificate) }),
    ...(key === undefined ? {} : { key: read(key) }),
  };
}

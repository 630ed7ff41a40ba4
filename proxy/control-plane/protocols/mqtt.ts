import type { ControlPlaneProtocol } from './entry.ts';

export const MQTT: ControlPlaneProtocol<'mqtt'> = {
  brokerPorts: () => undefined,
  upstreams: ({ upstream }) => upstream.addresses,
  advertised: () => undefined,
};

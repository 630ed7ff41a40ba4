import { advertisedText } from '../inventory/addresses.ts';
import type { ControlPlaneProtocol } from './entry.ts';

export const KAFKA: ControlPlaneProtocol<'kafka'> = {
  brokerPorts({ advertise }) {
    return 'sni' in advertise ? undefined : { ports: advertise.bindPorts, firstNodeId: advertise.firstNodeId };
  },
  upstreams: ({ upstream }) => upstream.bootstrap,
  advertised: ({ advertise }) => advertisedText(advertise),
};

/** Addresses, hosts, ports and ranges of them. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { isHost, readHostPort, readIp, readPortRange, readRange } from '../../units.ts';
import { meta, refuse } from './meta.ts';

/** An address to listen on. Port 0: the system chooses one. */
export function listenAddress() {
  const type = 'an address such as 0.0.0.0:8883, "[::]:8883" or localhost:9901';
  return z
    .string()
    .transform((written, context) => {
      const address = readHostPort(written);
      if (address === undefined) return refuse(context, `must be ${type}`, listenFix(written));
      if (isIP(address.host) === 0 && address.host !== 'localhost') {
        return refuse(
          context,
          'the host to listen on must be an IP address or localhost',
          'use 0.0.0.0 for every IPv4 address of this machine, "[::]" for IPv6',
        );
      }
      return address;
    })
    .meta(meta({ type, limits: 'port 0 to 65535; 0: the system chooses' }));
}

/** An address to connect to. */
export function dialAddress() {
  const type = 'an address such as mosquitto:1883, 10.0.0.5:8883 or "[fd00::5]:1883"';
  return z
    .string()
    .transform((written, context) => {
      const address = readHostPort(written);
      if (address === undefined)
        return refuse(context, `must be ${type}`, /:\d+$/.test(written) ? undefined : 'add the port: host:port');
      if (address.port === 0) return refuse(context, 'port 0 cannot be connected to');
      return address;
    })
    .meta(meta({ type, limits: 'port 1 to 65535' }));
}

/** A host as clients are told it: a name or an IP address, without brackets and port. */
export function host() {
  const type = 'a host name or an IP address';
  return z
    .string()
    .transform((written, context) => {
      if (isHost(written)) return written;
      return readIp(written) ?? refuse(context, `must be ${type}`, 'without a port and without brackets');
    })
    .meta(meta({ type }));
}

/** An address of this machine. */
export function ipAddress() {
  const type = 'an IP address such as 10.0.0.5 or fd00::5';
  return z
    .string()
    .transform((written, context) => readIp(written) ?? refuse(context, `must be ${type}`))
    .meta(meta({ type }));
}

/** A range of addresses; `ip/prefix` in the model. */
export function range() {
  const type = 'a range of addresses such as 10.0.0.0/8, fd00::/8 or 192.0.2.7';
  return z
    .string()
    .transform((written, context) => readRange(written) ?? refuse(context, `must be ${type}`))
    .meta(meta({ type }));
}

/** A range of at most `most` ports. */
export function portRange(most: number) {
  const type = 'a range of ports such as 9094-9193';
  return z
    .string()
    .transform((written, context) => {
      const ports = readPortRange(written);
      if (ports === undefined) return refuse(context, `must be ${type}`);
      if (ports.last - ports.first >= most) return refuse(context, `must be at most ${most} ports`);
      return ports;
    })
    .meta(meta({ type, limits: `at most ${most} ports` }));
}

function listenFix(written: string): string | undefined {
  const port = /^:?(\d{1,5})$/.exec(written)?.[1];
  return port === undefined ? undefined : `write 0.0.0.0:${port}`;
}

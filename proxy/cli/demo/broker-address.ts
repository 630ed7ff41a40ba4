/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A TCP address: host without brackets, and port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const EXAMPLE_PORTS = { HEADGATE_MQTT: 1883, HEADGATE_KAFKA: 9092 } as const;

/** The value of one of the variables that name the user's own broker. Throws an Error with a message for the user when it is malformed. */
export function parseAddress(variable: keyof typeof EXAMPLE_PORTS, text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s/@"\\]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port >= 1 && port <= 65_535)) {
    const example = EXAMPLE_PORTS[variable];
    throw new Error(`${variable} must be host:port, for example 127.0.0.1:${example} or [::1]:${example}`);
  }
  return { host, port };
}

/** `host:port`, an IPv6 address in brackets. */
export function addressText({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The steps of the demo as data; `stepsOf` gives those of one protocol version. */
import type { Cause } from '../../../policies/causes.ts';
import type { CardName } from './certificates.ts';
import type { Version } from './devices.ts';

export type Action =
  | { readonly kind: 'connect'; readonly card?: CardName; readonly clientId: string; readonly will?: string }
  | { readonly kind: 'publish'; readonly topic: string; readonly times?: number }
  | { readonly kind: 'subscribe'; readonly filters: readonly string[] }
  /** Waits for what was published last to this topic. */
  | { readonly kind: 'receive'; readonly topic: string };

/** One line of the report, whatever the protocol. */
export interface Expectation {
  readonly clientName: string;
  readonly what: string;
  /** Absent: allowed. */
  readonly cause?: Cause;
  /** Some of the packet is allowed. */
  readonly partly?: true;
  /** The identity, the rule, or the cause where no rule was asked. */
  readonly by: string;
  /** What the client itself must observe. */
  readonly sees: string;
}

export interface Step extends Expectation {
  readonly action: Action;
}

interface StepClients {
  readonly version: Version;
  readonly device: CardName;
  readonly thief: CardName;
  readonly meter: CardName;
}

const STEP_CLIENTS: Readonly<Record<Version, StepClients>> = {
  4: { version: 4, device: 'pump-1', thief: 'sensor-7', meter: 'meter-3' },
  5: { version: 5, device: 'sensor-7', thief: 'pump-1', meter: 'meter-5' },
};

/** What fits into the limit of the meters, and what is sent beyond it. */
const WITHIN_LIMIT = 10;
const BEYOND_LIMIT = 5;

/** The steps of one protocol version, in order. */
export function stepsOf(version: Version): readonly Step[] {
  const clients = STEP_CLIENTS[version];
  return [...refusedConnects(version), ...exchanges(clients), ...limitSteps(clients)];
}

/** Refused by its certificate: answered in MQTT, although nothing of it ever reaches the broker. */
function refusedConnects(version: Version): readonly Step[] {
  const sees = version === 5 ? 'CONNACK 0x87' : 'CONNACK 5';
  const cases: readonly (readonly [
    clientName: string,
    what: string,
    cause: Cause,
    card?: CardName,
    clientId?: string,
  ])[] = [
    ['stranger', 'connect without certificate', 'no-certificate'],
    ['forger', 'connect as pump-1, foreign CA', 'unknown-ca', 'forger', 'pump-1'],
    ['pump-9', 'connect, certificate expired', 'expired', 'pump-9'],
    ['visitor', 'connect, subject O=Visitors', 'no-identity', 'visitor'],
  ];
  return cases.map(([clientName, what, cause, card, clientId = clientName]) => {
    const action: Action = { kind: 'connect', clientId, ...(card && { card }) };
    return { clientName, what, action, cause, by: cause, sees };
  });
}

function exchanges({ version, device, thief }: StepClients): readonly Step[] {
  const [acked, denied, badId] =
    version === 5 ? ['PUBACK 0x00', '0x87', 'CONNACK 0x85'] : ['PUBACK', '0x80', 'CONNACK 2'];
  const refused =
    version === 5 ? { publish: 'PUBACK 0x87', connect: 'CONNACK 0x87' } : { publish: acked, connect: 'CONNACK 5' };
  const commands = `p1/${device}/cmd/+`;
  const command = `p1/${device}/cmd/start`;
  const neighbour = `p1/${thief}/temp`;
  return [
    connects(version, device, 'devices'),
    {
      clientName: device,
      what: `subscribe ${commands}`,
      action: { kind: 'subscribe', filters: [commands] },
      by: 'roles.device.mqtt.allow[1]',
      sees: 'SUBACK 1',
    },
    publishes(device, `p1/${device}/temp`, 'roles.device.mqtt.allow[0]', acked),
    connects(version, 'gateway-2', 'gateways'),
    publishes('gateway-2', command, 'roles.bridge.mqtt.allow[0]', acked),
    {
      clientName: device,
      what: `receive ${command}`,
      action: { kind: 'receive', topic: command },
      by: 'roles.device.mqtt.allow[1]',
      sees: 'PUBLISH',
    },
    { ...publishes(device, `p1/${device}/firmware`, 'roles.device.mqtt.deny[0]', refused.publish), cause: 'denied' },
    { ...publishes(device, neighbour, 'default-deny', refused.publish), cause: 'denied' },
    {
      clientName: device,
      what: `subscribe ${commands}, #`,
      action: { kind: 'subscribe', filters: [commands, '#'] },
      cause: 'denied',
      partly: true,
      by: 'default-deny',
      sees: `SUBACK 1 ${denied}`,
    },
    {
      clientName: thief,
      what: `connect as ${device}`,
      action: { kind: 'connect', card: thief, clientId: device },
      cause: 'client-id',
      by: 'roles.device.mqtt.clientId',
      sees: badId,
    },
    {
      clientName: 'valve-4',
      what: `connect, will ${neighbour}`,
      action: { kind: 'connect', card: 'valve-4', clientId: 'valve-4', will: neighbour },
      cause: 'will-denied',
      by: 'default-deny',
      sees: refused.connect,
    },
    publishes(device, `p1/${device}/still-here`, 'roles.device.mqtt.allow[0]', acked),
  ];
}

function limitSteps({ version, meter }: StepClients): readonly Step[] {
  const topic = `p1/${meter}/kwh`;
  const [acked, refused] = version === 5 ? ['PUBACK 0x00', 'PUBACK 0x97'] : ['PUBACK', 'PUBACK'];
  return [
    connects(version, meter, 'meters'),
    {
      ...publishes(meter, topic, 'roles.meter.mqtt.allow[0]', acked, WITHIN_LIMIT),
      what: `publish ${WITHIN_LIMIT} x ${topic}`,
    },
    {
      ...publishes(meter, topic, 'limit-publish', refused, BEYOND_LIMIT),
      what: `${BEYOND_LIMIT} more, above 10 an hour`,
      cause: 'limit-publish',
    },
  ];
}

function connects(version: Version, card: CardName, identity: string): Step {
  const action: Action = { kind: 'connect', card, clientId: card };
  return {
    clientName: card,
    what: 'connect',
    action,
    by: `identity ${identity}`,
    sees: version === 5 ? 'CONNACK 0x00' : 'CONNACK 0',
  };
}

function publishes(clientName: string, topic: string, by: string, sees: string, times = 1): Step {
  return { clientName, what: `publish ${topic}`, action: { kind: 'publish', topic, times }, by, sees };
}

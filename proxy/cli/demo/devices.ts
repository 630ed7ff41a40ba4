import mqtt, { type IClientOptions, type MqttClient, type Packet } from 'mqtt';
import type { Credentials } from './certificates.ts';
import { RESPONSE_MS, within } from './deadline.ts';
import { EventLog } from './event-log.ts';

/** 4 is MQTT 3.1.1. */
export type Version = 4 | 5;

/** What a client observed: packet and codes, e.g. `CONNACK 0x87`, and the Reason String of MQTT 5. */
export interface Observation {
  readonly observed: string;
  readonly reason?: string;
}

export interface Caller {
  readonly host: string;
  readonly port: number;
  readonly version: Version;
  readonly clientId: string;
  /** Present: TLS, trusting this authority. */
  readonly ca?: string;
  /** Present: mutual TLS. */
  readonly credentials?: Credentials;
  readonly will?: { readonly topic: string; readonly payload: string };
}

/** Connects once with MQTT.js; `device` is there when it was accepted. */
export async function connectDevice(caller: Caller): Promise<Observation & { readonly device?: Device }> {
  const { host, port, version, clientId, ca, credentials, will } = caller;
  const options: IClientOptions = {
    protocol: ca === undefined ? 'mqtt' : 'mqtts',
    host,
    port,
    protocolVersion: version,
    clientId,
    reconnectPeriod: 0,
    connectTimeout: RESPONSE_MS,
    ...(ca === undefined ? {} : { ca, rejectUnauthorized: true }),
    ...(credentials === undefined ? {} : { cert: credentials.cert, key: credentials.key }),
    ...(will === undefined ? {} : { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1 } }),
  };
  const device = new Device(mqtt.connect(options), version);
  try {
    const answer = await device.answer('CONNACK', 0, (packet) => packet.cmd === 'connack');
    if (answer.observed === device.show('CONNACK', [0])) return { ...answer, device };
    device.destroy();
    return answer;
  } catch (error) {
    device.destroy();
    throw error;
  }
}

type Arrival = Packet | { readonly cmd: 'closed'; readonly error?: string };

/** A connected client; its calls resolve to what it observed. */
export class Device {
  readonly received = new EventLog<{ readonly topic: string; readonly payload: string }>();
  readonly #client: MqttClient;
  readonly #version: Version;
  readonly #packets = new EventLog<Arrival>();

  constructor(client: MqttClient, version: Version) {
    this.#client = client;
    this.#version = version;
    let failure: Error | undefined;
    client.on('packetreceive', (packet) => this.#packets.push(packet));
    client.on('message', (topic, payload) => this.received.push({ topic, payload: payload.toString() }));
    client.on('error', (error) => {
      failure = error;
    });
    client.on('close', () => this.#packets.push({ cmd: 'closed', ...(failure && { error: failure.message }) }));
  }

  /** Publishes each payload at QoS 1 and waits for all acknowledgements. */
  publish(topic: string, payloads: readonly string[]): Promise<Observation> {
    const { mark } = this.#packets;
    // What the acknowledgement says is read from the packet itself.
    for (const payload of payloads) this.#client.publish(topic, payload, { qos: 1 }, () => {});
    return this.answer('PUBACK', mark, ({ cmd }) => cmd === 'puback', payloads.length);
  }

  subscribe(filters: readonly string[]): Promise<Observation> {
    const { mark } = this.#packets;
    this.#client.subscribe([...filters], { qos: 1 }, () => {});
    return this.answer('SUBACK', mark, ({ cmd }) => cmd === 'suback');
  }

  /** Waits for `count` packets since `mark`, or the end of the connection. */
  answer(name: string, mark: number, match: (packet: Packet) => boolean, count = 1): Promise<Observation> {
    return this.#packets.until(`${name} (${count})`, mark, (arrivals) => {
      const packets = arrivals.filter((arrival): arrival is Packet => arrival.cmd !== 'closed' && match(arrival));
      if (packets.length >= count) return this.#describe(name, packets);
      const end = arrivals.find((arrival) => arrival.cmd === 'closed');
      if (end === undefined) return undefined;
      const observed = packets.length === 0 ? 'closed' : `${this.#describe(name, packets).observed}, closed`;
      return { observed, ...('error' in end && end.error !== undefined && { reason: end.error }) };
    });
  }

  #describe(name: string, packets: readonly Packet[]): Observation {
    const codes = [...new Set(packets.flatMap(codesOf))];
    const reason = packets.map(reasonString).find((text) => text !== undefined);
    return { observed: this.show(name, codes), ...(reason !== undefined && { reason }) };
  }

  /** As the specifications write them: 3.1.1 return codes in decimal, refusals and all of MQTT 5 in hexadecimal. */
  show(name: string, codes: readonly number[]): string {
    if (name === 'PUBACK' && this.#version === 4) return name;
    const description = codes.map((code) => {
      if (code < 0x80 && (this.#version === 4 || name === 'SUBACK')) return String(code);
      return `0x${code.toString(16).padStart(2, '0')}`;
    });
    return [name, ...description].join(' ');
  }

  /** DISCONNECT, then close. */
  async end(): Promise<void> {
    await within('the end of a client', this.#client.endAsync()).catch(() => this.destroy());
  }

  destroy(): void {
    this.#client.end(true);
  }
}

function codesOf(packet: Packet): number[] {
  switch (packet.cmd) {
    case 'connack':
      return [packet.reasonCode ?? packet.returnCode ?? 0];
    case 'puback':
      return [packet.reasonCode ?? 0];
    case 'suback':
      return packet.granted as number[];
    default:
      return [];
  }
}

function reasonString(packet: Packet): string | undefined {
  const { properties } = packet as { readonly properties?: { readonly reasonString?: string } };
  return properties?.reasonString;
}
